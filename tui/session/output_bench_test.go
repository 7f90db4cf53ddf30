package session

import (
	"io"
	"strings"
	"testing"
)

// BenchmarkOutlet is what a byte costs from the link to the terminal, and into the background.
func BenchmarkOutlet(b *testing.B) {
	for name, line := range map[string]string{
		"text":    strings.Repeat("0123456789", 20) + "\r\n",
		"colours": strings.Repeat("\x1b[32mok\x1b[m and ", 16) + "\r\n",
		"UTF-8":   strings.Repeat("größer ─── ", 14) + "\r\n",
	} {
		chunk := []byte(strings.Repeat(line, screenChunk/len(line)))
		b.Run(name+"/shown", func(b *testing.B) {
			screen := newScreen(io.Discard)
			go screen.run()
			out := newOutput(DefaultRing, nil, func() {})
			out.appear(screen, 0)
			b.SetBytes(int64(len(chunk)))
			for b.Loop() {
				_, _ = out.Write(chunk)
			}
			screen.abandon()
		})
		b.Run(name+"/background", func(b *testing.B) {
			out := newOutput(DefaultRing, nil, func() {})
			b.SetBytes(int64(len(chunk)))
			for b.Loop() {
				_, _ = out.Write(chunk)
			}
		})
	}
}
