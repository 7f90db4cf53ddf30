package clock_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
)

func TestAdvance(t *testing.T) {
	start := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	c := clock.New(start)
	var kept []string
	note := func(name string) func() {
		return func() { kept = append(kept, name+" "+c.Now().Sub(start).String()) }
	}
	c.After(2*time.Second, note("second"))
	c.After(time.Second, func() {
		note("first")()
		c.After(500*time.Millisecond, note("made meanwhile"))
		c.After(time.Hour, note("too late"))
	})
	c.After(2*time.Second, note("third"))
	cancel := c.After(time.Second, note("called off"))
	cancel()
	c.Advance(3 * time.Second)
	want := []string{"first 1s", "made meanwhile 1.5s", "second 2s", "third 2s"}
	if !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	if got := c.Now().Sub(start); got != 3*time.Second {
		t.Errorf("it is %v after the start, want 3s", got)
	}
}

// TestRun lets real time pass: an appointment that is made while the clock waits for a later one is kept in time too.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := clock.New(time.Now().Add(-time.Hour))
		c.Advance(time.Hour)
		begun := time.Now()
		kept := make(chan time.Duration, 2)
		c.After(10*time.Second, func() { kept <- time.Since(begun) })
		go c.Run(ctx)
		synctest.Wait()
		c.After(time.Second, func() { kept <- time.Since(begun) })
		if first, second := <-kept, <-kept; first != time.Second || second != 10*time.Second {
			t.Errorf("kept after %v and %v, want 1s and 10s", first, second)
		}
		if off := time.Until(c.Now()).Abs(); off > 0 {
			t.Errorf("the clock is %v off", off)
		}
	})
}
