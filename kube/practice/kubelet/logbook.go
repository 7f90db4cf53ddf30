package kubelet

import (
	"bytes"
	"slices"
	"sync"
	"time"
)

// A log keeps its last lines, as log rotation leaves them.
const (
	logEntries = 4000
	logBytes   = 4 << 20

	longestLine = 16 << 10 // a longer one is cut into entries
)

// logbook is the log of one instance of a container. It may be used from any goroutine.
type logbook struct {
	mu      sync.Mutex
	entries []entry
	first   int // how many entries were forgotten
	size    int
	partial []byte  // of the line that the program has not ended yet
	source  *source // writes the log of a simulated program
	closed  bool
	changed chan struct{} // closed and made anew with each change
}

// entry is a line, or the part of one with which a program ended.
type entry struct {
	at   time.Time
	text []byte
}

func newLogbook() *logbook { return &logbook{changed: make(chan struct{})} }

// add appends output. As with containerd a line is in the log when it is complete: a prompt is not.
func (l *logbook) add(at time.Time, chunk []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for part := range bytes.Lines(chunk) {
		l.partial = append(l.partial, part...)
		if bytes.HasSuffix(part, []byte{'\n'}) || len(l.partial) >= longestLine {
			l.put(at, l.partial)
			l.partial = nil
		}
	}
	l.tell()
}

// play lets a source write the log from now on.
func (l *logbook) play(s *source) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.source = s
}

// close ends the log at a time.
func (l *logbook) close(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fill(now)
	if len(l.partial) > 0 {
		l.put(now, l.partial)
	}
	l.partial, l.source, l.closed = nil, nil, true
	l.tell()
}

// wake lets readers look again.
func (l *logbook) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tell()
}

// read is the entries from a position on, the position after them, and what tells of more: a channel, the time when the
// source writes next (zero for never), and whether the log has ended.
func (l *logbook) read(from int, now time.Time) (entries []entry, next int, more <-chan struct{}, at time.Time, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fill(now)
	if l.source != nil {
		at = l.source.next()
	}
	end := l.first + len(l.entries)
	from = min(max(from, l.first), end)
	return slices.Clone(l.entries[from-l.first:]), end, l.changed, at, l.closed
}

func (l *logbook) fill(now time.Time) {
	if l.source != nil {
		l.source.write(now, l.put)
	}
}

func (l *logbook) put(at time.Time, text []byte) {
	l.entries = append(l.entries, entry{at, text})
	l.size += len(text)
	if len(l.entries) <= 2*logEntries && l.size <= 2*logBytes {
		return
	}
	drop := max(0, len(l.entries)-logEntries)
	size := l.size
	for _, e := range l.entries[:drop] {
		size -= len(e.text)
	}
	for ; size > logBytes; drop++ {
		size -= len(l.entries[drop].text)
	}
	l.entries, l.first, l.size = slices.Clone(l.entries[drop:]), l.first+drop, size
}

func (l *logbook) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}
