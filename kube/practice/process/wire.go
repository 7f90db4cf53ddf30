//go:build linux || darwin

package process

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// launch is the first message from dayfly to a shim.
type launch struct {
	Path string
	Argv []string
	Env  []string
	Dir  string
	TTY  bool

	Isolated bool    `json:",omitempty"` // the warden has a PID namespace of its own
	Mounts   []Mount `json:",omitempty"`
	Scratch  string  `json:",omitempty"` // a folder for them
	Beside   int     `json:",omitempty"` // the process, as numbered there, whose mount namespace this one joins; 0: it gets its own
}

// order is each further one.
type order struct {
	Signal syscall.Signal // for the process group of the first process
}

// report is a message from a shim: the first tells whether the process was started, the second, if so, how it ended.
type report struct {
	PID    int           `json:",omitempty"`
	Errno  syscall.Errno `json:",omitempty"` // why it was not started
	Code   int           `json:",omitempty"`
	Signal string        `json:",omitempty"`
}

// send sends a message.
func send(conn *net.UnixConn, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = conn.Write(text)
	return err
}

// wire makes a connection to a process that is going to be started: our end, and the end to be passed on.
func wire() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock()
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(ends[0])
		unix.CloseOnExec(ends[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("make a pair of sockets: %w", err)
	}
	theirs := os.NewFile(uintptr(ends[1]), "socket")
	ours, err := connection(os.NewFile(uintptr(ends[0]), "socket"))
	if err != nil {
		_ = theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// connection takes a socket over.
func connection(f *os.File) (*net.UnixConn, error) {
	defer func() { _ = f.Close() }()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("use a socket: %w", err)
	}
	return conn.(*net.UnixConn), nil
}

// sendFiles passes files on over a connection. The receiver gets descriptors of its own.
func sendFiles(conn *net.UnixConn, files []*os.File) error {
	fds := make([]int, len(files))
	for i, f := range files {
		fds[i] = int(f.Fd())
		if err := unix.SetNonblock(fds[i], false); err != nil { // programs expect to wait for their input and output
			return err
		}
	}
	_, _, err := conn.WriteMsgUnix([]byte{0}, unix.UnixRights(fds...), nil)
	return err
}

// receiveFiles is the other end. All errors but that of the first read are the sender's fault.
func receiveFiles(conn *net.UnixConn, n int) ([]*os.File, error) {
	var mark [1]byte // one byte a message, so that messages and their descriptors never merge
	rights := make([]byte, unix.CmsgSpace(n*4))
	got, size, _, _, err := conn.ReadMsgUnix(mark[:], rights)
	if err != nil {
		return nil, err
	}
	if got == 0 {
		return nil, net.ErrClosed
	}
	messages, err := unix.ParseSocketControlMessage(rights[:size])
	if err != nil || len(messages) != 1 {
		return nil, fmt.Errorf("read passed files: %d messages, %w", len(messages), err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return nil, fmt.Errorf("read passed files: %w", err)
	}
	files := make([]*os.File, len(fds))
	for i, fd := range fds {
		unix.CloseOnExec(fd)
		files[i] = os.NewFile(uintptr(fd), "passed")
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// pollable makes a file of a descriptor whose reads and writes end when it is closed, or at a deadline, where the system
// can do that for a terminal; macOS cannot, and there they end with the last process that has the terminal open.
func pollable(f *os.File) (*os.File, error) {
	defer func() { _ = f.Close() }()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("duplicate %s: %w", f.Name(), err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("use %s: %w", f.Name(), err)
	}
	file := os.NewFile(uintptr(fd), f.Name())
	if file.SetDeadline(time.Time{}) != nil {
		_ = unix.SetNonblock(fd, false)
	}
	return file, nil
}
