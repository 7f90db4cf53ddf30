package files

import (
	"fmt"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// The container sums meanwhile where the link is slow, and afterwards where it is fast; once in both cases, and again after a lost link.
func TestSumming(t *testing.T) {
	const part = 10 << 20
	for name, test := range map[string]struct {
		every time.Duration // comes a part
		lost  bool
		want  string
	}{
		"slow":      {time.Second, false, "meanwhile"},
		"slow lost": {time.Second, true, "meanwhile, afterwards"},
		"fast":      {time.Second / 10, false, "afterwards"},
	} {
		t.Run(name, func(t *testing.T) {
			var said string
			when := make(chan string, 2)
			state, now := "meanwhile", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			s := &summing{size: 100 * part, now: func() time.Time { return now }}
			s.ask = func() (string, error) {
				when <- state
				if test.lost && len(when) == 1 {
					return "", fmt.Errorf("broken: %w", kube.ErrLinkLost)
				}
				return "sum", nil
			}
			for i := range 100 {
				s.came(int64(i+1) * part)
				now = now.Add(test.every)
			}
			if s.answer != nil {
				a := <-s.answer
				s.answer <- a
			}
			state = "afterwards"
			if sum, err := s.result(); sum != "sum" || err != nil {
				t.Errorf("%q, %v", sum, err)
			}
			close(when)
			for w := range when {
				if said != "" {
					said += ", "
				}
				said += w
			}
			if said != test.want {
				t.Errorf("it sums %s, want %s", said, test.want)
			}
		})
	}
}
