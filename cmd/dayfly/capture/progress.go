package capture

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
)

// progress shows on a terminal how a capture goes, in one line.
type progress struct {
	out   io.Writer // nil: nobody looks
	width int
	last  int64 // packets, when they were looked at last
	at    time.Time
}

// newProgress makes one, which shows nothing unless out is a terminal.
func newProgress(out io.Writer, quiet bool) *progress {
	p := &progress{}
	if f, ok := out.(interface{ Fd() uintptr }); ok && !quiet && isTerminal(out) {
		p.out = out
		if p.width, _, _ = term.GetSize(int(f.Fd())); p.width <= 0 {
			p.width = 80
		}
	}
	return p
}

// follow shows the capture until it is over.
func (p *progress) follow(l *capturerun.Live) {
	if p.out == nil {
		<-l.Done()
		return
	}
	const often = 500 * time.Millisecond
	ticks := time.NewTicker(often)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			p.show(l, time.Now())
		case <-l.Done():
			_, _ = io.WriteString(p.out, "\r\x1b[K")
			return
		}
	}
}

func (p *progress) show(l *capturerun.Live, now time.Time) {
	text := []rune(p.line(l, now))
	_, _ = fmt.Fprint(p.out, "\r\x1b[K"+string(text[:min(len(text), p.width-1)]))
}

// line is how it goes, in words.
func (p *progress) line(l *capturerun.Live, now time.Time) string {
	look, seen := l.Look(), l.Capture().Analysis().Look()
	captured, waiting := 0, 0
	for _, s := range look.Sources {
		switch s.State {
		case capture.Capturing:
			captured++
		case capture.Waiting, capture.Accepted:
			waiting++
		case capture.Finished, capture.Failed:
		}
	}
	switch {
	case look.Ending:
		return "dayfly: ending what was added"
	case look.Reason != capture.Running:
		return "dayfly: taking what is on its way"
	case captured == 0:
		return "dayfly: starting tcpdump in " + count(waiting, "pod")
	}
	parts := []string{count(int(look.Packets), "packet"), size(look.Written)}
	if elapsed := now.Sub(p.at).Seconds(); !p.at.IsZero() && elapsed > 0 {
		parts = append(parts, fmt.Sprintf("%.0f/s", float64(look.Packets-p.last)/elapsed))
	}
	p.last, p.at = look.Packets, now
	if seen.Resets > 0 {
		parts = append(parts, count(seen.Resets, "reset"))
	}
	if seen.Retransmissions > 0 {
		parts = append(parts, fmt.Sprintf("%d sent again", seen.Retransmissions))
	}
	if waiting > 0 {
		parts = append(parts, fmt.Sprintf("%s not yet", count(waiting, "pod")))
	} else {
		parts = append(parts, fmt.Sprintf("%s of %s", look.Took.Round(time.Second), l.Capture().Options().For))
	}
	return "dayfly: " + strings.Join(parts, ", ") + " (^C ends it)"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// size is a number of bytes for people.
func size(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, units := float64(n), []string{"kB", "MB", "GB", "TB"}
	for i, unit := range units {
		if value /= step; value < step || i == len(units)-1 {
			return fmt.Sprintf("%.1f %s", value, unit)
		}
	}
	return ""
}
