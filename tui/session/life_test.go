package session

import (
	"testing"
	"time"
)

func TestLife(t *testing.T) {
	tests := []struct {
		name   string
		events []Event
		want   State
		losses int
	}{
		{"nothing", nil, Requested, 0},
		{"all goes well", []Event{Admits, Pulls, Starts, Shows, Attaches, Ends}, Ended, 0},
		{"on the terminal", []Event{Admits, Starts, Shows, Attaches}, Live, 0},
		{"in the background", []Event{Admits, Starts, Attaches}, Detached, 0},
		{"left and come back to", []Event{Starts, Shows, Attaches, Hides, Shows}, Live, 0},
		{"left", []Event{Starts, Shows, Attaches, Hides}, Detached, 0},
		{"events of the node in another order", []Event{Starts, Pulls, Admits}, Starting, 0},
		{"pulled before the answer of the API server", []Event{Pulls, Admits}, Pulling, 0},
		{"lost", []Event{Starts, Shows, Attaches, Loses}, Lost, 1},
		{"tried again", []Event{Starts, Shows, Attaches, Loses, Retries}, Reattaching, 1},
		{"in vain", []Event{Starts, Shows, Attaches, Loses, Retries, Loses}, Lost, 1},
		{"back", []Event{Starts, Shows, Attaches, Loses, Retries, Attaches}, Live, 1},
		{"back after being left meanwhile", []Event{Starts, Shows, Attaches, Loses, Hides, Retries, Attaches}, Detached, 1},
		{"lost twice", []Event{Starts, Attaches, Loses, Retries, Attaches, Loses}, Lost, 2},
		{"lost before it was there", []Event{Starts, Loses}, Lost, 1},
		{"not tried again without a loss", []Event{Starts, Attaches, Retries}, Detached, 0},
		{"ended while lost", []Event{Starts, Attaches, Loses, Ends, Retries, Attaches}, Ended, 1},
		{"failed", []Event{Admits, Fails, Starts, Attaches}, Failed, 0},
		{"an end is for good", []Event{Starts, Attaches, Ends, Fails, Loses}, Ended, 0},
		{"looked at after its end", []Event{Starts, Attaches, Ends, Shows}, Ended, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := time.Unix(0, 0)
			life := Begin(Requested, at)
			for _, e := range test.events {
				at = at.Add(time.Second)
				life = life.Next(e, at)
			}
			if life.State != test.want || life.Losses != test.losses {
				t.Errorf("%v with %d losses; want %v with %d", life.State, life.Losses, test.want, test.losses)
			}
		})
	}
}

// TestLifeTimes: each state has the time of its last entry, and an event that changes nothing changes no time.
func TestLifeTimes(t *testing.T) {
	at := func(n int64) time.Time { return time.Unix(n, 0) }
	life := Begin(Starting, at(1)).Next(Attaches, at(2)).Next(Attaches, at(3)).Next(Loses, at(4)).Next(Loses, at(5)).
		Next(Retries, at(6)).Next(Attaches, at(7))
	for state, want := range map[State]int64{Starting: 1, Detached: 7, Lost: 4, Reattaching: 6} {
		if !life.At[state].Equal(at(want)) {
			t.Errorf("%v since %v, want %v", state, life.At[state], at(want))
		}
	}
	if !life.Since().Equal(at(7)) || !life.At[Live].IsZero() {
		t.Errorf("%+v", life)
	}
}

// TestLifeTakesEveryEvent in every state: no state is left that is over, and being shown is always known.
func TestLifeTakesEveryEvent(t *testing.T) {
	for state := range states {
		for event := range events {
			before := Begin(state, time.Unix(1, 0))
			after := before.Next(event, time.Unix(2, 0))
			if state.Over() && after.State != state {
				t.Errorf("%v is left for %v by event %d", state, after.State, event)
			}
			if after.Shown != (event == Shows) {
				t.Errorf("%v after event %d is shown: %v", state, event, after.Shown)
			}
			if after.State != state && after.Since() != time.Unix(2, 0) {
				t.Errorf("%v to %v has no time", state, after.State)
			}
		}
	}
}
