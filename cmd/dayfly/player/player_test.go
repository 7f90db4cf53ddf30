package player

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// Space pauses, and a pause is no part of the time.
func TestRemote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &remote{changed: make(chan struct{}, 1)}
		keys, hand := io.Pipe()
		go r.obey(keys)
		slept := make(chan time.Duration)
		nap := func(d time.Duration) {
			begun := time.Now()
			if err := r.sleep(t.Context(), d); err != nil {
				t.Error(err)
			}
			slept <- time.Since(begun)
		}
		press := func(key string, after time.Duration) {
			<-time.After(after)
			if _, err := io.WriteString(hand, key); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		go nap(10 * time.Second)
		press(" ", 4*time.Second)
		press("x", time.Hour)
		press(" ", 0)
		if got, want := <-slept, time.Hour+10*time.Second; got != want {
			t.Errorf("it slept for %v, want %v", got, want)
		}
		press(" ", 0)
		go nap(0)
		press(" ", time.Minute)
		if got := <-slept; got != time.Minute {
			t.Errorf("in a pause it slept for %v", got)
		}
		press("  ", 0)
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := r.sleep(ctx, time.Minute); err == nil {
			t.Error("it sleeps on")
		}
		_ = hand.Close()
	})
}
