package apitest

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// Stuck is how long a test waits for what has to come. Nothing that passes takes that long.
const Stuck = time.Minute

// Receive waits for a value; what says what it brings.
func Receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v, ok := <-ch:
		if !ok {
			t.Fatalf("the channel is closed instead of bringing %s", what)
		}
		return v
	case <-time.After(Stuck):
		t.Fatalf("%s did not come", what)
	}
	panic("unreachable")
}

// Drained fails unless ch is closed; what is still in it does not count.
func Drained[T any](t *testing.T, ch <-chan T) {
	t.Helper()
	deadline := time.After(Stuck)
	for {
		select {
		case _, ok := <-ch:
			if !ok {
				return
			}
		case <-deadline:
			t.Fatal("the channel is not closed")
		}
	}
}

// GoroutinesEnd waits until no goroutine is in one of the functions.
func GoroutinesEnd(t *testing.T, functions ...string) {
	t.Helper()
	for deadline := time.Now().Add(Stuck); ; runtime.Gosched() {
		buffer := make([]byte, 1<<20)
		stacks := string(buffer[:runtime.Stack(buffer, true)])
		left := ""
		for _, f := range functions {
			if strings.Contains(stacks, f) {
				left = f
			}
		}
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s still runs:\n%s", left, stacks)
		}
	}
}
