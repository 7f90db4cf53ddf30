package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	cmdcapture "github.com/dayfly-k8s/dayfly/cmd/dayfly/capture"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// capturing is what dayfly capture has of a run in many pods: whom it is about, and what is added to them.
type capturing struct {
	runOptions
	what capture.Options
}

func newCaptureCommand() *cobra.Command {
	c := &capturing{}
	return cmdcapture.New(cmdcapture.Program{
		Usage: func(err error) error { return usageError{err} }, AddTo: c.addTo, Take: c.take, Open: c.open, JSON: writeJSON,
		State: func() string { folder, _, _ := folders.State(); return folder },
	})
}

func (c *capturing) addTo(flags *pflag.FlagSet) {
	flags.VarP(selectors{&c.many.selector}, "selector", "l", "Capture from all pods that this label selector selects")
	flags.BoolVarP(&c.many.all, "all-namespaces", "A", false, "Capture from the pods of all namespaces")
	flags.StringVar(&c.preset, "preset", "", "Tool whose image has tcpdump (default "+capturerun.Preset+")")
	flags.StringVar(&c.image, "image", "", "Image with tcpdump, instead of a preset's")
	flags.StringVar(&c.profile, "profile", "", "Security profile (default: the preset's); it has to give NET_RAW")
	flags.StringVar(&c.host.namespace, "node-namespace", "", "With --from-node, the `NAMESPACE` of the pods on nodes")
	flags.StringVar(&c.reason, "reason", "", "Reason, for the journal")
	flags.StringVar(&c.confirm, "confirm", "", "Confirm the pod name (of many: the number), in a protected context")
	flags.BoolVar(&c.force, "force", false, "Add debug containers even if they are known to fail")
	flags.BoolVarP(&c.quiet, "quiet", "q", false, "Print errors only")
	flags.BoolVarP(&c.many.yes, "yes", "y", false, fmt.Sprintf("Capture from more than %d pods", unasked))
	c.kube.AddTo(flags)
	c.flags = flags
}

// take takes whom it is about.
func (c *capturing) take(pods []string, o capture.Options, fromNode bool) error {
	m := &c.many
	switch {
	case len(pods) == 0 && m.selector == "" && !m.all:
		return usageError{errors.New("missing pod name; usage: dayfly capture POD... [-- FILTER]")}
	case c.preset != "" && c.image != "":
		return usageError{errors.New("--preset cannot be used with --image: a preset has its own image")}
	case c.host.namespace != "" && !fromNode:
		return usageError{errors.New("--node-namespace is about pods on nodes: add --from-node")}
	}
	if err := c.takeMany(pods, len(pods)); err != nil {
		return err
	}
	if m.nodes {
		return usageError{fmt.Errorf("capture is about pods, not nodes: %q", pods)}
	}
	if fromNode {
		c.host.join, m.way = true, "node"
	}
	if m.asked, c.what, c.command = true, o, o.Command(""); c.preset == "" && c.image == "" {
		c.preset = capturerun.Preset
	}
	return c.checkProfile()
}

// open chooses and plans, and holds it against the rules.
func (c *capturing) open(cmd *cobra.Command, before func(batch.Batch) []string) (*cmdcapture.Opened, error) {
	r := &manyRun{report: &report{runOptions: &c.runOptions, began: time.Now(), words: cmd.ErrOrStderr()}, stderr: cmd.ErrOrStderr(), before: before}
	r.shape = func(request debug.Request) debug.Request { return capturerun.Shape(request, c.what) }
	ctx, stop, end, release := interruptible(cmd.Context(), func() { r.say("ending; ^C again leaves at once, and what was added ends by itself") })
	life, endLife := context.WithCancel(context.WithoutCancel(ctx)) // leaving takes a moment
	opened := &cmdcapture.Opened{
		Context: ctx, Stop: stop, Stdout: c.guardStdout(cmd.OutOrStdout(), end), Quiet: c.quiet, Say: r.say, Drain: func() { r.drain(ctx) },
		Close: func() { endLife(); release() },
	}
	err := r.open(life)
	if err == nil {
		err = c.prepare(ctx, stop, r)
	}
	if err != nil {
		err = cmp.Or(context.Cause(ctx), err)
		opened.Close()
		return nil, err
	}
	opened.Run = capturerun.Options{
		Cluster: r.cluster, Runner: r.runner, Items: r.batch.Runs(), Confirmed: c.confirm != "",
		About: runner.About{Preset: cmp.Or(c.presetName(), "image"), Reason: strings.TrimSpace(c.reason)},
	}
	return opened, nil
}

// prepare chooses and plans. Until something is captured, the first ^C is the end of it.
func (c *capturing) prepare(ctx context.Context, stop <-chan struct{}, r *manyRun) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-stop:
			cancel(&session.SignalError{Signal: syscall.SIGINT})
		case <-ctx.Done():
		}
	}()
	if names := c.many.query.Names; len(names) == 1 && c.confirm == names[0] {
		c.confirm = "1" // many are confirmed by their number
	}
	if err := c.checkConfirmed(); err != nil {
		return err
	}
	g := r.cluster.Guard()
	asks := g.Protected && c.confirm == "" || g.AskReason && strings.TrimSpace(c.reason) == ""
	if !c.flags.Changed("preset") && c.image == "" && !c.host.join && !asks {
		r.reuses = func(ctx context.Context, s batch.Subject) batch.Earlier {
			return batch.Earlier{Target: capture.Find(ctx, r.cluster, s.Pod)}
		}
	}
	err := r.prepareMany(ctx)
	for _, i := range r.batch.Skipped() {
		if i.Missing != "" { // or a word of a filter
			return &kube.Problem{Message: "there is no pod " + i.Missing + inContext(r.cluster), Hint: "a filter goes behind two dashes: dayfly capture POD -- port 80"}
		}
	}
	return cmp.Or(context.Cause(ctx), err)
}
