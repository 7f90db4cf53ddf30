//go:build unix

package session

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// BenchmarkScreen writes to a terminal as a link does, directly and through the screen.
func BenchmarkScreen(b *testing.B) {
	chunk := []byte(strings.Repeat("The quick brown fox jumps over the lazy dog, 42 times a day.\r\n", 512))[:screenChunk]
	b.Run("direct", func(b *testing.B) {
		tty, read := benchPTY(b, int64(len(chunk))*int64(b.N))
		b.SetBytes(int64(len(chunk)))
		b.ResetTimer()
		for range b.N {
			_, _ = tty.Write(chunk)
		}
		<-read
	})
	b.Run("screen", func(b *testing.B) {
		tty, read := benchPTY(b, int64(len(chunk))*int64(b.N))
		s := newScreen(tty)
		go s.run()
		b.SetBytes(int64(len(chunk)))
		b.ResetTimer()
		for range b.N {
			_, _ = s.Write(chunk)
		}
		<-read
		s.close()
		<-s.gone
	})
	b.Run("screen without terminal", func(b *testing.B) {
		s := newScreen(io.Discard)
		go s.run()
		b.SetBytes(int64(len(chunk)))
		b.ResetTimer()
		for range b.N {
			_, _ = s.Write(chunk)
		}
		s.close()
		<-s.gone
	})
}

// BenchmarkEcho is the way of one byte from the link to the terminal and back out of it.
func BenchmarkEcho(b *testing.B) {
	for _, way := range []string{"direct", "screen"} {
		b.Run(way, func(b *testing.B) {
			master, tty := rawPTY(b)
			var w io.Writer = tty
			if way == "screen" {
				s := newScreen(tty)
				go s.run()
				b.Cleanup(s.close)
				w = s
			}
			one := []byte("x")
			b.ResetTimer()
			for range b.N {
				_, _ = w.Write(one)
				_, _ = master.Read(one)
			}
		})
	}
}

func rawPTY(b *testing.B) (master, tty *os.File) {
	b.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = tty.Close(), master.Close() })
	if _, err := term.MakeRaw(int(tty.Fd())); err != nil {
		b.Fatal(err)
	}
	return master, tty
}

// benchPTY returns a terminal whose other end reads total bytes.
func benchPTY(b *testing.B, total int64) (tty *os.File, read <-chan struct{}) {
	b.Helper()
	master, tty := rawPTY(b)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.CopyN(io.Discard, master, total)
	}()
	return tty, done
}
