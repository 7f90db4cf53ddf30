package kubelet

import (
	"testing"
	"time"
)

// TestBackoff is the kubelet's: at once, then 10 s doubling to 5 min, anew after ten quiet minutes.
func TestBackoff(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	var b backoff
	if b.since(now, now) {
		t.Error("the first failure has to wait")
	}
	for _, want := range []time.Duration{10, 20, 40, 80, 160, 300, 300} {
		want *= time.Second
		failed := now
		b.next(failed, now)
		if !b.since(failed, failed.Add(want-1)) || b.since(failed, failed.Add(want)) {
			t.Errorf("it waits %v, want %v", b.wait, want)
		}
		now = now.Add(want)
	}
	failed := now.Add(11 * time.Minute)
	if b.since(failed, failed) {
		t.Error("what has run for eleven minutes has to wait")
	}
	if b.next(failed, failed); b.wait != 10*time.Second {
		t.Errorf("then it waits %v, want 10s", b.wait)
	}
}
