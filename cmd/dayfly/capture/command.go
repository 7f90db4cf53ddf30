package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// Program is what the command needs of the program that it belongs to.
type Program struct {
	Usage func(error) error // makes a mistake on the command line of an error
	AddTo func(*pflag.FlagSet)
	// Take takes the pods of the command line, and what is to be captured from them.
	Take func(pods []string, o capture.Options, fromNode bool) error
	// Open opens the cluster, chooses the pods, plans what is added to them, says so by before, and holds it against the rules. The context ends with a
	// signal, which is its cause then; but for the first interrupt, which closes Stop.
	Open func(cmd *cobra.Command, before func(batch.Batch) []string) (*Opened, error)
	// State is the folder of dayfly's state; empty: there is none.
	State func() string
	JSON  func(out io.Writer, value any) error
}

// Opened is what is captured from, once it is agreed to.
type Opened struct {
	Context context.Context //nolint:containedctx // it is made by Open, and ends with a signal
	Stop    <-chan struct{}
	Run     capturerun.Options
	Stdout  io.Writer
	Quiet   bool
	Say     func(line string)
	Drain   func()
	Close   func()
}

// command is a run of dayfly capture.
type command struct {
	Program
	flags   Flags
	options capture.Options
}

// New is dayfly capture.
func New(p Program) *cobra.Command {
	c := &command{Program: p}
	cmd := &cobra.Command{
		Use:   "capture POD... [flags] [-- FILTER]",
		Short: "Capture the packets of pods into a file for Wireshark",
		Long:  help,
		Args:  func(cmd *cobra.Command, args []string) error { return c.take(args, cmd.ArgsLenAtDash()) },
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	cmd.Flags().SortFlags = false
	c.flags.addTo(cmd.Flags())
	p.AddTo(cmd.Flags())
	return cmd
}

// take reads the arguments: the pods, and the filter behind two dashes.
func (c *command) take(args []string, dash int) (err error) {
	pods, filter := split(args)
	if dash >= 0 {
		pods, filter = args[:dash], args[dash:]
	}
	if c.options, err = c.flags.read(filter); err != nil {
		return c.Usage(err)
	}
	return c.Take(pods, c.options, c.flags.fromNode)
}

// run captures, and tells how it went.
func (c *command) run(cmd *cobra.Command) error {
	if c.flags.out == "-" && isTerminal(cmd.OutOrStdout()) {
		return c.Usage(errors.New("--out - prints packets, which a terminal cannot show: pipe it into a program, such as tshark -r -"))
	}
	opened, err := c.Open(cmd, func(b batch.Batch) []string { return before(b, c.options) })
	if err != nil {
		return err
	}
	defer opened.Close()
	ctx := opened.Context
	opened.Run.Capture = c.options
	if err := c.outputs(ctx, cmd, opened); err != nil {
		return err
	}
	live, err := capturerun.Start(ctx, opened.Run)
	if err != nil {
		return err //nolint:wrapcheck // a problem
	}
	go func() {
		select {
		case <-opened.Stop:
			live.Stop(capture.Person)
		case <-live.Done():
		}
	}()
	newProgress(cmd.ErrOrStderr(), opened.Quiet).follow(live)
	opened.Drain()
	return c.result(ctx, opened, live)
}

// outputs opens where the capture goes: a program last, which would stay if a file could not be made.
func (c *command) outputs(ctx context.Context, cmd *cobra.Command, opened *Opened) error {
	p, err := c.flags.program(ctx, opened.Stdout, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	switch c.flags.out {
	case "-":
		opened.Run.Pipe = stream{opened.Stdout}
	case "":
		opened.Run.File, err = capturerun.Create(c.State(), time.Now(), capturerun.About(opened.Run.Items))
	default:
		opened.Run.File, err = capturerun.CreateAt(c.flags.out)
	}
	if err != nil || p == nil {
		return err //nolint:wrapcheck // a problem
	}
	if err := p.start(); err != nil {
		opened.Run.File.Discard()
		return err
	}
	opened.Run.Pipe = p
	return nil
}

// stream is one that is not ours to close, and nobody is behind it whom we could wait for.
type stream struct{ io.Writer }

// Close does nothing.
func (stream) Close() error { return nil }

// Gone is not known: a write says it.
func (stream) Gone() <-chan struct{} { return nil }

// Wait does nothing.
func (stream) Wait(context.Context) error { return nil }

// result says how it went. The error is why not all is as it was asked for.
func (c *command) result(ctx context.Context, opened *Opened, live *capturerun.Live) error {
	look := live.Look()
	problem, failed := failures(look.Look)
	if c.flags.json != "" {
		if err := c.JSON(opened.Stdout, resultOf(opened.Run.Cluster.Context, live)); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
	}
	captured := failed < len(look.Sources)
	if captured {
		for _, line := range lines(live) {
			opened.Say(line)
		}
	} else if opened.Run.File != nil && live.File() == "" {
		opened.Say("nothing was captured, and no file is left")
	}
	wrong := look.Left
	if look.Failed != nil {
		wrong = append(wrong, &kube.Problem{Message: kube.Sanitize(look.Failed.Error()), Hint: "look at what it has printed", Err: look.Failed})
	}
	err := ended(ctx, look, problem, failed)
	if err == nil && len(wrong) > 0 {
		err, wrong = wrong[0], wrong[1:]
	}
	for _, p := range wrong {
		opened.Say(p.Message + kube.Colon(p.Hint))
	}
	return err
}

// ended is why not all was captured that was asked for.
func ended(ctx context.Context, look capturerun.Look, problem *kube.Problem, failed int) error {
	switch cause := context.Cause(ctx); {
	case cause != nil:
		return cause
	case look.Problem != nil:
		return look.Problem
	case failed == len(look.Sources) && look.Reason == capture.Person:
		return &session.SignalError{Signal: syscall.SIGINT}
	case failed > 0:
		return problem
	}
	return nil
}
