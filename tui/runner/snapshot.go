package runner

import (
	"errors"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Snapshot is what can be said of a session at a moment.
type Snapshot struct {
	session.Snapshot
	Job      Job // as it is carried out: its plan may have been made anew
	Number   int // by which a person calls it, from 1; 0: its plan is not made yet
	Began    time.Time
	Planning bool // its plan is being made: nothing has been sent
	// Unanswered tells that the plan is being carried out, and the cluster has not said whether it takes it; Added that it has.
	Unanswered, Added bool

	Leaves bool  // its container is ended when dayfly ends
	Visit  Visit // the last time that it had the terminal

	Asked     bool        // the cluster has been asked about the container: see [Session.Examine]
	Container kube.Ending // what it has said of it
	Unsure    error       // why it has not
	Siblings  []string    // what has happened to the other containers of the pod meanwhile, in sentences
	Gone      bool        // the container is known to have ended
	Stuck     bool        // the container would not be ended, or what is left would not be taken away
	StuckErr  error       // why not

	// Leftovers are what the plan has made, can be taken away, and is there still; those without a UID may be there.
	Leftovers []leftovers.Leftover
	Removed   bool // they have been taken away
	Vanished  bool // they could not be, and have gone all the same: the cluster has deleted them, or somebody else

	Recorded     bool
	Recording    string // the file; empty: there is none yet
	RecordingErr error  // why it may be incomplete, or is not made
}

// OwnShell reports whether the session runs a command of its own in the container: its end is not the container's.
func (n Snapshot) OwnShell() bool { return len(n.Job.Exec) > 0 }

// Planned reports whether there is a plan: not where it is being made anew, or could not be.
func (n Snapshot) Planned() bool { return n.Job.Rename == "" }

// Lives reports whether the session can be gone on with.
func (n Snapshot) Lives() bool { return !n.Over() }

// WasAttached reports whether there has been a link to the program.
func (n Snapshot) WasAttached() bool {
	return !n.At[session.Live].IsZero() || !n.At[session.Detached].IsZero()
}

// Remains reports whether something runs, or is there, that would not be without the session, although the session is over.
func (n Snapshot) Remains() bool { return n.Sleeps() || len(n.left()) > 0 }

// Until is when the cluster takes the first of the leftovers away by itself; zero: it takes none.
func (n Snapshot) Until() time.Time {
	var first time.Time
	for _, left := range n.Leftovers {
		if at := left.Until; !at.IsZero() && left.Timed() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// left are the leftovers, also of a plan that is on its way.
func (n Snapshot) left() []leftovers.Leftover {
	if n.Unanswered {
		return n.Job.Plan.Removable()
	}
	return n.Leftovers
}

// Over reports whether our part of the session is.
func (n Snapshot) Over() bool { return n.State.Over() || n.Left }

// Sleeps reports whether the container of a private session that is over may be there still, waiting for another shell.
func (n Snapshot) Sleeps() bool {
	return n.Job.Private && !n.Gone && n.State.Over() && n.WasAttached()
}

// CanShell reports whether one more shell can be opened in the container.
func (n Snapshot) CanShell() bool {
	return !n.Gone && (n.Sleeps() || n.Lives() && n.State >= session.Starting)
}

// Known reports whether something can be said of the end: [Snapshot.End].
func (n Snapshot) Known() bool {
	if n.OwnShell() {
		return n.State.Over()
	}
	return n.State == session.Ended || n.Asked
}

// End is how what ran in the session has ended, and what has become of the pod. Where that was a shell of its own, the container's end is
// another matter: Container.
func (n Snapshot) End() kube.Ending {
	switch {
	case n.OwnShell():
		end := kube.Ending{Gone: n.Container.Gone, Deleting: n.Container.Deleting}
		if n.State == session.Ended {
			end.Exit = n.Ending.Exit
		}
		return end
	case n.toldEnd():
		return n.Ending
	}
	return n.Container
}

// toldEnd reports whether the session itself has been told how its program has ended.
func (n Snapshot) toldEnd() bool {
	return n.State == session.Ended && (n.Ending.Exit != nil || n.Ending.Gone)
}

// MayRun reports whether the last visit has ended without the program's having done so.
func (n Snapshot) MayRun() bool { return n.Visit.Detached || errors.Is(n.Visit.Err, kube.ErrLinkLost) }

// Visit is how it went while a session had the terminal.
type Visit struct {
	Detached bool  // its person has left, and the program runs on
	Err      error // why there was no session, or no link at the end
	LogErr   error // why output may be missing

	BytesIn, BytesOut int64 // since the session began
	Began, Ended      time.Time
}
