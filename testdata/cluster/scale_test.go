package main

import (
	"errors"
	"maps"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

func TestRoomsHoldAllPods(t *testing.T) {
	for pods, want := range map[int]map[string]int{
		0:      {},
		1:      {"scale": 1},
		10_000: {"scale": 10_000},
		11_500: {"scale": 10_000, "scale-01": 1000, "scale-02": 500},
	} {
		if got := rooms(pods); !maps.Equal(got, want) {
			t.Errorf("%d pods: %v", pods, got)
		}
	}
	if got := rooms(50_000); len(got) != 41 || got["scale-40"] != 1000 {
		t.Errorf("50000 pods: %v", got)
	}
}

func TestFakePodsDifferAndStayTheSame(t *testing.T) {
	names, sick, debugged := map[string]bool{}, map[sickness]int{}, 0
	for i := range bigNamespace {
		pod := newFakePod(scaleNamespace, i)
		if pod != newFakePod(scaleNamespace, i) {
			t.Fatalf("pod %d is another one the second time", i)
		}
		names[pod.Name] = true
		sick[pod.sick]++
		if pod.debugged {
			debugged++
		}
	}
	if debugged != 300 {
		t.Errorf("%d pods have debug containers", debugged)
	}
	if len(names) != bigNamespace {
		t.Errorf("%d names for %d pods", len(names), bigNamespace)
	}
	for s := healthy; s <= restarted; s++ {
		if n := sick[s]; n < 20 || s == healthy && (n < 8500 || n > 9500) {
			t.Errorf("%d pods have the sickness %d", n, s)
		}
	}
}

// A pod that was debugged has its debug container in its spec, its status and its managed fields, which name who has added it.
func TestDebuggedPods(t *testing.T) {
	for number, client := range map[int]string{7: "dayfly", 40: "kubectl", 173: "kubectl"} {
		pod := newFakePod(scaleNamespace, number)
		stored, err := pod.stored()
		if err != nil {
			t.Fatal(err)
		}
		text := string(stored.value)
		for _, want := range []string{client, `"f:ephemeralContainers":{".":{},"k:{\"name\":\"` + pod.debuggerName() + `\"}":{`, "ephemeralcontainers"} {
			if !strings.Contains(text, want) {
				t.Errorf("pod %d has no %q", number, want)
			}
		}
		if n := strings.Count(text, pod.debuggerName()); n < 3 { // spec, status, and the key of its fields
			t.Errorf("pod %d has its debug container %d times", number, n)
		}
	}
}

func TestEveryOneStopsAtAnError(t *testing.T) {
	broken := errors.New("broken")
	var calls atomic.Int64
	err := everyOne(100_000, 48, func(i int) error {
		calls.Add(1)
		if i == 7 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || calls.Load() == 100_000 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	calls.Store(0)
	if err := everyOne(1000, 48, func(int) error { calls.Add(1); return nil }); err != nil || calls.Load() != 1000 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestKwokIsAToolOfItsModule(t *testing.T) {
	text, err := os.ReadFile("kwok/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"tool sigs.k8s.io/kwok/cmd/kwok\n", "\tsigs.k8s.io/kwok v0.8.0 // indirect\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("kwok/go.mod does not have %q", want)
		}
	}
}
