package files

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// The container sums meanwhile where the link is slow, and afterwards where it is fast; once in both cases.
func TestSumming(t *testing.T) {
	const part = 10 << 20
	for name, test := range map[string]struct {
		every time.Duration // comes a part
		want  string
	}{
		"slow": {time.Second, "meanwhile"},
		"fast": {time.Second / 10, "afterwards"},
	} {
		t.Run(name, func(t *testing.T) {
			var said string
			when := make(chan string, 2)
			state, now := "meanwhile", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			s := &summing{size: 100 * part, now: func() time.Time { return now }}
			s.ask = func() (string, error) {
				when <- state
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

// What has come stays although the link is lost for good while it is compared.
func TestVerifyOverALostLink(t *testing.T) {
	for name, test := range map[string]struct {
		lost  int
		want  Verified
		asked int
	}{
		"once":     {1, Verified{Equal: true}, 2},
		"for good": {9, Verified{Why: "the link was lost"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			d := &download{Request: Request{Retries: 1}, sum: sha256.New()}
			d.theirs = &summing{ask: func() (string, error) {
				if asked++; asked <= test.lost {
					return "", fmt.Errorf("broken: %w", kube.ErrLinkLost)
				}
				return fmt.Sprintf("%x", sha256.Sum256(nil)), nil
			}}
			got, err := d.verify(context.Background(), Entry{})
			if err != nil || got.Equal != test.want.Equal || got.Why != test.want.Why || asked != test.asked {
				t.Errorf("%+v, %v, asked %d times", got, err, asked)
			}
		})
	}
}
