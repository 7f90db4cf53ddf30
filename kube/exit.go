package kube

import (
	"cmp"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

// Exit is how a container ended.
type Exit struct {
	Code     int
	Reason   string // the runtime's word: Completed, Error, OOMKilled, StartError, …
	Message  string
	Started  time.Time
	Finished time.Time
	Cause    ExitCause // what ended it from outside, where its pod shows that; empty: nothing is known to have
	Detail   string    // what is known of the cause: how the target ended, why the pod failed or was deleted; may be empty
}

// ExitOf reads how an instance of a container ended.
func ExitOf(t *corev1.ContainerStateTerminated) *Exit {
	return &Exit{
		Code: int(t.ExitCode), Reason: Sanitize(t.Reason), Message: Sanitize(t.Message),
		Started: t.StartedAt.Time, Finished: t.FinishedAt.Time,
	}
}

// ExitCause is what ended a container from outside, in one word.
type ExitCause string

// ExitTargetEnded, ExitPodDeleted and ExitPodFailed are the causes that a pod shows.
const (
	ExitTargetEnded ExitCause = "TargetEnded"
	ExitPodDeleted  ExitCause = "PodDeleted"
	ExitPodFailed   ExitCause = "PodFailed"
)

// Words are the cause behind the container's name; empty for what is no cause.
func (c ExitCause) Words() string {
	switch c {
	case ExitTargetEnded:
		return "ended with its target, whose processes it shares"
	case ExitPodDeleted:
		return "ended with its pod: it was deleted"
	case ExitPodFailed:
		return "ended with its pod: it failed"
	}
	return ""
}

// Words are what ended the container from outside, where that is known, else what the exit code means, by the conventions of shells: 126 and
// 127 are the shell's own, 128+n is death by signal n.
func (e *Exit) Words() string {
	if e.Detail != "" {
		return e.Summary() + "; " + e.Detail
	}
	return e.Summary()
}

// Summary is [Exit.Words] without the details of the cause.
func (e *Exit) Summary() string {
	if words := ExitCause(e.Word()).Words(); words != "" {
		return words
	}
	return e.meaning()
}

// Word is the one word for the end: its cause, or what the runtime says. As [Exit.Reason] it gives the same summary.
func (e *Exit) Word() string { return cmp.Or(string(e.Cause), e.Reason) }

// meaning is what the exit code and the runtime's word mean.
func (e *Exit) meaning() string {
	const (
		kill          = 9
		signalBase    = 128
		lastSignal    = 64
		cannotExecute = 126
		notFound      = 127
	)
	switch code := e.Code; {
	case NeverStarted(e.Reason):
		return "never started"
	case e.Lost() && e.Reason == "Unknown":
		return "lost when the node or container runtime restarted; the real exit code is unknown"
	case e.Lost():
		return "lost by its node; the real exit code is unknown"
	case e.Reason == "OOMKilled":
		return "killed by the kernel: out of memory (OOMKilled)"
	case code == 0:
		return "success"
	case code == 1:
		return "general error"
	case code == cannotExecute:
		return "command found but not executable"
	case code == notFound:
		return "command not found"
	case code == signalBase+kill:
		return "killed (SIGKILL); not reported as out of memory"
	case code > signalBase && code <= signalBase+lastSignal:
		return fmt.Sprintf("ended by signal %d%s", code-signalBase, signalName(code-signalBase))
	}
	return "application-defined exit code"
}

// Lost reports whether the code is not the program's: a runtime that finds a container gone after a restart, of itself or of its node,
// reports 255 with reason Unknown, and a kubelet that cannot find one at all 137 with ContainerStatusUnknown.
func (e *Exit) Lost() bool { return e.Reason == "Unknown" || e.Reason == "ContainerStatusUnknown" }

// OutOfMemory reports whether the kernel has killed it for its memory; e may be nil.
func (e *Exit) OutOfMemory() bool { return e != nil && e.Reason == "OOMKilled" }

// signalled reports whether an exit is by one of the two signals that the kubelet and the kernel end containers with, for a reason that the
// exit itself does not tell.
func (e *Exit) signalled() bool {
	const term, kill = 128 + 15, 128 + 9
	return (e.Code == term || e.Code == kill) && !NeverStarted(e.Reason) && !e.OutOfMemory() && !e.Lost()
}

// NeverStarted reports whether a reason is one the runtime gives for a container whose program never ran.
func NeverStarted(reason string) bool {
	return reason == "StartError" || reason == "ContainerCannotRun"
}

// signalName names a signal as Linux on amd64 and arm64 numbers them: the container's, not this machine's.
func signalName(n int) string {
	names := [...]string{
		1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
		9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
		16: "SIGSTKFLT", 17: "SIGCHLD", 18: "SIGCONT", 19: "SIGSTOP", 20: "SIGTSTP", 21: "SIGTTIN", 22: "SIGTTOU",
		23: "SIGURG", 24: "SIGXCPU", 25: "SIGXFSZ", 26: "SIGVTALRM", 27: "SIGPROF", 28: "SIGWINCH", 29: "SIGIO",
		30: "SIGPWR", 31: "SIGSYS",
	}
	if n < len(names) {
		return " (" + names[n] + ")"
	}
	return ""
}

// Did says how an instance ended: "exited with code 3 (Error) after 2s".
func (e *Exit) Did() string {
	var words string
	switch {
	case NeverStarted(e.Reason):
		return "could not be started" + Colon(e.Message)
	case e.Reason == "OOMKilled":
		words = "was killed: out of memory"
	case e.Lost():
		return "was " + e.Words()
	default:
		words = fmt.Sprintf("exited with code %d (%s)", e.Code, cmp.Or(e.Reason, e.Words()))
	}
	return words + e.After()
}

// After is how long an instance has run; empty when its node does not say, or says nothing sensible.
func (e *Exit) After() string {
	if e.Started.IsZero() || e.Finished.Before(e.Started) {
		return ""
	}
	if d := e.Finished.Sub(e.Started); d >= time.Second {
		return " after " + duration.HumanDuration(d)
	}
	return " immediately after starting"
}

// StartError is the kubelet's or the runtime's word for why a container does not start: ErrImagePull, StartError.
type StartError string

func (r StartError) Error() string { return string(r) }
