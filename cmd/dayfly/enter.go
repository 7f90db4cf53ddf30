package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/enter"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

func newExecCommand() *cobra.Command {
	e := &runOptions{}
	return enter.New(enter.Program{Usage: func(err error) error { return usageError{err} }, Passed: passedOn, Open: e.openToEnter, AddTo: func(flags *pflag.FlagSet) {
		flags.StringVar(&e.reason, "reason", "", "Reason, for the journal")
		flags.StringVar(&e.confirm, "confirm", "", "Confirm the pod name, in a protected context")
		flags.BoolVarP(&e.quiet, "quiet", "q", false, "Print errors only")
		e.kube.AddTo(flags)
		e.flags = flags
	}})
}

func (e *runOptions) openToEnter(cmd *cobra.Command) (*enter.Opened, error) {
	r := &report{runOptions: e, began: time.Now(), words: cmd.ErrOrStderr()}
	ctx, end, stop := e.until(cmd.Context())
	life, endLife := context.WithCancel(context.WithoutCancel(ctx))
	if err := r.open(life); err != nil {
		endLife()
		stop()
		return nil, err
	}
	e.tty, _ = cmd.Flags().GetBool("tty") // then a reader of stdout is a person
	return &enter.Opened{
		Context: ctx, Cluster: r.cluster, Runner: r.runner, Stdout: e.guardStdout(cmd.OutOrStdout(), end), Say: r.say, DetachKey: r.detachKey(),
		Pod: func(name string) (*kube.Pod, error) { return readPod(ctx, r.cluster, name) },
		Shape: func(j runner.Job) runner.Job {
			j.Confirmed, j.About.Reason = e.confirm, strings.TrimSpace(e.reason)
			return j
		},
		Agree: func(j runner.Job) error {
			if e.confirm != "" && e.confirm != j.Target.Pod {
				return usageError{fmt.Errorf("--confirm %s is not the name of the pod, %s", e.confirm, j.Target.Pod)}
			}
			return r.agreeTo(ctx, j)
		},
		Terminal: func() (*session.Terminal, error) { e.tty = true; return e.terminal(cmd.InOrStdin(), cmd.OutOrStdout()) },
		Close:    func() { r.drain(ctx); endLife(); stop() },
	}, nil
}
