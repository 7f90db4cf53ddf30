package logs

import (
	"slices"
	"time"
)

// logPart is what one container's stream has to say: lines, then a state.
type logPart struct {
	container string
	lines     []Line
	state     *State
}

// logMerge makes news of what the streams bring: few enough to draw each, and of several containers in the order of time as far
// as it is known by then.
type logMerge struct {
	parts    <-chan logPart
	streams  int
	heard    map[string]bool      // who has brought something yet; nil: the beginning is over
	last     map[string]time.Time // of each container's lines
	pictured bool                 // the first news is out
	bytes    int                  // in the news that is being made
}

// Times of the merge. A log that is written fast comes in as many news as a screen can show; the beginnings of several logs are
// waited for a little, since they are read one after the other but are of the same time.
const (
	mergePace  = 25 * time.Millisecond
	mergeFirst = 600 * time.Millisecond
	mergeMost  = 5000    // lines
	mergeBytes = 8 << 20 // a screen keeps no more than some times that, and lines can be long
)

// next waits for news; false: all streams have ended.
func (m *logMerge) next() (News, bool) {
	first, ok := <-m.parts
	if !ok {
		return News{}, false
	}
	if !m.pictured && m.streams > 1 {
		m.heard = map[string]bool{}
	}
	m.pictured, m.bytes = true, 0
	var n News
	m.take(&n, first)
	wait := mergePace
	if m.heard != nil {
		wait = mergeFirst
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for !m.full(len(n.Lines)) {
		if m.heard != nil && len(m.heard) == m.streams {
			m.heard = nil
			timer.Reset(2 * mergePace) // the rest of the last one
		}
		select {
		case part, ok := <-m.parts:
			if !ok {
				return m.sorted(n), true
			}
			m.take(&n, part)
		case <-timer.C:
			m.heard = nil
			return m.sorted(n), true
		}
	}
	return m.sorted(n), true
}

// full reports whether there is enough in one news. The beginnings are sorted together, so there is more in the first.
func (m *logMerge) full(lines int) bool {
	if m.heard != nil {
		return lines >= 20*mergeMost || m.bytes >= 4*mergeBytes
	}
	return lines >= mergeMost || m.bytes >= mergeBytes
}

func (m *logMerge) take(n *News, part logPart) {
	for i := range part.lines {
		m.bytes += len(part.lines[i].Raw)
	}
	n.Lines = append(n.Lines, part.lines...)
	if part.state != nil {
		n.States = append(n.States, *part.state)
	}
	if m.heard != nil && (len(part.lines) > 0 || *part.state != State{Container: part.container}) {
		m.heard[part.container] = true
	}
}

// sorted puts lines of several containers in the order of their times. A line without one stays behind that before it.
func (m *logMerge) sorted(n News) News {
	if m.streams < 2 {
		return n
	}
	type timed struct {
		at   time.Time
		line Line
	}
	list := make([]timed, len(n.Lines))
	for i, line := range n.Lines {
		if line.Time.After(m.last[line.Container]) {
			m.last[line.Container] = line.Time
		}
		list[i] = timed{m.last[line.Container], line}
	}
	slices.SortStableFunc(list, func(a, b timed) int { return a.at.Compare(b.at) })
	for i := range list {
		n.Lines[i] = list[i].line
	}
	return n
}
