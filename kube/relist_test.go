package kube

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script is a lister whose watches last and end as written, and which notes at which second it was asked for what.
type script struct {
	watches []ending
	log     []entry
	start   time.Time
	stop    context.CancelFunc
}

type ending struct {
	lasts time.Duration
	err   error
	list  bool // it is the list before the watch that fails
}

type entry struct {
	At   time.Duration
	What string
}

func (s *script) note(what string) {
	s.log = append(s.log, entry{time.Since(s.start), what})
}

func (s *script) List(context.Context) (string, error) {
	if s.watches[0].list {
		s.note("list fails")
		err := s.watches[0].err
		s.next()
		return "", err
	}
	s.note("list")
	return "listed", nil
}

func (s *script) Watch(_ context.Context, version string) (string, error) {
	s.note("watch " + version)
	now := s.watches[0]
	<-time.After(now.lasts)
	s.next()
	return "reached", now.err
}

func (s *script) next() {
	s.watches = s.watches[1:]
	if len(s.watches) == 0 {
		s.stop()
	}
}

func (s *script) Trouble(error) { s.note("trouble") }

func TestKeep(t *testing.T) {
	broken := errors.New("broken")
	const ms, s = time.Millisecond, time.Second
	tests := []struct {
		name    string
		watches []ending
		want    []entry
	}{
		{
			name:    "a watch that ends in its time goes on where it was, at once",
			watches: []ending{{lasts: 300 * s}, {lasts: 400 * s}, {lasts: s}},
			want:    []entry{{0, "list"}, {0, "watch listed"}, {300 * s, "watch reached"}, {700 * s, "watch reached"}},
		},
		{
			name:    "watches that end at once are asked for ever more slowly",
			watches: []ending{{}, {}, {}, {lasts: 2 * s}, {}, {}},
			want: []entry{
				{0, "list"},
				{0, "watch listed"},
				{250 * ms, "watch reached"},
				{750 * ms, "watch reached"},
				{1750 * ms, "watch reached"},
				{3750 * ms, "watch reached"}, // it had lasted: patience is new
				{4000 * ms, "watch reached"},
			},
		},
		{
			name:    "an expired version is listed anew, without trouble",
			watches: []ending{{lasts: 300 * s, err: errGone}, {lasts: 300 * s}},
			want:    []entry{{0, "list"}, {0, "watch listed"}, {300 * s, "list"}, {300 * s, "watch listed"}},
		},
		{
			name:    "versions that expire at once are not listed in a storm",
			watches: []ending{{err: errGone}, {err: errGone}, {}},
			want: []entry{
				{0, "list"}, {0, "watch listed"}, {250 * ms, "list"}, {250 * ms, "watch listed"}, {750 * ms, "list"}, {750 * ms, "watch listed"},
			},
		},
		{
			name:    "a broken watch is trouble and a new list",
			watches: []ending{{lasts: 30 * s, err: broken}, {lasts: 30 * s, err: broken}, {lasts: s}},
			want: []entry{
				{0, "list"}, {0, "watch listed"}, {30 * s, "trouble"}, {30*s + 250*ms, "list"}, {30*s + 250*ms, "watch listed"},
				{60*s + 250*ms, "trouble"}, {60*s + 750*ms, "list"}, {60*s + 750*ms, "watch listed"},
			},
		},
		{
			name:    "after a minute's watch patience is new",
			watches: []ending{{list: true, err: broken}, {list: true, err: broken}, {lasts: 60 * s, err: broken}, {}},
			want: []entry{
				{0, "list fails"}, {0, "trouble"}, {250 * ms, "list fails"}, {250 * ms, "trouble"}, {750 * ms, "list"}, {750 * ms, "watch listed"},
				{60*s + 750*ms, "trouble"}, {61 * s, "list"}, {61 * s, "watch listed"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				l := &script{watches: tt.watches, start: time.Now(), stop: stop}
				Keep(ctx, l, patience)
				if diff := cmp.Diff(tt.want, l.log); diff != "" {
					t.Errorf("what was asked when (- want, + got):\n%s", diff)
				}
			})
		})
	}
}

// The end of the context cuts a pause short.
func TestKeepEndsInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer stop()
		l := &script{watches: []ending{{list: true, err: errors.New("broken")}, {}}, start: time.Now(), stop: func() {}}
		Keep(ctx, l, patience)
		if took := time.Since(l.start); took != 100*time.Millisecond {
			t.Errorf("it ended after %v", took)
		}
	})
}

func TestPatience(t *testing.T) {
	want := []time.Duration{250, 500, 1000, 2000, 4000, 8000, 8000}
	for n := range want {
		if got := patience(n); got != want[n]*time.Millisecond {
			t.Errorf("after failure %d: %v, want %v", n, got, want[n]*time.Millisecond)
		}
	}
	if got := patience(1_000_000); got != 8*time.Second {
		t.Errorf("after a million failures: %v", got)
	}
}
