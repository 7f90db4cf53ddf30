package session

import "time"

// State is where a session is in its life.
type State int

// The states, in the order in which a session that meets everything goes through them.
const (
	Requested   State = iota // the request for it is on its way to the API server
	Admitted                 // the API server has it
	Pulling                  // the node fetches the image
	Starting                 // its container exists, and is being attached to
	Live                     // attached, and on the terminal
	Detached                 // attached, in the background
	Lost                     // the link is gone; the program may well run
	Reattaching              // a new link is being tried
	Ended                    // the program has ended, or its pod is gone
	Failed                   // there will be no session
	states
)

// String is the word on the screen.
func (s State) String() string {
	return [...]string{
		"requested", "admitted", "pulling", "starting", "live", "detached", "link lost", "attaching again", "ended", "failed",
	}[s]
}

// Over reports whether nothing will change any more.
func (s State) Over() bool { return s >= Ended }

// Attached reports whether there is a link to the program.
func (s State) Attached() bool { return s == Live || s == Detached }

// Event is what happens to a session.
type Event int

// The events.
const (
	Admits   Event = iota // the API server has taken it
	Pulls                 // the node fetches the image
	Starts                // the container exists
	Attaches              // the streams are there
	Shows                 // it is given the terminal
	Hides                 // the terminal is taken from it
	Loses                 // the link breaks
	Retries               // a new link is tried
	Ends                  // the program has ended
	Fails                 // it will never run, or nobody may attach to it
	events
)

// Life is the life of one session so far. It is a value: [Life.Next] is a pure function.
type Life struct {
	State  State
	Shown  bool              // it has the terminal, whatever its state
	At     [states]time.Time // when each state was entered last; zero for one that never was
	Losses int               // how often the link was lost
	Broke  time.Time         // when the link was lost last, however often it has been tried since
}

// Begin is the life of a session at its beginning.
func Begin(s State, at time.Time) Life {
	l := Life{}
	return l.enter(s, at)
}

// Since is when the present state was entered.
func (l Life) Since() time.Time { return l.At[l.State] }

// Next is the life after an event. An event that cannot happen in a state, or comes late, changes nothing.
func (l Life) Next(e Event, at time.Time) Life {
	if e == Shows || e == Hides {
		l.Shown = e == Shows
		if l.State.Attached() {
			return l.enter(l.attached(), at)
		}
		return l
	}
	if l.State.Over() {
		return l
	}
	switch e {
	case Admits, Pulls, Starts:
		next := map[Event]State{Admits: Admitted, Pulls: Pulling, Starts: Starting}[e]
		if next <= l.State {
			return l // news of the same thing come on two ways
		}
		return l.enter(next, at)
	case Attaches:
		if l.State.Attached() {
			return l
		}
		return l.enter(l.attached(), at)
	case Loses:
		if l.State == Lost {
			return l
		}
		if l.State != Reattaching { // otherwise it is the same loss
			l.Losses++
			l.Broke = at
		}
		return l.enter(Lost, at)
	case Retries:
		if l.State == Lost {
			return l.enter(Reattaching, at)
		}
	case Ends:
		return l.enter(Ended, at)
	case Fails:
		return l.enter(Failed, at)
	}
	return l
}

func (l Life) attached() State {
	if l.Shown {
		return Live
	}
	return Detached
}

func (l Life) enter(s State, at time.Time) Life {
	if l.State == s && !l.At[s].IsZero() {
		return l
	}
	l.State = s
	l.At[s] = at
	return l
}
