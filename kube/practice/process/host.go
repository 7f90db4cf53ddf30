//go:build linux || darwin

package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// Host starts processes, and ends them with itself.
type Host struct {
	dir      string
	patience time.Duration

	mu        sync.Mutex
	shared    bool // see ShareMachine
	closed    bool
	warden    *leash
	processes map[*Process]bool
}

// leash is dayfly's hold on the warden.
type leash struct {
	conn     *net.UnixConn
	pid      int
	isolated bool          // it has a PID namespace of its own
	gone     chan struct{} // closed when the warden is dead
}

// NewHost is the host of a scratch folder, which is removed with everything in it by Close, and by the warden when dayfly
// ends without it. The warden is started with the first process.
func NewHost(dir string) (*Host, error) {
	if name := os.Args[0]; name == wardenName || name == isolatedName || name == shimName {
		// Without this check such a program would start itself without end.
		return nil, errors.New("this program does not call process.Main first of all")
	}
	if info, err := os.Stat(dir); err != nil { //nolint:gosec // the folder is the caller's
		return nil, fmt.Errorf("use the scratch folder: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("use the scratch folder: %w", &os.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR})
	}
	return &Host{dir: dir, patience: patience, processes: map[*Process]bool{}}, nil
}

// Warm starts the warden ahead of the first process: from then on the folder is removed whatever happens, and the first
// process is there some milliseconds sooner.
func (h *Host) Warm() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ensureWarden()
}

// ensureWarden starts the warden unless there is one.
func (h *Host) ensureWarden() error {
	if h.closed {
		return fmt.Errorf("start a process: the host is closed: %w", os.ErrClosed)
	}
	if h.warden != nil {
		return nil
	}
	warden, err := startWarden(h.dir, h.shared)
	if err != nil {
		return err
	}
	h.warden = warden
	return nil
}

// Isolated reports whether the processes have a PID namespace of their own: whatever they signal, it is only each other. Each container then has
// a mount namespace of its own too, as in a real cluster. Where the kernel does not allow that they are among the processes of the machine.
func (h *Host) Isolated() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ensureWarden() == nil && h.warden.isolated
}

// ShareMachine makes this host one without namespaces, as on a kernel that allows none. It is for tests, before the first process.
func (h *Host) ShareMachine() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.shared = true
}

// Start starts the first process of a container. A command that cannot be started is an [*exec.Error] with the words of
// container runtimes: the command was not found, or must not or cannot be executed.
func (h *Host) Start(spec Spec) (*Process, error) {
	return h.start(spec, nil)
}

// Run runs a process with one client, as exec does: the client gets the output from its first byte on, and the end of the
// client's input is the end of the process's, without a TTY. It waits for the end, which is nil for success and a
// [*streams.ExitError] otherwise. With ctx or the client's connection the process ends too.
func (h *Host) Run(ctx context.Context, spec Spec, s streams.Streams) error {
	spec.Stdin, spec.StdinOnce = s.Stdin != nil, true
	c := &client{streams: s, stays: true}
	p, err := h.start(spec, c)
	if err != nil {
		return err
	}
	if err := p.serve(ctx, c); err != nil {
		p.Kill()
		<-p.Done()
		return err
	}
	<-p.Done()
	if code, _ := p.Exit(); code != 0 {
		return &streams.ExitError{Code: code}
	}
	return nil
}

// Close ends all processes, and returns when they are gone and the folder is.
func (h *Host) Close() {
	h.mu.Lock()
	h.closed = true
	warden := h.warden
	var left []*Process
	for p := range h.processes {
		left = append(left, p)
	}
	h.mu.Unlock()
	if warden != nil {
		_ = warden.conn.Close()
		<-warden.gone
	}
	for _, p := range left {
		<-p.Done()
	}
	_ = os.RemoveAll(h.dir)
}

func (h *Host) start(spec Spec, with *client) (*Process, error) {
	if spec.Dir == "" {
		spec.Dir = h.dir
	}
	path, err := look(spec)
	if err != nil {
		return nil, err
	}
	p, warden, err := h.launch(spec, path)
	if errors.Is(err, errShimDied) && warden.died() { // with what it had been given
		p, _, err = h.launch(spec, path)
	}
	if err != nil {
		return nil, err
	}
	if with != nil {
		p.out.join(with)
	}
	h.mu.Lock()
	h.processes[p] = true
	h.mu.Unlock()
	p.begin(func() {
		h.mu.Lock()
		delete(h.processes, p)
		h.mu.Unlock()
	})
	return p, nil
}

// launch starts a process by the warden, which it returns too; nil: there is none.
func (h *Host) launch(spec Spec, path string) (*Process, *leash, error) {
	p, theirs, err := newProcess(spec, h.patience)
	if err != nil {
		return nil, nil, err
	}
	warden, err := h.handOver(theirs)
	closeAll(theirs)
	if err == nil {
		err = p.launch(spec, path, h.dir, warden.isolated)
	}
	if err != nil {
		p.abandon()
		return nil, warden, err
	}
	return p, warden, nil
}

// died reports whether the warden is dead, or dies within a second: a signal that has been sent to it takes a moment.
func (l *leash) died() bool {
	if l == nil {
		return false
	}
	select {
	case <-l.gone:
		return true
	case <-time.After(time.Second):
		return false
	}
}

// handOver has the warden, which it returns, start a shim with these files. A warden that has died is replaced.
func (h *Host) handOver(files []*os.File) (*leash, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for range 2 {
		if err := h.ensureWarden(); err != nil {
			return nil, err
		}
		err := sendFiles(h.warden.conn, files)
		if err == nil {
			return h.warden, nil
		}
		_ = h.warden.conn.Close()
		h.warden = nil
	}
	return nil, errors.New("start a process: its warden dies at once")
}

// startWarden starts a warden that is as isolated as the kernel allows.
func startWarden(dir string, shared bool) (l *leash, err error) {
	if !shared {
		for _, namespaces := range isolations() {
			if l, err = startWardenIn(dir, namespaces); err == nil {
				return l, nil
			}
		}
	}
	return startWardenIn(dir, nil)
}

// startWardenIn starts a warden with namespaces of its own, or with none. One that cannot use what it has been given is an error.
func startWardenIn(dir string, namespaces *syscall.SysProcAttr) (*leash, error) {
	conn, theirs, err := wire()
	if err != nil {
		return nil, err
	}
	defer func() { _ = theirs.Close() }()
	attr, name := &syscall.SysProcAttr{}, wardenName
	if namespaces != nil {
		attr, name = namespaces, isolatedName
	}
	attr.Setsid = true
	cmd := &exec.Cmd{
		Path: self(), Args: []string{name, dir}, Env: []string{}, Dir: "/", ExtraFiles: []*os.File{theirs}, SysProcAttr: attr,
	}
	if err := cmd.Start(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("start the warden of processes: %w", err)
	}
	l := &leash{conn: conn, pid: cmd.Process.Pid, isolated: namespaces != nil, gone: make(chan struct{})}
	go func() {
		defer close(l.gone)
		_ = cmd.Wait()
		_ = conn.Close()
	}()
	_ = theirs.Close() // so that the warden's death is the end of the connection
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		_ = conn.Close()
		<-l.gone
		return nil, fmt.Errorf("start the warden of processes: it dies at once: %w", err)
	}
	return l, nil
}
