//go:build linux || darwin

package process

import (
	"context"
	"errors"
	"fmt"
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
	closed    bool
	warden    *leash
	processes map[*Process]bool
}

// leash is dayfly's hold on the warden.
type leash struct {
	conn *net.UnixConn
	pid  int
	gone chan struct{} // closed when the warden is dead
}

// NewHost is the host of a scratch folder, which is removed with everything in it by Close, and by the warden when dayfly
// ends without it. The warden is started with the first process.
func NewHost(dir string) (*Host, error) {
	if name := os.Args[0]; name == wardenName || name == shimName {
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
	warden, err := startWarden(h.dir)
	if err != nil {
		return err
	}
	h.warden = warden
	return nil
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
	p, theirs, err := newProcess(spec, h.patience)
	if err != nil {
		return nil, err
	}
	err = h.handOver(theirs)
	closeAll(theirs)
	if err == nil {
		err = p.launch(spec, path)
	}
	if err != nil {
		p.abandon()
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

// handOver has the warden start a shim with these files. A warden that has died is replaced.
func (h *Host) handOver(files []*os.File) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for range 2 {
		if err := h.ensureWarden(); err != nil {
			return err
		}
		err := sendFiles(h.warden.conn, files)
		if err == nil {
			return nil
		}
		_ = h.warden.conn.Close()
		h.warden = nil
	}
	return errors.New("start a process: its warden dies at once")
}

func startWarden(dir string) (*leash, error) {
	conn, theirs, err := wire()
	if err != nil {
		return nil, err
	}
	defer func() { _ = theirs.Close() }()
	cmd := &exec.Cmd{
		Path: self(), Args: []string{wardenName, dir}, Env: []string{}, Dir: "/",
		ExtraFiles:  []*os.File{theirs},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	if err := cmd.Start(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("start the warden of processes: %w", err)
	}
	l := &leash{conn: conn, pid: cmd.Process.Pid, gone: make(chan struct{})}
	go func() {
		defer close(l.gone)
		_ = cmd.Wait()
		_ = conn.Close()
	}()
	return l, nil
}
