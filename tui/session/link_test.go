package session

import (
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/session/join"
)

// program is a container's program as a link shows it: it prints, its runtime keeps a log, and it can be attached.
type program struct {
	connect time.Duration // until an attach is there
	delay   time.Duration // on the way of what it brings
	lag     time.Duration // of the log behind the program
	answer  time.Duration // until a log has been read
	noCR    bool          // the runtime drops the CR of a CR LF
	lines   bool          // the attach brings whole lines
	logErr  error
	err     error // of the attach, at its end
	code    int   // of an exec
	panics  bool
	refuses bool          // the attach returns err at once
	unknown bool          // nobody can say whether it runs
	deaf    bool          // the attach ends only with its context
	hangs   chan struct{} // not nil: the attach does not even end with that, but with this
	greets  string        // printed when the attach is there, before it asks for the size
	onSize  func(p *program, s kube.Size)
	random  *rand.Rand

	mu      sync.Mutex
	printed []printing
	ended   bool
	changed chan struct{}
	broken  int  // so many links
	remote  bool // the node is out of reach: an attach comes as far as the API server, which takes all that is typed
	typed   strings.Builder
	sizes   []kube.Size
	reads   int // of the log
	rotated int // so many bytes of output are no longer in the log
	streams stream.Streams
}

type printing struct {
	at   time.Time
	text string
}

func newProgram() *program {
	return &program{changed: make(chan struct{}), random: rand.New(rand.NewPCG(7, 8))}
}

func (p *program) print(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed = append(p.printed, printing{time.Now(), text})
	p.notify()
}

// cut breaks the link, and what is on its way is lost.
func (p *program) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken++
	p.notify()
}

// refuse has attaches be refused for a reason, or be taken again.
func (p *program) refuse(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err, p.refuses = err, err != nil
}

func (p *program) refusal() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuses {
		return p.err
	}
	return nil
}

// part takes the node away, and every link with it, or brings it back.
func (p *program) part(remote bool) {
	p.mu.Lock()
	p.remote = remote
	p.mu.Unlock()
	p.cut()
}

func (p *program) isRemote() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.remote
}

// Alive waits for a node that is out of reach.
func (p *program) Alive(ctx context.Context, _ kube.Target) error {
	if !p.isRemote() {
		return nil
	}
	sleep(ctx, 5*time.Second)
	return kube.ErrLinkLost
}

func (p *program) cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

func (p *program) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.notify()
}

func (p *program) notify() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// output is what has been printed until then, and whether that was all.
func (p *program) output(until time.Time) (text string, ended bool, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for _, printing := range p.printed {
		if !printing.at.After(until) {
			b.WriteString(printing.text)
		}
	}
	return b.String(), p.ended, p.changed
}

// Logs is the output up to a line end, some time ago.
func (p *program) Logs(ctx context.Context, _ kube.Target, o logs.Options) (io.ReadCloser, error) {
	if !sleep(ctx, p.answer/2) {
		return nil, ctx.Err()
	}
	p.mu.Lock()
	p.reads++
	p.mu.Unlock()
	if err := p.logError(); err != nil {
		return nil, err
	}
	log, _, _ := p.output(time.Now().Add(-p.lag))
	log = log[min(p.gone(), len(log)):]
	log = string(join.CompleteLines([]byte(log)))
	if p.noCR {
		log = strings.ReplaceAll(log, "\r\n", "\n")
	}
	if lines := strings.SplitAfter(log, "\n"); o.Tail > 0 && int64(len(lines)) > o.Tail {
		log = strings.Join(lines[len(lines)-int(o.Tail)-1:], "")
	}
	if !sleep(ctx, p.answer/2) {
		return nil, ctx.Err()
	}
	return io.NopCloser(strings.NewReader(log)), nil
}

// rotate takes all that was printed until now out of the log.
func (p *program) rotate() {
	all, _, _ := p.output(time.Now())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rotated = len(all)
}

func (p *program) gone() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rotated
}

// failLogs has the log not be read for a reason, or be read again.
func (p *program) failLogs(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.logErr = err
}

func (p *program) logError() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logErr
}

// Exec is an attach with an exit code.
func (p *program) Exec(ctx context.Context, t kube.Target, _ []string, s stream.Streams) (int, error) {
	return p.code, p.Attach(ctx, t, s)
}

// AwaitExit waits for the program's end.
func (p *program) AwaitExit(ctx context.Context, _ kube.Target) (kube.Ending, error) {
	for {
		_, ended, changed := p.output(time.Now())
		if ended {
			return kube.Ending{Exit: &kube.Exit{}}, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return kube.Ending{Running: !p.unknown}, nil
		}
	}
}

// Attach brings the output from the moment it is there.
func (p *program) Attach(ctx context.Context, _ kube.Target, s stream.Streams) error {
	if p.panics {
		panic("attach")
	}
	p.streams = s
	if err := p.refusal(); err != nil {
		return err
	}
	if !sleep(ctx, p.connect) {
		return ctx.Err()
	}
	sent, _, _ := p.output(time.Now())
	from, cuts := len(sent), p.cuts()
	if p.isRemote() {
		go func() { _, _ = io.Copy(io.Discard, s.In) }()
		<-s.Sizes
		sleep(ctx, 10*time.Second)
		return kube.ErrLinkLost
	}
	if p.greets != "" {
		p.print(p.greets)
		_, _ = io.WriteString(s.Out, p.greets)
		from += len(p.greets)
	}
	if s.Opened != nil {
		s.Opened()
	}
	left := make(chan struct{})
	go p.listen(s.In, left)
	if s.Sizes != nil {
		go p.resize(s.Sizes)
	}
	for {
		text, ended, changed := p.output(time.Now().Add(-p.delay))
		if p.cuts() != cuts {
			return kube.ErrLinkLost
		}
		if err := p.bring(s.Out, text[min(from, len(text)):]); err != nil {
			return err
		}
		from = max(from, len(text))
		if all, _, _ := p.output(time.Now()); from < len(all) {
			if !sleep(ctx, time.Millisecond) { // it is on its way
				return ctx.Err()
			}
			continue
		}
		if ended {
			return p.err
		}
		select {
		case <-changed:
		case <-left:
			return p.err
		case <-ctx.Done():
			if p.hangs != nil {
				<-p.hangs
			}
			return ctx.Err()
		}
	}
}

// bring writes text in pieces.
func (p *program) bring(w io.Writer, text string) error {
	for text != "" {
		n := 1 + p.random.IntN(len(text))
		if end := strings.IndexByte(text[n-1:], '\n'); p.lines && end >= 0 {
			n += end
		}
		if _, err := io.WriteString(w, text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

func (p *program) listen(in io.Reader, left chan<- struct{}) {
	if in == nil {
		return
	}
	b := make([]byte, 100)
	for {
		n, err := in.Read(b)
		p.mu.Lock()
		p.typed.Write(b[:n])
		p.mu.Unlock()
		if err != nil {
			if !p.deaf {
				close(left)
			}
			return
		}
	}
}

// told are the sizes that it has been told.
func (p *program) told() []kube.Size {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sizes)
}

func (p *program) resize(sizes <-chan kube.Size) {
	for size := range sizes {
		p.mu.Lock()
		p.sizes = append(p.sizes, size)
		p.mu.Unlock()
		if p.onSize != nil {
			p.onSize(p, size)
		}
	}
}

// letPass lets time pass, which in a bubble of synctest goes by when everyone waits.
func letPass(d time.Duration) { <-time.After(d) }
