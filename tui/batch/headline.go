package batch

import (
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Summary is the right of the header.
func (s *Matrix) Summary() string {
	n := s.now
	if n.Over {
		return s.ended()
	}
	if n.Halted {
		return fmt.Sprintf("stopping · %d running · %d not begun", n.Running, len(n.Rows)-n.Done-n.Running)
	}
	words := fmt.Sprintf("%d of %d done", n.Done, n.All)
	if n.Failed > 0 {
		words += fmt.Sprintf(" · %d failed", n.Failed)
	}
	words += fmt.Sprintf(" · %d running", n.Running)
	if n.Left >= time.Second {
		words += " · about " + kit.Span(n.Left) + " left"
	}
	return words
}

// ended is how it went, in few cells.
func (s *Matrix) ended() string {
	var ok, failed, unknown, waiting int
	for _, r := range s.now.Rows {
		switch {
		case r.Result.OK():
			ok++
		case r.Result.NotBegun:
			waiting++
		case r.Result.Exit == nil:
			unknown++
		default:
			failed++
		}
	}
	words := fmt.Sprintf("%d of %d ok", ok, len(s.now.Rows))
	for _, c := range []struct {
		n    int
		word string
	}{{failed, "failed"}, {unknown, "without a code"}, {waiting, "not begun"}} {
		if c.n > 0 {
			words += fmt.Sprintf(" · %d %s", c.n, c.word)
		}
	}
	return words
}
