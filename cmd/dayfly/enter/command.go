// Package enter is dayfly exec: a shell, or one command, in a container of a pod's own.
package enter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Program is what the command needs of the program that it belongs to.
type Program struct {
	Usage  func(error) error // makes a mistake on the command line of an error
	Passed func(code int) error
	AddTo  func(*pflag.FlagSet)
	// Open opens the cluster. The context ends with a signal, which is its cause then.
	Open func(cmd *cobra.Command) (*Opened, error)
}

// Opened is the cluster, and who works with it.
type Opened struct {
	Context   context.Context //nolint:containedctx // it is made by Open, and ends with a signal
	Cluster   *kube.Cluster
	Runner    *runner.Runner
	Stdout    io.Writer
	Pod       func(name string) (*kube.Pod, error)
	Shape     func(runner.Job) runner.Job // with what was confirmed, and why
	Agree     func(runner.Job) error      // to the rules of the context
	Terminal  func() (*session.Terminal, error)
	DetachKey vt.DetachKey
	Say       func(line string)
	Close     func() // waits until all is written down
}

// command is a run of dayfly exec.
type command struct {
	Program
	pod, container string
	words          []string // empty: a shell
	stdin, tty     bool
}

const help = `dayfly exec runs a command in a container of the pod's own, or without one opens the best shell that
the container has: bash, zsh, ash or sh, PowerShell on Windows. Nothing is added to the pod.

    dayfly exec web-0
    dayfly exec web-0 -c app -- cat /etc/resolv.conf
    pg_dump shop | dayfly exec db-0 -i -- psql

Rules in config.yaml apply, and the journal has it. The exit code is the command's; 1 also means
that dayfly itself failed, 2 a mistake on the command line, and 128+n that signal n ended dayfly.
A shell ends with dayfly, and with it what it has started. A container without a shell says so:
dayfly POD, or dayfly run, brings one in a debug container.`

// New is dayfly exec.
func New(p Program) *cobra.Command {
	c := &command{Program: p}
	cmd := &cobra.Command{
		Use:   "exec POD [flags] [-- COMMAND ...]",
		Short: "Open a shell, or run a command, in a pod's own container",
		Long:  help,
		Args:  func(cmd *cobra.Command, args []string) error { return c.take(args, cmd.ArgsLenAtDash()) },
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&c.container, "container", "c", "", "Container of the pod (default: the pod's default, or the first that runs)")
	flags.BoolVarP(&c.stdin, "stdin", "i", false, "Pass stdin to the command")
	flags.BoolVarP(&c.tty, "tty", "t", false, "Give the command this terminal, as a shell has it")
	p.AddTo(flags)
	return cmd
}

// take reads the arguments.
func (c *command) take(args []string, dash int) error {
	if dash < 0 {
		dash = len(args)
	}
	switch {
	case dash == 0 || args[0] == "":
		return c.Usage(errors.New("missing pod name; usage: dayfly exec POD [-- COMMAND ...]"))
	case dash > 1:
		return c.Usage(fmt.Errorf("expected one pod, got %q: the command goes behind two dashes, dayfly exec POD -- COMMAND", args[:dash]))
	case strings.Contains(args[0], "/"):
		return c.Usage(fmt.Errorf("%q is not the name of a pod: name one of its pods; dayfly %s shows them", args[0], args[0]))
	}
	c.pod, c.words = strings.Clone(args[0]), args[dash:]
	if len(c.words) == 0 {
		c.stdin, c.tty = true, true
	}
	return nil
}

// run does it.
func (c *command) run(cmd *cobra.Command) error {
	o, err := c.Open(cmd)
	if err != nil {
		return err
	}
	defer o.Close()
	var terminal *session.Terminal
	if c.tty {
		if terminal, err = o.Terminal(); err != nil {
			return err
		}
	}
	at := kube.Target{Namespace: o.Cluster.Namespace, Pod: c.pod, Container: c.container}
	job := o.Shape(runner.Enter(o.Cluster, at, "", c.words))
	if err := o.Agree(job); err != nil {
		return err
	}
	pod, err := o.Pod(c.pod)
	if err != nil {
		return err
	}
	if job, err = job.In(o.Context, pod); err != nil {
		return caused(o.Context, err)
	}
	if terminal != nil {
		return c.show(o, job, terminal)
	}
	return c.pass(cmd, o, job)
}

// show gives the terminal to the command until it has ended, or is left.
func (c *command) show(o *Opened, job runner.Job, terminal *session.Terminal) (err error) {
	job.ReadOnly = !c.stdin
	leaves := " leaves, and ends it"
	if job.Mark == "" {
		leaves = " leaves; the command may run on in the container"
	}
	o.Say(o.DetachKey.String() + leaves)
	s := o.Runner.Start(job)
	defer context.AfterFunc(o.Context, s.Leave)()
	if err := terminal.Start(); err != nil {
		return err //nolint:wrapcheck // it says what is wrong with the terminal
	}
	err = terminal.HandOver(KeepKeys(terminal.Input()), o.DetachKey, func(fg *session.Foreground) { s.Visited(s.Show(fg, 0)) })
	if err = errors.Join(err, terminal.Restore()); err != nil {
		return err
	}
	now := s.Look()
	if now.Lives() || now.Left {
		if failed := o.Runner.End(context.WithoutCancel(o.Context), []runner.Container{s.Container()})[0]; failed != nil {
			return failed
		}
		return context.Cause(o.Context)
	}
	<-s.Done()
	switch now = s.Look(); {
	case now.Ending.Exit != nil:
		return c.Passed(now.Ending.Exit.Code)
	case now.Err != nil:
		return now.Err
	}
	return &kube.Problem{Message: fmt.Sprintf("the cluster has not said how the command in %s has ended", job.Target)}
}

// pass connects the command with the streams of the process.
func (c *command) pass(cmd *cobra.Command, o *Opened, job runner.Job) error {
	entry := journal.Entry{
		Action: journal.Attached, Namespace: job.Target.Namespace, Pod: job.Target.Pod, UID: job.UID, Container: job.Target.Container, Preset: job.About.Preset, Reason: job.About.Reason,
	}
	o.Runner.Record(o.Cluster, entry)
	streams := stream.Streams{Out: o.Stdout, Err: cmd.ErrOrStderr()}
	if c.stdin {
		streams.In = cmd.InOrStdin()
	}
	code, err := stream.Exec(o.Context, o.Cluster, job.Target, c.words, streams)
	entry.Action = journal.Ended
	if err != nil {
		entry.Action, entry.Why = journal.Failed, kube.Reason(err)
	} else {
		entry.Exit = &code
	}
	o.Runner.Record(o.Cluster, entry)
	if err != nil {
		return caused(o.Context, err)
	}
	return c.Passed(code)
}

// caused is why ctx has ended, if it has, and else the error.
func caused(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
