//go:build linux || darwin

package process

import (
	"errors"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The names under which warden and shim are started. They are told apart from dayfly by them, and shown by ps with them,
// so that who kills dayfly by its name does not kill them with it.
const (
	wardenName   = "practice-warden"
	isolatedName = "practice-init" // a warden that is the first process of a PID namespace
	shimName     = "practice-shim"
)

// The descriptors that warden and shims begin with, beside three of /dev/null.
const (
	socketFD   = 3 // to dayfly
	lifelineFD = 4 // shim: it ends with the warden
	streamsFD  = 5 // shim: and the two behind it are the container's
)

// ending is how long warden and shims wait for the death of what they have killed. It takes longer only for what cannot be
// killed: a program that has become root, or one that waits for a disk that does not answer.
const ending = time.Second

// Main is to be called first in main and in TestMain: in a process that was started as warden or shim it does that work
// and does not return.
func Main() {
	switch os.Args[0] {
	case wardenName:
		beWarden(os.Args[1])
	case isolatedName:
		if err := isolate(); err != nil {
			syscall.Exit(1)
		}
		beWarden(os.Args[1])
	case shimName:
		beShim()
	default:
		return
	}
	syscall.Exit(0) // at once: what else is done at the end of dayfly is not ours to do
}

// settle makes this process one that stays until its work is done, with so many descriptors of those it has begun with.
func settle(name string, fds int) {
	runtime.LockOSThread() // the kernel tells children of the death of the thread that has started them
	closeInherited(fds)
	subreaper(name)
	// They are taken, not ignored: to ignore a signal is passed on to the programs that one starts.
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGPIPE,
		unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGUSR1, unix.SIGUSR2)
}

// closeInherited closes what whoever started dayfly had left open, so that nobody waits for the end of a pipe because of
// us. Ours are those below own, and those that are closed on exec: the runtime's.
func closeInherited(own int) {
	fds, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, entry := range fds {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd < socketFD {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		switch {
		case err != nil || flags&unix.FD_CLOEXEC != 0:
		case fd < own:
			unix.CloseOnExec(fd)
		default:
			_ = unix.Close(fd)
		}
	}
}

// warden starts shims and outlives dayfly to end them.
type warden struct {
	mu    sync.Mutex
	shims map[int]bool // by process id
}

// beWarden starts a shim for each message of dayfly, which is the descriptors that the shim begins with. When dayfly
// closes the socket, all ends.
func beWarden(dir string) {
	settle(os.Args[0], socketFD+1)
	w := &warden{shims: map[int]bool{}}
	died := make(chan os.Signal, 1)
	signal.Notify(died, unix.SIGCHLD)
	go func() {
		for range died {
			w.sweep()
		}
	}()
	if conn, err := connection(os.NewFile(socketFD, "socket")); err == nil {
		w.serve(conn)
	}
	w.mu.Lock() // for good: nothing is started or reaped by anybody else from now on
	within(ending, endAll)
	_ = os.RemoveAll(dir) //nolint:gosec // it is dayfly that has named it
}

func (w *warden) serve(conn *net.UnixConn) {
	lifeline, held, err := os.Pipe()
	if err != nil {
		return
	}
	defer runtime.KeepAlive(held)
	if _, err := conn.Write([]byte{0}); err != nil { // it is up
		return
	}
	for {
		files, err := receiveFiles(conn, 4)
		if err != nil {
			return
		}
		if len(files) == 4 {
			w.start(append([]*os.File{files[0], lifeline}, files[1:]...))
		}
		closeAll(files)
	}
}

// start starts a shim. Without success dayfly finds the socket of the shim closed.
func (w *warden) start(files []*os.File) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer func() { _ = null.Close() }()
	fds := []uintptr{null.Fd(), null.Fd(), null.Fd()}
	for _, f := range files {
		fds = append(fds, f.Fd())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	pid, err := syscall.ForkExec(self(), []string{shimName}, &syscall.ProcAttr{Dir: "/", Files: fds, Sys: &syscall.SysProcAttr{Setsid: true}})
	if err == nil {
		w.shims[pid] = true
	}
}

// sweep ends what has lost its shim. It is called whenever a child has died: that of the shim comes after its children
// have become ours.
func (w *warden) sweep() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		pid, err := reap(unix.WNOHANG)
		if err != nil || pid == 0 {
			break
		}
		delete(w.shims, pid)
	}
	killBelow(w.shims)
}

// endAll kills everything below this process, and returns when it is gone. Each death wakes it to look again: who was
// forked meanwhile has become a child of this process, or of one that is dying. Without a child there is nobody to look for, as what loses its parent
// becomes one.
func endAll() {
	for {
		if _, err := reap(unix.WNOHANG); errors.Is(err, unix.ECHILD) && orphansCome {
			return
		}
		killBelow(nil)
		if _, err := reap(0); errors.Is(err, unix.ECHILD) {
			return
		}
	}
}

// reap takes leave of one dead child; none is 0.
func reap(options int) (int, error) {
	for {
		pid, err := unix.Wait4(-1, nil, options, nil)
		if !errors.Is(err, unix.EINTR) {
			return pid, err
		}
	}
}

// within does something, but does not wait for it longer than that.
func within(limit time.Duration, do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
}

// killBelow kills all descendants of this process, except for the spared and theirs.
func killBelow(spared map[int]bool) {
	children := childrenOf()
	var kill func(pid int)
	kill = func(pid int) {
		for _, child := range children(pid) {
			if !spared[child] {
				_ = unix.Kill(child, unix.SIGKILL)
				kill(child)
			}
		}
	}
	kill(os.Getpid())
}

// among tells the children of a process, of all processes with their parents.
func among(parents map[int]int) func(pid int) []int {
	children := map[int][]int{}
	for pid, parent := range parents {
		children[parent] = append(children[parent], pid)
	}
	return func(pid int) []int { return children[pid] }
}
