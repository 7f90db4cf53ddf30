package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Exec runs a command in a running container, connected with s, and returns its exit code when it ends. Nothing of it is in the pod's log. With
// s.TTY it gets a terminal of its own, whatever the container has; without one the end of s.In is the end of its input.
//
// The error is nil when the command ran, however it ended; the code means nothing with an error. A command that cannot be started, for it is
// not in the image as a rule, is a [*kube.Problem]. When the link breaks ([kube.ErrLinkLost]) or ctx ends, the command may go on for a while, and
// cannot be reached again.
func Exec(ctx context.Context, c *kube.Cluster, t kube.Target, command []string, s Streams) (code int, err error) {
	op := fmt.Sprintf("run %s in %s", kube.Sanitize(strings.Join(command[:min(1, len(command))], " ")), t)
	if err := c.MayEnter(ctx, op, t); err != nil {
		return 0, err
	}
	return ExecUnchecked(ctx, c, op, t, command, s)
}

// ExecUnchecked is [Exec] without the rules of what is entered.
func ExecUnchecked(ctx context.Context, c *kube.Cluster, op string, t kube.Target, command []string, s Streams) (code int, err error) {
	options := remotecommand.StreamOptions{Stdin: s.In, Stdout: s.Out, Tty: s.TTY}
	if s.TTY && s.Sizes != nil {
		options.TerminalSizeQueue = sizeQueue(s.Sizes)
	}
	if !s.TTY {
		options.Stderr = s.errors()
	}
	at := c.Core().Post().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: t.Container, Command: command, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
		}, c.Params()).URL()
	err = stream(ctx, c, t, at, options, s)
	var exit utilexec.CodeExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return exit.Code, nil
	case ctx.Err() != nil:
		return 0, ctx.Err()
	}
	return 0, notExecuted(ctx, c, op, t, err)
}

// notExecuted explains why an exec has brought no exit code.
func notExecuted(ctx context.Context, c *kube.Cluster, op string, t kube.Target, err error) error {
	var status apierrors.APIStatus
	var gateway *gatewayError
	text := kube.Sanitize(kube.RootText(err))
	switch {
	case errors.As(err, &gateway):
		return gatewayProblem(c, op, gateway)
	case apierrors.IsForbidden(err) && kube.DeniedByRBAC(text):
		return c.WithAsk(ctx, &kube.Problem{Message: op + ": " + text, Err: err}, t, kube.ExecRights())
	case unstartable(text):
		return &kube.Problem{Message: op + ": " + text, Hint: "the image does not have that command: use another command, or another image", Err: errors.Join(ErrNoProgram, err)}
	case strings.Contains(text, "container not found"), strings.Contains(text, "not found in pod"):
		return &kube.Problem{Message: op + ": the container is not running: " + text, Hint: "start another debug container", Err: err}
	case errors.As(err, &status), errors.Is(err, kube.ErrGuarded), errors.Is(err, kube.ErrRefused):
		return c.Problem(op, err)
	}
	return &kube.Problem{
		Message: fmt.Sprintf("%s: %s: %s", op, kube.ErrLinkLost, text),
		Hint:    "run it again; the first run may have continued",
		Err:     errors.Join(kube.ErrLinkLost, err),
	}
}

// ErrNoProgram is in the problem of an exec whose command cannot be started in its container: it is not there, or may not be executed.
var ErrNoProgram = errors.New("the command cannot be started")

// unstartable knows what runtimes say of a command that they cannot start. They have no code for it, and client-go keeps only the words.
func unstartable(text string) bool {
	text = strings.ToLower(text)
	for _, words := range []string{"executable file not found", "no such file or directory", "exec failed", "permission denied"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
