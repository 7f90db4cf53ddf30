package registry

import (
	"context"
	"errors"
	"sync"
	"time"
)

// answer is what a registry said, and until when that holds.
type answer struct {
	image Image
	err   error
	until time.Time // zero: for ever
}

// memory is what registries have said, and what they are being asked.
type memory struct {
	mu      sync.Mutex
	answers map[question]answer
	flights map[question]*flight
	quiet   map[string]answer // hosts that throttle: not to be asked about any image
	details map[string]Image  // by repository and digest of the platform's manifest
}

func newMemory() memory {
	return memory{answers: map[question]answer{}, flights: map[question]*flight{}, quiet: map[string]answer{}, details: map[string]Image{}}
}

func (a answer) holds(now time.Time) bool { return a.until.IsZero() || now.Before(a.until) }

// join gives the answer if it is known, or the flight that will bring it, which start begins when there is none.
func (m *memory) join(q question, now time.Time, start func() *flight) (*flight, answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, found := m.answers[q]; found && a.holds(now) {
		return nil, a
	}
	if a, found := m.quiet[q.host]; found && a.holds(now) {
		return nil, answer{err: q.throttled(a.until.Sub(now))}
	}
	f, found := m.flights[q]
	if !found {
		f = start()
		m.flights[q] = f
	}
	f.waiting++
	return f, answer{}
}

// leave is for a look that waits no longer; the last one to leave ends the request.
func (m *memory) leave(q question, f *flight) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.waiting--
	if f.waiting > 0 {
		return
	}
	f.cancel()
	if m.flights[q] == f {
		delete(m.flights, q)
	}
}

// land keeps the answer of a flight as long as it holds.
func (m *memory) land(q question, f *flight, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.flights[q] == f {
		delete(m.flights, q)
	}
	a := f.answer
	var p *Problem
	switch {
	case a.err == nil && isDigest(q.image):
	case a.err == nil:
		a.until = now.Add(tagHolds)
	case !errors.As(a.err, &p):
		return
	case p.Kind == Throttled:
		a.until = now.Add(p.RetryAfter)
		if len(m.quiet) >= manyAnswers {
			clear(m.quiet)
		}
		m.quiet[q.host] = a
		return
	case p.Kind == NotFound || p.Kind == WrongPlatform || p.Kind == NotAnImage || p.Kind == BuildFailed || p.Kind == NotARegistry:
		a.until = now.Add(errorHolds)
	default: // the network, or a login, may be fixed at once
		return
	}
	if len(m.answers) >= manyAnswers {
		clear(m.answers)
	}
	m.answers[q] = a
}

// known gives what a manifest of a repository is, if it has been read before.
func (m *memory) known(manifest string) (Image, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	image, found := m.details[manifest]
	return image, found
}

func (m *memory) learn(manifest string, image Image) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.details) >= manyAnswers {
		clear(m.details)
	}
	m.details[manifest] = image
}

func isDigest(image string) bool {
	reference, err := ParseReference(image)
	return err == nil && reference.Digest() != ""
}

// flight is a request on its way. Its fields are set before done is closed.
type flight struct {
	waiting int // looks that wait for it; the memory's lock guards it
	cancel  context.CancelFunc
	done    chan struct{}
	answer  answer
}
