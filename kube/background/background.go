// Package background runs helper programs away from the terminal: the credential plugins of
// kubeconfigs and the credential helpers of docker. Each gets a supervisor, which is dayfly's own binary started again.
// The program has no terminal (on Unix it is in a session of its own, so that it cannot open /dev/tty), and it is ended
// with all that it has started when its time is over or when dayfly ends, by whatever way.
//
// A supervisor is a process of its own because client-go and others start the programs themselves: they can be given
// another command, but no attributes of a process.
package background

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// Exit codes of a supervisor when its program has none; they are those of env and timeout.
const (
	ExitTimedOut  = 124 // the program did not end in time and was ended
	exitFailed    = 125
	exitCannotRun = 126
	exitNotFound  = 127
	exitSignaled  = 128 // and the number of the signal
)

const (
	// marker is the first argument of a supervisor. It is the name of no pod and of no command.
	marker = "__supervise"
	// maxOutput is how many bytes of standard output are passed on: credentials are small.
	maxOutput = 1 << 20
	// grace is how long a program may take to clean up after SIGTERM, and how long its output is waited for when another
	// process has kept it open.
	grace = 500 * time.Millisecond
	// checkInterval is how often a supervisor looks whether dayfly is still there.
	checkInterval = 100 * time.Millisecond
)

var (
	errTooMuch = errors.New("more than 1 MB of output")
	errNoMain  = errors.New("background.Main has not been called")
)

// ready is set by [Main]: a program that did not call it would run itself again and again.
var ready atomic.Bool //nolint:gochecknoglobals // it is about the process

// Command is the command line that runs a program under a supervisor for at most limit. It fails when the path of this
// binary is not known, or when [Main] has not been called.
func Command(limit time.Duration, program string, args ...string) (path string, arguments []string, err error) {
	if !ready.Load() {
		return "", nil, errNoMain
	}
	path, err = os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("find the path of this program: %w", err)
	}
	return path, append([]string{marker, limit.String(), strconv.Itoa(os.Getpid()), program}, args...), nil
}

// Main is to be called first in main and in TestMain: in a process that was started as a supervisor it does that work and
// does not return.
func Main() {
	ready.Store(true)
	if len(os.Args) < 5 || os.Args[1] != marker {
		return
	}
	limit, err := time.ParseDuration(os.Args[2])
	if err != nil {
		return
	}
	parent, err := strconv.Atoi(os.Args[3])
	if err != nil {
		return
	}
	syscall.Exit(supervise(limit, parent, os.Args[4], os.Args[5:]))
}

// supervise runs a program to its end or ends it, and gives the exit code.
func supervise(limit time.Duration, parent int, program string, args []string) int {
	runtime.LockOSThread() // Linux tells children of the end of the thread that has started them
	leaveTerminal()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)

	var output limitedBuffer
	cmd := exec.Command(program, args...) //nolint:gosec,noctx // the kubeconfig names it; it is ended as a group, which a context cannot
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, &output, os.Stderr
	cmd.SysProcAttr = attributes()
	cmd.WaitDelay = grace
	if err := cmd.Start(); err != nil {
		return cannotStart(program, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	timer := time.NewTimer(limit)
	defer timer.Stop()
	check := time.NewTicker(checkInterval)
	defer check.Stop()
	for {
		select {
		case err := <-ended:
			return pass(cmd, &output, err)
		case <-timer.C:
			end(cmd, ended)
			return ExitTimedOut
		case <-signals:
			end(cmd, ended)
			return exitFailed
		case <-check.C:
			if abandoned(parent) {
				end(cmd, ended)
				return exitFailed
			}
		}
	}
}

// pass passes on what a program that has ended leaves: its output and its exit code.
func pass(cmd *exec.Cmd, output *limitedBuffer, err error) int {
	state := cmd.ProcessState
	switch {
	case output.full:
		_, _ = fmt.Fprintln(os.Stderr, errTooMuch)
		return exitFailed
	case state == nil || err != nil && state.Success() && !errors.Is(err, exec.ErrWaitDelay):
		return exitFailed
	case state.ExitCode() < 0:
		return exitSignaled + signalOf(state)
	}
	if _, err := os.Stdout.Write(output.text.Bytes()); err != nil {
		return exitFailed
	}
	return state.ExitCode()
}

// end ends a program and all that is in its process group.
func end(cmd *exec.Cmd, ended <-chan error) {
	terminate(cmd.Process)
	select {
	case <-ended: //nolint:errcheck // how it ended is nobody's business
	case <-time.After(grace):
	}
	kill(cmd.Process) // also what has outlived the program
}

// cannotStart says why on standard error, but for a program that is not there: whoever wanted it looks for it.
func cannotStart(program string, err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return exitNotFound
	}
	_, _ = fmt.Fprintf(os.Stderr, "%s cannot be run: %v\n", program, errors.Unwrap(err))
	return exitCannotRun
}

// limitedBuffer keeps the beginning of what is written.
type limitedBuffer struct {
	text bytes.Buffer // not embedded: its ReadFrom would read without a limit
	full bool
}

// Write takes everything, so that the program can end.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > maxOutput {
		b.full = true
		return len(p), nil
	}
	return b.text.Write(p)
}
