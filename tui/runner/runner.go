package runner

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/session"
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

// Start begins a session. Whether the rules of the context allow it, and have been answered, is asked before ([Job.Allowed], [Job.Missing]);
// the cluster's client asks again before it changes anything. A session whose plan is made anew is listed once that is done.
func (r *Runner) Start(j Job) *Session {
	s := r.Add(j)
	s.begin()
	return s
}

// Add lists a session without beginning it, as tests of what shows sessions need.
func (r *Runner) Add(j Job) *Session {
	j = j.complete()
	s := &Session{
		runner: r, poked: make(chan struct{}, 1), observed: make(chan struct{}), writes: &queue{runner: r},
		state: Snapshot{Job: j, Began: r.options.Now(), Planning: j.Rename != ""},
	}
	settings := Settings{}
	if j.Cluster != nil {
		settings = r.options.Settings(j.Cluster.Context)
	}
	record := settings.Record
	if j.Plan != nil {
		s.state.Leaves, s.besideThen, record = j.Plan.Request.StdinOnce || j.Plan.CleansUp(), j.Plan.Beside, j.About.Record
	}
	o := session.Options{
		TTY: j.TTY || len(j.Exec) > 0, ReadOnly: j.ReadOnly, Exec: j.Exec, Expected: true, News: s.poke,
		Ring: settings.Ring, DenyClipboard: settings.DenyClipboard,
	}
	if j.Piped {
		o.Piped, o.InputOnce = true, j.Plan != nil && j.Plan.Request.StdinOnce
	}
	if j.Joins {
		const screenful = 50 // lines
		o.Tail = screenful
	}
	if record {
		s.recorder = r.newRecorder(j, settings.RecordInput)
		o.Record = s.recorder
	}
	link := session.LinkTo(j.Cluster)
	if j.carriesOut() {
		link, s.answered = session.LinkToFirst(j.Cluster), make(chan struct{})
	}
	s.link = session.New(link, j.Target, o)
	if !s.state.Planning {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.enlist(s)
	}
	return s
}

// enlist gives a session its number, and its place. The lock is held.
func (r *Runner) enlist(s *Session) {
	r.count++
	s.state.Number = r.count
	r.list = append(r.list, s)
}

// Sessions are all that are listed, in the order in which they began.
func (r *Runner) Sessions() []*Session { return r.those(func(*Session) bool { return true }) }

// Live are those whose program runs, as far as is known.
func (r *Runner) Live() []*Session { return r.those((*Session).lives) }

// In are those with a container, of which some may have ended.
func (r *Runner) In(c Container) []*Session {
	return r.those(func(s *Session) bool { return s.state.Job.container().is(c) })
}

// Attached is the session that is attached to what a container runs, and can be gone on with; nil: there is none.
func (r *Runner) Attached(c Container) *Session {
	some := r.those(func(s *Session) bool { return s.state.Job.container().is(c) && len(s.state.Job.Exec) == 0 && s.lives() })
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
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// How long is waited when dayfly ends.
const (
	// endingPatience is how long those may take that end with dayfly, when it is not by a person's wish that dayfly ends. A program that
	// heeds only the last signal takes more than four seconds.
	endingPatience  = 8 * time.Second
	answerPatience  = 5 * time.Second // until a request is given up of which the answer is waited for
	leavingPatience = 3 * time.Second // until our part of all sessions has ended
	writingPatience = time.Second     // until all is written down
)

// Close ends what ends with dayfly and has not been ended yet, tries once more to take away what could not be taken away, and ends our part of
// all sessions: their programs run on. It waits, not for long, until all is written down. It returns the sessions with which something was left:
// one that runs, or one with [Snapshot.Leftovers].
func (r *Runner) Close() []*Session {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	if targets := Containers(append(r.Leaving(), r.those((*Session).stuck)...)); len(targets) > 0 {
		r.ended(targets, r.endAll(r.ctx, targets, endingPatience))
	}
	left := r.Remaining()
	r.leave()
	ctx, cancel := context.WithTimeout(r.ctx, writingPatience)
	defer cancel()
	r.Drain(ctx)
	return left
}

// leave ends our part of all sessions. Those whose containers have just been ended may hear of that first, for the journal.
func (r *Runner) leave() {
	all := r.Sessions()
	for _, s := range all {
		if !s.Look().Gone {
			s.Leave()
		}
		defer s.Leave()
	}
	late := time.After(leavingPatience)
	for _, s := range all {
		if s.Look().Begun.IsZero() {
			continue
		}
		select {
		case <-s.observed:
		case <-late:
			return
		}
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
