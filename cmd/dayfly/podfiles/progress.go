package podfiles

import (
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

// progress tells on a terminal how far a copy has come.
type progress struct {
	out   io.Writer // nil: nobody looks
	began time.Time
	total int64 // 0: not known

	mu    sync.Mutex
	last  time.Time
	shown bool
}

func newProgress(out io.Writer, quiet bool) *progress {
	p := &progress{began: time.Now()}
	if f, ok := out.(interface{ Fd() uintptr }); ok && !quiet && term.IsTerminal(int(f.Fd())) {
		p.out = out
	}
	return p
}

// tell shows how many bytes there are, five times a second.
func (p *progress) tell(done int64) {
	const often = 200 * time.Millisecond
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.out == nil || now.Sub(p.last) < often {
		return
	}
	p.last, p.shown = now, true
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s", p.line(done, now))
}

// line is the progress in words.
func (p *progress) line(done int64, now time.Time) string {
	text := files.SizeWords(done)
	if p.total > 0 {
		const whole = 100
		text += fmt.Sprintf(" of %s, %d%%", files.SizeWords(p.total), done*whole/p.total)
	}
	return text + ", " + files.SizeWords(p.rate(done, now)) + "/s"
}

// rate is bytes a second since the beginning.
func (p *progress) rate(done int64, now time.Time) int64 {
	if seconds := now.Sub(p.began).Seconds(); seconds > 0 {
		return int64(float64(done) / seconds)
	}
	return 0
}

// clear takes the line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}
