package kube

import (
	"context"
	"sync"
	"time"
)

// Answers remembers what the cluster has answered to questions that only read. Whoever asks while the same question is under way waits for
// its answer instead of asking again. The zero value is ready, and safe for several goroutines.
type Answers[K comparable, V any] struct {
	Now func() time.Time // nil is time.Now: a practice cluster's time may stand still, and what it answered would be true for ever

	mu    sync.Mutex
	known map[K]*inquiry[V]
}

// inquiry is one question and what came of it.
type inquiry[V any] struct {
	done  chan struct{} // closed when value and until are there
	value V
	until time.Time

	waiting int // how many wait for it
	stop    context.CancelFunc
}

// question asks the cluster. It returns how long its answer holds, too.
type question[V any] func(context.Context) (V, time.Duration)

// Of is the answer to the question named key. The question outlives the one who has asked it first, and is given up when nobody waits for
// it any more. The only error is that of ctx.
func (a *Answers[K, V]) Of(ctx context.Context, key K, ask question[V]) (V, error) {
	found := a.join(ctx, key, ask)
	select {
	case <-found.done:
		return found.value, nil
	default:
	}
	select {
	case <-found.done:
		return found.value, nil
	case <-ctx.Done():
		a.leave(key, found)
		var none V
		return none, ctx.Err()
	}
}

// join finds the answer, or the question that is under way, or asks it.
func (a *Answers[K, V]) join(ctx context.Context, key K, ask question[V]) *inquiry[V] {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	if found, ok := a.known[key]; ok {
		found.waiting++
		return found
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	asked := &inquiry[V]{done: make(chan struct{}), waiting: 1, stop: stop}
	if a.known == nil {
		a.known = map[K]*inquiry[V]{}
	}
	a.known[key] = asked
	go func() {
		defer stop()
		value, holds := ask(ctx)
		a.mu.Lock()
		defer a.mu.Unlock()
		asked.value, asked.until = value, a.clock().Add(holds)
		close(asked.done)
	}()
	return asked
}

// leave stops waiting.
func (a *Answers[K, V]) leave(key K, left *inquiry[V]) {
	a.mu.Lock()
	defer a.mu.Unlock()
	left.waiting--
	if left.waiting > 0 || left.answered() {
		return
	}
	left.stop()
	if a.known[key] == left {
		delete(a.known, key)
	}
}

// forget drops the answers that do not hold any more.
func (a *Answers[K, V]) forget() {
	now := a.clock()
	for key, known := range a.known {
		if known.answered() && !now.Before(known.until) {
			delete(a.known, key)
		}
	}
}

func (a *Answers[K, V]) clock() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

func (a *inquiry[V]) answered() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}
