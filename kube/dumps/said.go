package dumps

import (
	"fmt"
	"strings"
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
)

// last keeps the end of what a command prints, and tells each line of it. Both streams of a command write to it.
type last struct {
	tell func(line string) // may be nil

	mu   sync.Mutex
	text []byte
}

// Write keeps it.
func (l *last) Write(p []byte) (int, error) {
	const most = 2 << 10
	l.mu.Lock()
	l.text = append(l.text, p...)
	if over := len(l.text) - most; over > 0 {
		l.text = append(l.text[:0], l.text[over:]...)
	}
	lines := l.lines()
	l.mu.Unlock()
	if l.tell != nil && len(lines) > 0 {
		l.tell(lines[len(lines)-1])
	}
	return len(p), nil
}

// lines are what is kept, cleaned, without those that are empty.
func (l *last) lines() []string {
	var lines []string
	for _, line := range strings.Split(string(l.text), "\n") {
		if line = strings.TrimSpace(kube.Sanitize(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// String is the end in one line.
func (l *last) String() string {
	const most = 3
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines()
	return strings.Join(lines[max(0, len(lines)-most):], "; ")
}

// limited drops what is more than a few words.
type limited struct {
	to   *strings.Builder
	done int
}

// Write keeps the beginning.
func (l *limited) Write(p []byte) (int, error) {
	const most = 4 << 10
	keep := p[:min(len(p), most-l.done)]
	l.done += len(keep)
	_, err := l.to.Write(keep)
	return len(p), err
}

// amount is a size for people.
func amount(bytes int64) string {
	const step = 1024
	value, unit := float64(bytes), "B"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if value < step {
			break
		}
		value, unit = value/step, next
	}
	return strings.Replace(fmt.Sprintf("%.1f %s", value, unit), ".0 ", " ", 1)
}
