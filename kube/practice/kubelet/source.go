package kubelet

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// repeats is how many repeated lines are written at most at once: a program that has run for days has a log that begins
// today.
const repeats = 200

// source is the log of a simulated program as a function of time: lines are made when somebody reads them.
type source struct {
	program scene.Program
	begun   time.Time
	lines   int // of the program's own that are written
	rounds  int // of the repeated ones
}

func newSource(program scene.Program, begun time.Time) *source {
	return &source{program: program, begun: begun}
}

// write writes all lines up to now that are not yet.
func (s *source) write(now time.Time, put func(time.Time, []byte)) {
	for ; s.lines < len(s.program.Log); s.lines++ {
		line := s.program.Log[s.lines]
		at := s.begun.Add(line.At.Duration)
		if at.After(now) {
			return
		}
		put(at, []byte(line.Text+"\n"))
	}
	if s.program.Repeat == nil {
		return
	}
	due := int(now.Sub(s.loop()) / s.program.Repeat.Every.Duration)
	s.rounds = max(s.rounds, due-repeats)
	for ; s.rounds < due; s.rounds++ {
		lines := s.program.Repeat.Lines
		put(s.round(s.rounds), []byte(lines[s.rounds%len(lines)]+"\n"))
	}
}

// next is when there will be more; zero for never.
func (s *source) next() time.Time {
	switch {
	case s.lines < len(s.program.Log):
		return s.begun.Add(s.program.Log[s.lines].At.Duration)
	case s.program.Repeat != nil:
		return s.round(s.rounds)
	}
	return time.Time{}
}

// loop is when the repeated lines begin: after the program's own.
func (s *source) loop() time.Time {
	if n := len(s.program.Log); n > 0 {
		return s.begun.Add(s.program.Log[n-1].At.Duration)
	}
	return s.begun
}

func (s *source) round(n int) time.Time {
	return s.loop().Add(time.Duration(n+1) * s.program.Repeat.Every.Duration)
}
