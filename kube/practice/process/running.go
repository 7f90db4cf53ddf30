//go:build linux || darwin

package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
	"golang.org/x/sys/unix"
)

// errShimDied is the error of a process whose shim ends before it has said whether the process has started.
var errShimDied = errors.New("its shim has died")

// drain is how long the output may take to end when the container is gone. It is there for what could not be killed and
// holds the output open.
const drain = 5 * time.Second

// Process is the first process of a container, with everything that it starts.
type Process struct {
	spec    Spec
	control *net.UnixConn
	reports *json.Decoder
	pid     int

	input   *os.File   // nil when there is none; with a TTY it is the only file of outputs too
	outputs []*os.File // stdout and stderr, or the terminal
	typed   chan []byte
	out     *output

	orders sync.Mutex
	done   chan struct{}
	exit   report
}

// newProcess makes a process that is not started, and the files to start its shim with: the socket and the three streams.
func newProcess(spec Spec, patience time.Duration) (*Process, []*os.File, error) {
	ours, theirs, err := openStreams(spec)
	if err != nil {
		return nil, nil, err
	}
	control, socket, err := wire()
	if err != nil {
		closeAll(append(ours, theirs...))
		return nil, nil, err
	}
	p := &Process{
		spec: spec, control: control, reports: json.NewDecoder(control),
		typed: make(chan []byte), done: make(chan struct{}), out: newOutput(spec.Log, patience),
	}
	if spec.TTY {
		p.input, p.outputs = ours[0], ours
	} else {
		p.outputs = ours[:2]
		if spec.Stdin {
			p.input = ours[2]
		}
	}
	return p, append([]*os.File{socket}, theirs...), nil
}

// launch tells the shim what to start, and hears whether it could.
func (p *Process) launch(spec Spec, path, scratch string, isolated bool) error {
	argv := spec.Argv
	if spec.Argv0 != "" {
		argv = append([]string{spec.Argv0}, spec.Argv[1:]...)
	}
	message := launch{Path: path, Argv: argv, Env: spec.Env, Dir: spec.Dir, TTY: spec.TTY, Isolated: isolated}
	switch {
	case spec.Beside != nil:
		message.Beside = spec.Beside.pid
	case isolated:
		message.Mounts, message.Scratch = spec.Mounts, scratch
	}
	if err := send(p.control, message); err != nil {
		return fmt.Errorf("start %q: tell its shim: %w", spec.Argv[0], err)
	}
	var started report
	if err := p.reports.Decode(&started); err != nil {
		return fmt.Errorf("start %q: %w: %w", spec.Argv[0], errShimDied, err)
	}
	if started.PID == 0 {
		return notStarted(spec, path, started.Errno)
	}
	p.pid = started.PID
	return nil
}

// abandon gives back what a process that did not start has held.
func (p *Process) abandon() {
	_ = p.control.Close()
	p.closeFiles()
}

func (p *Process) closeFiles() {
	closeAll(p.outputs)
	if p.input != nil {
		_ = p.input.Close() // a second time with a TTY
	}
}

// begin moves bytes until the end, which is told to ended and then to everybody.
func (p *Process) begin(ended func()) {
	var read sync.WaitGroup
	for i, f := range p.outputs {
		read.Go(func() { p.out.pump(f, i == 1) })
	}
	stop := make(chan struct{})
	var write sync.WaitGroup
	if p.input != nil {
		write.Go(func() { p.write(stop) })
	}
	go func() {
		if err := p.reports.Decode(&p.exit); err != nil { // killed with the shim, or with the warden
			p.exit = report{Code: 128 + int(unix.SIGKILL), Signal: unix.SignalName(unix.SIGKILL)}
		}
		p.out.hurry()
		for _, f := range p.outputs {
			_ = f.SetReadDeadline(time.Now().Add(drain))
		}
		read.Wait()
		p.out.finish()
		close(stop)
		p.closeFiles()
		_ = p.control.Close()
		write.Wait()
		ended()
		close(p.done)
	}()
}

// write gives the process what clients type; nil is the end of its input.
func (p *Process) write(stop <-chan struct{}) {
	for {
		select {
		case typed := <-p.typed:
			if typed == nil {
				_ = p.input.Close()
				continue
			}
			_, _ = p.input.Write(typed) // one that reads no more misses nothing
		case <-stop:
			return
		}
	}
}

// Attach serves a client: it gives it all output from now on and takes its input and its sizes, until the process ends.
// Then it has given everything and returns nil. It returns before that when ctx ends, when the client takes no output
// (ErrSlow, or the error of a Write), and, as container runtimes do, when the client's input ends: but not when that was
// the end of the process's input as well (Spec.StdinOnce without a TTY), or with a container whose input is not open.
//
// A Read or a Write may still be under way when it has returned: the caller closes the connection, which ends them.
func (p *Process) Attach(ctx context.Context, s streams.Streams) error {
	c := &client{streams: s}
	p.out.join(c)
	return p.serve(ctx, c)
}

func (p *Process) serve(ctx context.Context, c *client) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	defer p.out.leave(c)
	if p.spec.TTY && c.streams.Resize != nil {
		go p.resize(ctx, c.streams.Resize)
	}
	if c.streams.Stdin != nil {
		go p.takeInput(ctx, c)
	}
	copied := make(chan error, 1)
	go func() { copied <- p.out.copyTo(c) }()
	select {
	case err := <-copied:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-c.cutOff:
		return ErrSlow
	}
}

// takeInput passes on what a client types.
func (p *Process) takeInput(ctx context.Context, c *client) {
	if !p.spec.Stdin {
		_, _ = io.Copy(io.Discard, c.streams.Stdin)
		return
	}
	typing := p.pass(ctx, c.streams.Stdin)
	switch {
	case p.spec.StdinOnce && !p.spec.TTY:
		select {
		case p.typed <- nil:
		case <-p.done:
		}
	case typing && !c.stays:
		p.out.detach(c)
	}
}

// pass passes on what is read, until there is no more, which is true, or nobody to take it.
func (p *Process) pass(ctx context.Context, from io.Reader) bool {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			select {
			case p.typed <- append([]byte(nil), buffer[:n]...):
			case <-ctx.Done():
				return false
			case <-p.done:
				return false
			}
		}
		if err != nil {
			return true
		}
	}
}

// resize gives the terminal a client's sizes, the last of which counts, of whatever client.
func (p *Process) resize(ctx context.Context, sizes <-chan streams.Size) {
	for {
		select {
		case size, ok := <-sizes:
			if !ok {
				return
			}
			setSize(p.input, size)
		case <-ctx.Done():
			return
		}
	}
}

// Done is closed when the process has ended, everything that it has started is gone, and Log and the clients have been
// given all output.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit tells how the process ended, once Done is closed. The end by signal n is 128+n, with the name of the signal:
// "SIGKILL". So it is when the process was killed with dayfly's hold on it.
func (p *Process) Exit() (code int, signal string) {
	<-p.done
	return p.exit.Code, p.exit.Signal
}

// PID is the id of the process as containers see it: on this machine, unless [Host.Isolated], it has another.
func (p *Process) PID() int { return p.pid }

// Signal sends to the process group of the first process, which is not that of jobs that a shell has started in a terminal.
func (p *Process) Signal(sig os.Signal) error {
	number, ok := sig.(syscall.Signal)
	if !ok {
		return fmt.Errorf("send %s to process %d: %w", sig, p.pid, errors.ErrUnsupported)
	}
	p.orders.Lock()
	defer p.orders.Unlock()
	if err := send(p.control, order{Signal: number}); err != nil {
		return os.ErrProcessDone
	}
	return nil
}

// Kill ends the container. It does not wait: Done tells.
func (p *Process) Kill() { _ = p.Signal(syscall.SIGKILL) }
