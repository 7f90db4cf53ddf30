package kube

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// inquirer is a question that is answered when the test says so.
type inquirer struct {
	asked, stopped int
	answers        chan int
	holds          time.Duration
}

func (q *inquirer) ask(ctx context.Context) (int, time.Duration) {
	q.asked++
	select {
	case v := <-q.answers:
		return v, q.holds
	case <-ctx.Done():
		q.stopped++
		return -1, q.holds
	}
}

// Those who ask at the same time share one question, even when the one who has asked first is gone.
func TestAnswersAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &inquirer{answers: make(chan int), holds: time.Minute}
		var a Answers[string, int]
		first, leave := context.WithCancel(t.Context())
		got := make(chan int, 3)
		left := make(chan error, 1)
		go func() {
			_, err := a.Of(first, "key", q.ask)
			left <- err
		}()
		synctest.Wait()
		for range 3 {
			go func() {
				v, err := a.Of(t.Context(), "key", q.ask)
				if err != nil {
					t.Error(err)
				}
				got <- v
			}()
		}
		synctest.Wait()
		leave()
		if err := <-left; err == nil {
			t.Error("who has left has an answer")
		}
		q.answers <- 7
		for range 3 {
			if v := <-got; v != 7 {
				t.Errorf("an answer is %d", v)
			}
		}
		if q.asked != 1 || q.stopped != 0 {
			t.Errorf("asked %d times, stopped %d times", q.asked, q.stopped)
		}
	})
}

// A question for which nobody waits any more is given up, and asked anew by the next.
func TestAnswersGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &inquirer{answers: make(chan int), holds: time.Minute}
		var a Answers[string, int]
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if _, err := a.Of(ctx, "key", q.ask); err == nil {
			t.Error("there is an answer")
		}
		synctest.Wait()
		if q.stopped != 1 {
			t.Errorf("the question is stopped %d times", q.stopped)
		}
		go func() { q.answers <- 7 }()
		if v, err := a.Of(t.Context(), "key", q.ask); v != 7 || err != nil || q.asked != 2 {
			t.Errorf("%d, %v after %d questions", v, err, q.asked)
		}
		// What is there is given to those in a hurry, too.
		if v, err := a.Of(ctx, "key", q.ask); v != 7 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	})
}

// An answer holds as long as it was said to.
func TestAnswersExpire(t *testing.T) {
	q := &inquirer{answers: make(chan int, 9), holds: time.Minute}
	for i := range 9 {
		q.answers <- i
	}
	now := time.Unix(1_700_000_000, 0)
	a := Answers[string, int]{Now: func() time.Time { return now }}
	for _, step := range []struct {
		after time.Duration
		key   string
		want  int
	}{
		{0, "a", 0}, {time.Minute - 1, "a", 0}, {1, "a", 1}, {0, "b", 2}, {time.Second, "a", 1}, {time.Hour, "b", 3},
	} {
		now = now.Add(step.after)
		if v, err := a.Of(t.Context(), step.key, q.ask); v != step.want || err != nil {
			t.Errorf("%s later %s is %d, %v; want %d", step.after, step.key, v, err, step.want)
		}
	}
	if len(a.known) != 1 {
		t.Errorf("%d answers are kept, want that which holds", len(a.known))
	}
}
