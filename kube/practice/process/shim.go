//go:build linux || darwin

package process

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// beShim starts the first process of a container, waits for its end, ends what it leaves behind, and tells dayfly how it
// ended. It does the same, by killing the first process, when dayfly or the warden are gone.
func beShim() {
	settle(shimName, streamsFD+3)
	conn, err := connection(os.NewFile(socketFD, "socket"))
	if err != nil {
		return
	}
	orders := json.NewDecoder(conn)
	var l launch
	if err := orders.Decode(&l); err != nil {
		return
	}
	pid, err := l.startApart()
	if err != nil {
		var errno syscall.Errno
		_ = errors.As(err, &errno)
		_ = send(conn, report{Errno: errno})
		return
	}
	first := &first{pid: pid}
	_ = send(conn, report{PID: pid})
	go func() {
		for {
			var o order
			if err := orders.Decode(&o); err != nil {
				o.Signal = unix.SIGKILL
			}
			first.signal(o.Signal)
			if o.Signal == unix.SIGKILL {
				return
			}
		}
	}()
	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(lifelineFD, "lifeline"))
		first.signal(unix.SIGKILL)
	}()
	ended := first.wait()
	within(ending, endAll)
	_ = send(conn, ended)
}

// start starts it. The container's ends of its streams are then held by the container alone.
func (l *launch) start() (int, error) {
	var streams []*os.File
	fds := make([]uintptr, 3)
	for i := range fds {
		f := os.NewFile(uintptr(streamsFD+i), "stream")
		streams = append(streams, f)
		fds[i] = f.Fd()
	}
	defer closeAll(streams)
	sys := firstProcess(l.TTY)
	if l.Isolated {
		if err := l.enter(sys); err != nil {
			return 0, err
		}
	}
	return syscall.ForkExec(l.Path, l.Argv, &syscall.ProcAttr{Dir: l.Dir, Env: l.Env, Files: fds, Sys: sys})
}

// first is the first process of a container.
type first struct {
	mu    sync.Mutex
	pid   int
	ended bool
}

// signal sends to its process group.
func (f *first) signal(s syscall.Signal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ended {
		_ = unix.Kill(-f.pid, s)
	}
}

// wait waits for its end, and takes leave of those who lose their parent meanwhile.
func (f *first) wait() report {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return report{Code: 128 + int(unix.SIGKILL), Signal: unix.SignalName(unix.SIGKILL)}
		}
		if pid != f.pid {
			continue
		}
		f.mu.Lock()
		f.ended = true
		f.mu.Unlock()
		if status.Signaled() {
			return report{Code: 128 + int(status.Signal()), Signal: unix.SignalName(status.Signal())}
		}
		return report{Code: status.ExitStatus()}
	}
}
