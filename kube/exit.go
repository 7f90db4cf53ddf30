package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
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

// ExitOf reads how an instance of a container ended; nil: it has not.
func ExitOf(t *corev1.ContainerStateTerminated) *Exit {
	return &Exit{
		Code: int(t.ExitCode), Reason: Clean(t.Reason), Message: Clean(t.Message),
		Started: t.StartedAt.Time, Finished: t.FinishedAt.Time,
	}
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

// Ending is what can be said of a debug container after its session.
type Ending struct {
	Exit     *Exit  // nil while it runs, or when nobody can know any more
	Running  bool   // it goes on
	Deleting bool   // the pod is being deleted
	Gone     bool   // the pod was deleted
	NodeLost string // the pod's node, where that does not answer: what is said here is the last that it has said
	ImageID  string // what it runs or ran, when the node has said; with its digest
}

// causePatience is how long the kubelet may take, after it has reported a container that was killed, to report what it was killed for: the end
// of its target, or of its pod.
const causePatience = time.Second

// AwaitExit waits until the kubelet has reported the end of a container: that comes up to about a second after its
// streams have ended. When ctx ends first, the ending is what the cluster said last: nothing, if it said nothing.
func (c *Cluster) AwaitExit(ctx context.Context, t Target) (Ending, error) {
	return c.awaitExit(ctx, t, false)
}

// AwaitFirstExit is [Cluster.AwaitExit] for the first instance of a container, where its pod starts it again: that is over when it has ended
// once.
func (c *Cluster) AwaitFirstExit(ctx context.Context, t Target) (Ending, error) {
	return c.awaitExit(ctx, t, true)
}

func (c *Cluster) awaitExit(ctx context.Context, t Target, first bool) (Ending, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var trouble error
	var ending Ending
	for update := range c.WatchPod(ctx, t.Namespace, t.Pod) {
		if ending.Exit != nil && update.Pod == nil {
			break
		}
		trouble = update.Trouble
		if update.Gone {
			return Ending{Gone: true}, nil
		}
		if update.Pod == nil {
			continue
		}
		container, ok := update.Pod.Container(t.Container)
		if !ok {
			return Ending{Gone: true}, nil // another pod of the same name
		}
		again := first && container.Restarts > 0 // another instance says nothing of the first
		if container.Running && !again || container.Exit == nil {
			ending = update.Pod.soFar(&container, ending.ImageID)
			continue
		}
		news := ending.Exit == nil
		ending = Ending{Exit: container.Exit, Deleting: update.Pod.Deleting, ImageID: container.ImageID}
		switch {
		case !container.Exit.signalled() || container.Exit.Cause != "":
			return ending, nil
		case news:
			defer time.AfterFunc(causePatience, cancel).Stop()
		}
	}
	return ending, trouble
}

// soFar is what can be said of a container that has not ended, as far as is known.
func (p *Pod) soFar(c *Container, imageID string) Ending {
	ending := Ending{Running: c.Running, Deleting: p.Deleting, ImageID: imageID}
	if c.Running {
		ending.ImageID = c.ImageID
	}
	if p.NodeLost() {
		ending.NodeLost = p.Node
	}
	return ending
}

// OutOfMemory tells whether the kernel has killed it for its memory; e may be nil.
func (e *Exit) OutOfMemory() bool { return e != nil && e.Reason == "OOMKilled" }

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

// TerminalWaitReasons are the kubelet's waiting reasons that do not mend by waiting; kubectl debug hangs on them.
func TerminalWaitReasons() []string {
	return []string{
		"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
		"SignatureValidationFailed", "ImageInspectError",
		"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError",
	}
}

// TellsCause tells the kubelet's sentences that say why from those that only repeat the reason, in a status ("Back-off
// pulling image "x"") or in an event ("Error: ErrImagePull"). Newer kubelets put the cause behind the back-off.
func TellsCause(message string) bool {
	if strings.HasPrefix(message, "Back-off") {
		return strings.Contains(message, `": `)
	}
	return message != "" && !slices.Contains(TerminalWaitReasons(), strings.TrimPrefix(message, "Error: "))
}

// ImageCause is the sentence of an event as the status has it too, without "Failed to pull image "x": ".
func ImageCause(message string) string {
	if rest, ok := strings.CutPrefix(message, "Failed to pull image "); ok {
		if _, cause, ok := strings.Cut(rest, `": `); ok {
			return cause
		}
	}
	return message
}

// StartError is the kubelet's or the runtime's word for why a container does not start: ErrImagePull, StartError.
type StartError string

func (r StartError) Error() string { return string(r) }
