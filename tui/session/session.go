package session

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// Link is what a session needs of a cluster.
type Link interface {
	// Attach connects the streams to a container's program. It returns when the program ends, when the link breaks, when In
	// ends, and when ctx is done.
	Attach(ctx context.Context, t kube.Target, s stream.Streams) error
	// Exec runs a command in a container that runs, and returns its exit code. It cannot be taken up again when the link breaks.
	Exec(ctx context.Context, t kube.Target, command []string, s stream.Streams) (code int, err error)
	// Alive asks whether the way to a container is open as far as its node. The API server takes a link at once, and what is typed on it, also
	// when it will not reach the node.
	Alive(ctx context.Context, t kube.Target) error
	// Logs reads what the program has printed.
	Logs(ctx context.Context, t kube.Target, o logs.Options) (io.ReadCloser, error)
	// AwaitExit waits until the program's end is known. When ctx ends first, it tells what is known then.
	AwaitExit(ctx context.Context, t kube.Target) (kube.Ending, error)
}

// Options are how to attach.
type Options struct {
	TTY bool // what the container was created with
	// Tail chooses the past that is shown first: 0 is everything from the program's start, as for a first attach; n is the last n
	// lines, as for attaching again, when the program is also asked to redraw in any case; negative is nothing.
	Tail     int64
	ReadOnly bool // the container has no input: keys go nowhere but for the detach key
	// Exec is a command to run in the container instead of attaching to its program: a session that is private, because nothing of it is in the
	// pod's log, or one shell more. It is over when the link is lost.
	Exec []string
	// InputOnce tells that the program's input ends with the first attach that has one (stdinOnce, without a terminal).
	InputOnce bool
	// Piped tells that it is for [Session.Stream]: its output is not made fit for a terminal.
	Piped bool
	// Expected tells that a terminal is on its way to it: its first output waits a moment for that.
	Expected bool
	// DenyClipboard keeps the program from writing to the clipboard of the terminal. None may read it.
	DenyClipboard bool
	Ring          int       // how many bytes of output are kept; 0: [DefaultRing]
	Size          kube.Size // what the program is told of its terminal until it has one; zero: 80×24
	Record        Recorder  // nil: nothing is recorded
	// News is called after each change that a [Snapshot] shows, from any goroutine; it must not wait for anything. It may be nil.
	News func()
}

// DefaultRing is how many bytes of a session's output are kept when nothing else is said.
const DefaultRing = 2 << 20

// Session is one program in a container and what connects a person with it. It goes on in the background until the program ends or
// [Session.Leave] is called; [Session.Show] puts it onto the terminal, as often as one likes. A link that is lost is taken up again by
// itself, as long as the program runs.
type Session struct {
	link   Link
	target kube.Target
	opts   Options

	out    *output
	record join.Record // of what out has been given of two streams
	keys   *keyQueue
	size   *sizes
	front  chan struct{} // closed when it has been shown for the first time
	leave  chan struct{} // closed when nobody wants it any more
	done   chan struct{} // closed when nothing of it runs any more
	fed    atomic.Bool   // an attach without a terminal has begun to read the input
	broke  atomic.Bool   // a link was lost through which the program may have been attached to: it may have seen the end of its input

	mu     sync.Mutex
	life   Life
	steps  []Step
	state  Snapshot // what is no matter of the life
	began  bool
	leaves sync.Once
	shows  sync.Once
}

// Step is news of the plan that makes the session's container, and when it came.
type Step struct {
	launch.Progress
	At time.Time
}

// Snapshot is what can be said of a session at a moment.
type Snapshot struct {
	Life
	Target  kube.Target
	Steps   []Step        // on the way to its container
	Cause   *kube.Problem // why nothing starts in the pod at all; nil: nothing is known to keep it
	Trouble error         // why there is no news of them, or no link, at the moment
	Err     error         // why it has failed
	LogErr  error         // why output may be missing; not worth ending a session
	// InputCut tells that the link was lost before all input was on its way, behind which the program got none (Options.InputOnce).
	InputCut bool
	Ending   kube.Ending // as far as the cluster has told
	Left     bool        // nobody of us is attached any more: the program may run on

	BytesIn  int64 // typed to the program
	BytesOut int64 // printed by it, with what it had printed before
	Unread   int64 // bytes that nobody has seen
	Full     bool  // the program has the whole screen
	Begun    time.Time
	ImageID  string

	ClipboardWrites int64 // how often the program has written to the terminal's clipboard
	ClipboardDenied int64 // how often it has tried to, and was not allowed
}

// New is a session whose container does not exist yet, or is not attached to yet: [Session.Follow] or [Session.Attach] begins it.
func New(link Link, target kube.Target, opts Options) *Session {
	if opts.Ring == 0 {
		opts.Ring = DefaultRing
	}
	if opts.Size.Cols == 0 || opts.Size.Rows == 0 {
		opts.Size = kube.Size{Cols: 80, Rows: 24}
	}
	s := &Session{
		link: link, target: target, opts: opts, keys: newKeyQueue(), size: newSizes(opts.Size),
		front: make(chan struct{}), leave: make(chan struct{}), done: make(chan struct{}),
	}
	s.size.record = opts.Record
	s.out = newOutput(opts.Ring, opts.Record, s.tell)
	s.out.piped, s.out.redraw, s.out.board.Denied = opts.Piped, s.size.redraw, opts.DenyClipboard
	s.life = Begin(Requested, time.Now())
	return s
}

// Target is the container.
func (s *Session) Target() kube.Target { return s.target }

// Done is closed when the session is over and everything it has received can be shown.
func (s *Session) Done() <-chan struct{} { return s.done }

// Look is the session at this moment.
func (s *Session) Look() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.state
	now.Life, now.Target, now.Steps = s.life, s.target, s.steps[:len(s.steps):len(s.steps)]
	now.BytesOut, now.Unread, now.Full = s.out.counts()
	now.ClipboardWrites, now.ClipboardDenied = s.out.board.Writes.Load(), s.out.board.Refused.Load()
	return now
}

// Note takes a line of dayfly's own among what the program prints. Where that has the whole screen, it is only in the recording.
func (s *Session) Note(words string) { s.out.Note(words) }

// Tail is the end of its output, at most n bytes.
func (s *Session) Tail(n int64) []byte { return s.out.tail(n) }

// Size is what the program is told of its terminal.
func (s *Session) Size() kube.Size {
	now, _, _ := s.size.get()
	return now
}

// Follow begins a session with the news of the plan that makes its container, and attaches when that runs. It returns at once.
func (s *Session) Follow(ctx context.Context, news <-chan launch.Progress) {
	s.begin(ctx, func(ctx context.Context) { s.follow(ctx, news) })
}

// Attach begins a session with a container that is there. It returns at once.
func (s *Session) Attach(ctx context.Context) {
	s.event(Starts)
	s.begin(ctx, s.reconnect)
}

// begin runs the session until it is over. Ending ctx is the rough way to leave it.
func (s *Session) begin(ctx context.Context, run func(context.Context)) {
	s.mu.Lock()
	again := s.began
	s.began = true
	s.state.Begun = time.Now()
	s.mu.Unlock()
	if again {
		return
	}
	go func() {
		defer close(s.done)
		defer s.keys.close() // who types more must not wait for it
		if err := caught(func() { run(ctx) }); err != nil {
			s.fail(err)
		}
	}()
}

// Leave ends our part of the session: the program runs on, unless its container was made to end with who uses it. It returns at once;
// Done tells when nothing is left.
func (s *Session) Leave() { s.leaves.Do(func() { close(s.leave) }) }

// event moves the life on, and returns it.
func (s *Session) event(e Event) Life {
	s.mu.Lock()
	before := s.life
	s.life = before.Next(e, time.Now())
	now := s.life
	s.mu.Unlock()
	if now != before {
		s.tell()
	}
	return now
}

func (s *Session) tell() {
	if s.opts.News != nil {
		s.opts.News()
	}
}

// note changes what is no matter of the life.
func (s *Session) note(change func(*Snapshot)) {
	s.mu.Lock()
	change(&s.state)
	s.mu.Unlock()
	s.tell()
}

func (s *Session) fail(err error) {
	s.note(func(now *Snapshot) { now.Err = err })
	s.event(Fails)
}

// follow brings the news of the plan into the life.
func (s *Session) follow(ctx context.Context, news <-chan launch.Progress) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.leave:
			s.note(func(now *Snapshot) { now.Left = true })
			return
		case p, ok := <-news:
			if !ok {
				return
			}
			if s.step(p) && !isClosed(s.leave) {
				s.reconnect(ctx)
			}
			if s.Look().State.Over() {
				return
			}
		}
	}
}

// step takes one piece of news and tells whether there is a program to attach to.
func (s *Session) step(p launch.Progress) (runs bool) {
	s.note(func(now *Snapshot) {
		now.Trouble = p.Trouble
		if p.Trouble == nil {
			now.Cause = p.Cause
			if last := len(s.steps) - 1; p.Cause == nil && (last < 0 || s.steps[last].Step != p.Step || p.Words != "") {
				s.steps = append(s.steps, Step{p, time.Now()})
			}
		}
		if p.ImageID != "" {
			now.ImageID = p.ImageID
		}
	})
	if p.Trouble != nil || p.Cause != nil {
		return false
	}
	switch p.Step {
	case launch.Accepted:
		s.event(Admits)
	case launch.Pulling:
		s.event(Pulls)
	case launch.Pulled, launch.Created:
		s.event(Starts)
	case launch.Started, launch.Ended:
		s.event(Starts)
		return true
	case launch.Failed:
		s.fail(p.Err)
	case launch.Asked:
	}
	return false
}
