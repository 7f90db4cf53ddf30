package runner

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// Options are what a Runner works with. The zero value writes nothing down.
type Options struct {
	Journal  Journal                       // nil: nothing is written
	Announce bool                          // an event is put on the pod of each plan that is carried out
	State    string                        // the folder of dayfly's state, in which recordings are kept; empty: there is none
	Settings func(context string) Settings // of a kubeconfig context; nil: there are none
	Now      func() time.Time              // nil: [time.Now]
	// After brings a moment when so much time has passed; nil: [time.After].
	After func(time.Duration) <-chan time.Time
}

// Journal takes entries. The error says why one is not written.
type Journal interface {
	Write(e journal.Entry) error
}

// Settings are what the configuration says of the sessions in a context. The zero value is what counts when it says nothing.
type Settings struct {
	Ring        int  // bytes of output that are kept of each; 0: [session.DefaultRing]
	Record      bool // what they print is kept, where no person has chosen
	RecordInput bool // with what is typed
	// DenyClipboard keeps programs from writing to the clipboard of the terminal.
	DenyClipboard bool
}

// Runner keeps the sessions of this dayfly, and has written down what is done. Make one with [New], and end it with [Runner.Close].
type Runner struct {
	ctx     context.Context //nolint:containedctx // of the program's life: a session outlives what it was begun by
	options Options
	news    chan struct{} // has an item when there is something new

	awaiting sync.Mutex    // for what is below
	stirred  chan struct{} // closed with the next news; nil: nobody waits for it

	mu      sync.Mutex // for what is below, and all sessions' own state
	list    []*Session // in the order in which they began
	count   int        // that there have been
	events  []Event
	closed  bool          // nothing more is begun
	writing int           // entries, announcements and recordings that are on their way
	written chan struct{} // closed when there are none; nil: there are none
}

// New makes a runner. Ending ctx is the rough way to end all that it does.
func New(ctx context.Context, o Options) *Runner {
	if o.Settings == nil {
		o.Settings = func(string) Settings { return Settings{} }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	return &Runner{ctx: ctx, options: o, news: make(chan struct{}, 1)}
}

// Sessions are all that are listed, in the order in which they began. [Job.Unlisted] are not.
func (r *Runner) Sessions() []*Session { return r.those((*Session).listed) }

// Live are the listed ones whose program runs, as far as is known.
func (r *Runner) Live() []*Session {
	return r.those(func(s *Session) bool { return s.listed() && s.lives() })
}

// In are those with a container, of which some may have ended.
func (r *Runner) In(c Container) []*Session {
	return r.those(func(s *Session) bool { return s.state.Job.container().is(c) })
}

// Attached is the session that is attached to what a container runs, and can be gone on with; nil: there is none.
func (r *Runner) Attached(c Container) *Session {
	some := r.those(func(s *Session) bool {
		return s.listed() && s.state.Job.container().is(c) && len(s.state.Job.Exec) == 0 && s.lives()
	})
	if len(some) == 0 {
		return nil
	}
	return some[0]
}

// Has reports whether a container is one of the sessions' that are not left.
func (r *Runner) Has(c Container) bool {
	return len(r.those(func(s *Session) bool { return s.state.Job.container().is(c) && !s.link.Look().Left })) > 0
}

// AnotherShell is one more shell in the container of a job. What a session of ours knows of it counts: its plan, its life time, its shell.
func (r *Runner) AnotherShell(j Job, private bool) Job {
	for _, s := range r.In(j.container()) {
		if known := s.Job(); known.Plan != nil || len(known.Exec) > 0 {
			return known.AnotherShell(private)
		}
	}
	return j.AnotherShell(private)
}

// Forget takes a session off the list, unless something of it remains.
func (r *Runner) Forget(s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := s.look(); now.Lives() || now.Remains() {
		return
	}
	r.list = slices.DeleteFunc(r.list, func(other *Session) bool { return other == s })
}

// listed reports whether a person goes on with the session.
func (s *Session) listed() bool { return !s.state.Job.Unlisted }

// every is each session, listed or not.
func (r *Runner) every() []*Session { return r.those(func(*Session) bool { return true }) }

// those are the sessions for which something is so. is is called under the lock.
func (r *Runner) those(is func(*Session) bool) []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.list), func(s *Session) bool { return !is(s) })
}

// change changes the state of sessions, and tells that there is news.
func (r *Runner) change(how func()) {
	r.mu.Lock()
	how()
	r.mu.Unlock()
	r.wake()
}

// News has an item when something is new about the sessions: look at them, and at [Runner.Events]. One reader is told.
func (r *Runner) News() <-chan struct{} { return r.news }

func (r *Runner) wake() {
	r.stir()
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// Containers are those of sessions, each once.
func Containers(list []*Session) []Container {
	var all []Container
	for _, s := range list {
		c := s.Job().container()
		if c.Cluster != nil && !slices.ContainsFunc(all, c.is) {
			all = append(all, c)
		}
	}
	return all
}

// EventKind is what an event tells.
type EventKind int

// The kinds.
const (
	Started    EventKind = iota // its container runs, or has run
	Failed                      // its container will not start: Err
	Ended                       // its program has ended
	Lost                        // the link to a shell of its own is lost, and the shell with it
	Unrecorded                  // its recording is incomplete, or is not made: Err
	Unwritten                   // something is not in the journal, or was not announced: Err
)

// Event is something that has happened and is told once.
type Event struct {
	Kind    EventKind
	Session *Session // nil with Unrecorded and Unwritten
	Err     error
}

// Events are what has happened since they were asked for last, in their order.
func (r *Runner) Events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := r.events
	r.events = nil
	return events
}

func (r *Runner) tell(e Event) {
	r.change(func() { r.events = append(r.events, e) })
}
