package files

import "time"

// summing asks the container for the SHA-256 of what is read; an empty answer is that it cannot tell. It takes it a second for some hundred megabytes. Where the
// link is slow, that is done meanwhile; where it is fast, it would take the processor from what is being read, and is done afterwards.
type summing struct {
	ask  func() (string, error)
	size int64
	now  func() time.Time

	began  time.Time // the first part came
	before int64     // until then
	answer chan answer
}

// answer is that of the container.
type answer struct {
	sum string
	err error
}

// How slow a link has to be, in bytes a second, and how long it is looked at.
const (
	slowLink = 50 << 20
	lookFor  = time.Second
)

// came tells how much has been read.
func (s *summing) came(done int64) {
	if s.answer != nil || s.size < 0 {
		return
	}
	now := s.now()
	if s.began.IsZero() {
		s.began, s.before = now, done
		return
	}
	took := now.Sub(s.began)
	if took < lookFor || float64(done-s.before) >= took.Seconds()*slowLink {
		return
	}
	known := make(chan answer, 1)
	s.answer = known
	go func() {
		sum, err := s.ask()
		known <- answer{sum, err}
	}()
}

// result is the answer, once all has been read.
func (s *summing) result() (string, error) {
	if s.answer == nil {
		return s.ask()
	}
	a := <-s.answer
	return a.sum, a.err
}
