package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
)

// Exec runs a command in a running container, connected with s, and returns its exit code when it ends. Nothing of it is in the pod's log. With
// s.TTY it gets a terminal of its own, whatever the container has; without one the end of s.In is the end of its input.
//
// The error is nil when the command ran, however it ended; the code means nothing with an error. A command that cannot be started, for it is
// not in the image as a rule, is a [*Problem]. When the link breaks ([ErrLinkLost]) or ctx ends, the command may go on for a while, and
// cannot be reached again.
func (c *Cluster) Exec(ctx context.Context, t Target, command []string, s Streams) (code int, err error) {
	op := fmt.Sprintf("run %s in %s", Clean(strings.Join(command[:min(1, len(command))], " ")), t)
	if err := c.mayEnter(ctx, op, t); err != nil {
		return 0, err
	}
	return c.exec(ctx, op, t, command, s)
}

// exec is Exec without the rules of what is entered.
func (c *Cluster) exec(ctx context.Context, op string, t Target, command []string, s Streams) (code int, err error) {
	options := remotecommand.StreamOptions{Stdin: s.In, Stdout: s.Out, Tty: s.TTY}
	if s.TTY && s.Sizes != nil {
		options.TerminalSizeQueue = sizeQueue(s.Sizes)
	}
	if !s.TTY {
		options.Stderr = s.Out
	}
	at := c.core.Post().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: t.Container, Command: command, Stdin: s.In != nil, Stdout: true, Stderr: !s.TTY, TTY: s.TTY,
		}, c.params).URL()
	err = c.stream(ctx, t, at, options, s)
	var exit utilexec.CodeExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return exit.Code, nil
	case ctx.Err() != nil:
		return 0, ctx.Err()
	}
	return 0, c.notExecuted(ctx, op, t, err)
}

// notExecuted explains why an exec has brought no exit code.
func (c *Cluster) notExecuted(ctx context.Context, op string, t Target, err error) error {
	var status apierrors.APIStatus
	var gateway *gatewayError
	text := Clean(rootText(err))
	switch {
	case errors.As(err, &gateway):
		return c.gatewayProblem(op, gateway)
	case apierrors.IsForbidden(err) && isRBAC(text):
		return c.withAsk(ctx, &Problem{What: op + ": " + text, Err: err}, t, ExecRights())
	case unstartable(text):
		return &Problem{What: op + ": " + text, Hint: "the image does not have that command: use another command, or another image", Err: err}
	case strings.Contains(text, "container not found"), strings.Contains(text, "not found in pod"):
		return &Problem{What: op + ": the container does not run: " + text, Hint: "start another one", Err: err}
	case errors.As(err, &status), errors.Is(err, ErrGuarded), errors.Is(err, errRefused):
		return c.problem(op, err)
	}
	return &Problem{
		What: fmt.Sprintf("%s: %s: %s", op, ErrLinkLost, text),
		Hint: "run it again; what it was doing may have gone on",
		Err:  errors.Join(ErrLinkLost, err),
	}
}

// unstartable knows what runtimes say of a command that they cannot start. They have no code for it, and client-go keeps only the words.
func unstartable(text string) bool {
	for _, words := range []string{"executable file not found", "no such file or directory", "exec failed", "permission denied"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}
