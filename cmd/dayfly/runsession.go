package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// errLate is the cause of an end by --timeout.
var errLate = errors.New("timed out (--timeout)")

// runPlan does the run. The error is nil when the command has ended with 0, a codeError when it has with another, and else why there is
// no exit code of its own.
func (r *report) runPlan(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	ctx, end, stop := r.until(ctx)
	defer stop()
	stdout = r.guardStdout(stdout, end)
	terminal, err := r.terminal(stdin, stdout)
	if err != nil {
		return err
	}
	life, endLife := context.WithCancel(context.WithoutCancel(ctx)) // leaving takes a moment
	defer endLife()
	for _, step := range []func(context.Context) error{
		func(context.Context) error { return r.open(life) }, r.prepare, r.agree, r.inspect,
	} {
		if err := step(ctx); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return r.left(cause)
			}
			return err
		}
	}
	if r.plan.Command != "" {
		r.say(r.plan.Command)
	}
	r.say(r.plan.Leaves())
	if r.brings != nil {
		return r.bring(ctx, stdout)
	}
	return r.hold(ctx, life, terminal, stdin, stdout)
}

// until is ctx with the two ends that a run can have from outside: a signal and --timeout. The cause is a [*session.SignalError] or errLate.
// end ends it with a cause of one's own. A second signal ends dayfly at once, but not where it has a pod to delete: that takes seconds, and
// nobody else would do it.
func (e *runOptions) until(ctx context.Context) (until context.Context, end context.CancelCauseFunc, stop func()) {
	stopTimer := func() {}
	if e.timeout > 0 {
		ctx, stopTimer = context.WithTimeoutCause(ctx, e.timeout, errLate)
	}
	until, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as nohup has it
			signal.Notify(signals, s)
		}
	}
	// The kernel sends SIGPIPE for sockets too, when the API server closes first: it says nothing of stdout, whose writes give an error of
	// their own. It is taken and dropped, and not ignored, which child processes would inherit.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		select {
		case s := <-signals:
			if !e.ownPod() {
				signal.Stop(signals)
			}
			cancel(&session.SignalError{Signal: s})
		case <-until.Done():
		}
	}()
	return until, cancel, func() {
		signal.Stop(signals)
		cancel(nil)
		stopTimer()
	}
}

// brokenPipe is stdout where its reader may go away: that ends dayfly as SIGPIPE ends other programs.
type brokenPipe struct {
	*os.File
	end context.CancelCauseFunc
}

// Write writes, and ends the run when nobody reads any more.
func (b brokenPipe) Write(p []byte) (int, error) {
	n, err := b.File.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		cause := &session.SignalError{Signal: syscall.SIGPIPE}
		b.end(cause)
		return n, cause
	}
	return n, err
}

// guardStdout is stdout that ends the run when its reader has gone. A terminal of a session stays what it is.
func (e *runOptions) guardStdout(stdout io.Writer, end context.CancelCauseFunc) io.Writer {
	if f := asFile(stdout); f != nil && !e.tty {
		return brokenPipe{f, end}
	}
	return stdout
}

// hold carries the plan out and stays with it until its program has ended, or ctx has. life is the runner's.
func (r *report) hold(ctx, life context.Context, terminal *session.Terminal, stdin io.Reader, stdout io.Writer) error {
	job := r.job()
	job.Piped, job.ReadOnly = terminal == nil, !r.stdin
	r.session = r.runner.Start(job) //nolint:contextcheck // the runner has its own
	defer context.AfterFunc(ctx, r.session.Leave)()
	watched, started := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		r.watch(started)
	}()
	var err error
	if terminal != nil {
		err = r.show(terminal, started)
	} else {
		err = r.stream(life, stdin, stdout)
	}
	r.session.Leave() // nothing where it is over
	<-r.session.Done()
	<-watched
	return r.outcome(ctx, err)
}

// watch notes why nothing starts and what could not be written down, and closes started when there is a program to show. It returns when the
// session is over.
func (r *report) watch(started chan<- struct{}) {
	cause, begun := "", false
	for over := false; ; {
		now := r.session.Look()
		if now.Cause != nil && now.Cause.Message != cause {
			cause = now.Cause.Message
			r.note(cause + "; " + advice(now.Cause, r.flags))
		}
		if !begun && (reached(now, launch.Started) || reached(now, launch.Ended)) {
			begun = true
			close(started)
		}
		r.noteUnwritten()
		if over {
			return
		}
		select {
		case <-r.runner.News():
		case <-r.session.Done():
			over = true
		}
	}
}

// reached reports whether the plan has come to a step.
func reached(now runner.Snapshot, step launch.Step) bool {
	return slices.ContainsFunc(now.Steps, func(s session.Step) bool { return s.Step == step })
}

// stream connects the session with the two streams of the process.
func (r *report) stream(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	pipe := session.Pipe{Out: stdout, Note: func(words string) { r.note(strings.TrimPrefix(words, "dayfly: ")) }}
	if f, ok := stdout.(interface{ Fd() uintptr }); ok {
		pipe.Screen = term.IsTerminal(int(f.Fd()))
	}
	if r.stdin {
		pipe.In = stdin
	}
	return r.session.Stream(ctx, pipe)
}

// outcome is how the session has ended, in an exit code or in an error. The cause of ctx is why it was left; failed is what went wrong on our side.
func (r *report) outcome(ctx context.Context, failed error) error {
	cause := context.Cause(ctx)
	now := r.session.Look()
	r.bytesOut, r.imageID = now.BytesOut, now.ImageID
	unreached := now.State == session.Failed && errors.Is(now.Err, stream.ErrGateway) // nobody could attach to what runs
	r.exit, r.runsOn = now.Ending.Exit, !now.State.Over() || now.Ending.Running || unreached
	if now.Ending.ImageID != "" {
		r.imageID = now.Ending.ImageID
	}
	if r.exit == nil && now.State >= session.Starting && !now.State.Over() {
		r.session.Visited(runner.Visit{Detached: true}) //nolint:contextcheck // the runner has its own
	}
	r.tellJoined(ctx)
	r.cleanUp(ctx, now.Ending.Gone)
	r.added = r.session.Look().Added
	r.drain(ctx)
	if r.added && !now.Ending.Gone && !r.plan.CleansUp() {
		r.say(fmt.Sprintf("debug container %s stays in the list of pod %s until the pod is deleted", r.plan.Debug.Container, r.plan.Debug.Pod))
	}
	if r.missing = now.LogErr != nil; r.missing {
		r.note("output may be missing: " + kube.Explain(now.LogErr).Message)
	}
	switch {
	case now.ClipboardDenied > 0:
		r.note("the program tried to write to your clipboard; sessions.clipboard in config.yaml denies it")
	case now.ClipboardWrites > 0:
		r.note("the program wrote to your clipboard; clipboard: false under sessions in config.yaml denies it")
	}
	var signal *session.SignalError
	switch {
	case now.State == session.Failed:
		if r.runsOn {
			r.tellHow()
		}
		return now.Err
	case errors.As(failed, &signal):
		return r.left(failed)
	case cause != nil && (r.runsOn || r.cleaned && r.exit == nil):
		return r.left(cause)
	case failed != nil:
		return failed
	case r.detached && r.runsOn:
		r.tellHow()
		return nil
	case r.detached && r.cleaned && r.exit == nil:
		return nil
	case now.InputCut:
		return &kube.Problem{
			Message: fmt.Sprintf("the link to %s was lost before all of the input had been sent: it may have received only a part", r.plan.Debug.Container),
			Hint:    "check what it did with that part, then run it again", Err: kube.ErrLinkLost,
		}
	case r.exit == nil:
		hint, _ := r.plan.Change.WhenGone()
		return &kube.Problem{Message: fmt.Sprintf("exit code of %s unknown: pod %s was deleted", r.plan.Debug.Container, r.plan.Debug.Pod), Hint: hint}
	}
	if r.exit.Cause != "" {
		r.note(r.plan.Debug.Container + " " + r.exit.Words())
	}
	return passedOn(r.exit.Code)
}

// tellJoined notes what has happened to the container that was joined, where the command may have been killed with it.
func (r *report) tellJoined(ctx context.Context) {
	const killed, patience = 128 + 9, 15 * time.Second
	if r.plan.Request.Way != debug.Join || r.exit == nil || r.exit.Code != killed {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	r.session.Examine(ctx)
	for _, words := range r.session.Look().Siblings {
		r.note("meanwhile " + words)
	}
}

// cleanUp takes away what the plan has made beside a container, and waits until it is known what that is. gone tells that it went by itself.
func (r *report) cleanUp(ctx context.Context, gone bool) {
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if !r.plan.CleansUp() {
		r.session.Settle(ctx)
		return
	}
	failed := r.runner.End(ctx, []runner.Container{r.session.Container()})
	now := r.session.Look()
	if err := failed[0]; err != nil {
		problem := kube.Explain(err)
		r.note(problem.Message + "; " + cmp.Or(advice(problem, r.flags), "it may still be there"))
		for _, left := range now.Leftovers {
			r.note("to delete it: " + left.Command(r.cluster.Context))
			r.leaves = append(r.leaves, left.Words)
		}
		return
	}
	r.cleaned, r.runsOn = true, false
	if now.Added && !gone {
		r.say("pod " + r.plan.Debug.Pod + " was deleted")
	}
}

// left tells what of the run goes on without us.
func (r *report) left(cause error) error {
	if r.session != nil && r.runsOn {
		r.tellHow()
	}
	if errors.Is(cause, errLate) {
		if r.output == "" {
			r.say(errLate.Error())
			return codeError(exitLate)
		}
		return errLate
	}
	return cause
}
