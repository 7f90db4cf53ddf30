package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/podfiles"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/fileaccess"
	"github.com/dayfly-k8s/dayfly/tui/helper"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// newFileCommands are dayfly cp and dayfly ls.
func newFileCommands() []*cobra.Command {
	return podfiles.Commands(podfiles.Program{Usage: func(err error) error { return usageError{err} }, Open: openFiles})
}

// openFiles finds a place from which the files of a container are reached, or adds a debug container as dayfly run does.
func openFiles(ctx context.Context, a podfiles.Ask) (opened *podfiles.Opened, err error) {
	e := runOptions{
		kube: a.Kube, pod: a.Pod, command: fileaccess.Command(), preset: a.Preset, image: a.Image, profile: a.Profile,
		target: &a.Container, reason: a.Reason, confirm: a.Confirm, quiet: a.Quiet, flags: a.Flags,
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	r := &report{runOptions: &e, began: time.Now(), words: a.Stderr}
	ctx, end, stop := e.until(ctx)
	life, endLife := context.WithCancel(context.WithoutCancel(ctx))
	opened = &podfiles.Opened{Context: ctx, Stdout: e.guardStdout(a.Stdout, end), Close: func() {
		r.endTool(ctx)
		endLife()
		stop()
	}}
	if err = r.open(life); err == nil {
		opened.Cluster = r.cluster
		opened.Place, opened.Record, err = r.place(ctx)
	}
	if err != nil {
		cause := context.Cause(ctx)
		opened.Close()
		if cause != nil {
			err = cause
		}
		return nil, err
	}
	return opened, nil
}

// place is where the files of the container are reached: without a debug container if that can be. What is done there is written down by record.
func (r *report) place(ctx context.Context) (p files.Place, record func(uploaded bool), err error) {
	pod, err := readPod(ctx, r.cluster, r.pod)
	if err != nil {
		return p, nil, err
	}
	if *r.target == "" {
		*r.target = pod.Default
	}
	at := kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: *r.target}
	if _, ok := pod.Container(*r.target); !ok {
		return p, nil, &kube.Problem{Message: at.Words() + " has no container " + kube.Sanitize(*r.target), Help: []kube.Help{kube.ChooseTarget}}
	}
	access := fileaccess.Access{Runner: r.runner, Cluster: r.cluster, Target: at, UID: string(pod.Object().UID), Reason: r.reason, Confirmed: r.confirm}
	record = func(uploaded bool) {
		action := journal.Downloaded
		if uploaded {
			action = journal.Uploaded
		}
		access.Record(action, p)
	}
	if r.preset == "" && r.image == "" {
		if err := r.agreeTo(ctx, access.Entering()); err != nil {
			return p, nil, err
		}
		found, ok, err := files.Find(ctx, r.cluster, pod, at)
		switch p = found; {
		case err != nil:
			return p, nil, err
		case ok:
			access.Record(journal.Attached, p)
			return p, record, nil
		}
	}
	for _, step := range []func(context.Context) error{r.prepare, r.agree, r.inspect} {
		if err := step(ctx); err != nil {
			return p, nil, err
		}
	}
	if r.plan.Place(r.facts).Root == "" {
		return p, nil, &kube.Problem{Message: "a debug container does not find the files of " + at.String() + ": the containers of the pod share their processes", Hint: "name a container of the pod that has tar"}
	}
	r.say(r.plan.Command)
	r.say(r.plan.Leaves())
	p = files.Place{Target: at, Runs: r.plan.Debug}
	if err := r.startTool(ctx); err != nil {
		return p, nil, err
	}
	return p, record, files.Check(ctx, r.cluster, p)
}

// startTool adds the debug container and waits until it runs.
func (r *report) startTool(ctx context.Context) error {
	r.helper = helper.Begin(r.runner, r.job()) //nolint:contextcheck // the runner has its own
	r.session = r.helper.Session()
	return r.helper.Await(ctx) //nolint:wrapcheck // it says what does not start
}

// bring makes what the preset brings home, beside the pod's processes, and ends the debug container.
func (r *report) bring(ctx context.Context, stdout io.Writer) error {
	defer r.endTool(ctx)
	if err := r.startTool(ctx); err != nil {
		return err
	}
	state, _, _ := folders.State() //nolint:dogsled // what is wrong with it has been told
	d := podfiles.Dump{
		Dump: r.dump(), Target: r.plan.Target, Runs: r.plan.Debug, Name: r.brings.Name, Out: r.out, State: state, Force: r.force, Quiet: r.quiet, Say: r.say, Stderr: r.words,
	}
	if err := podfiles.Bring(ctx, r.cluster, d, stdout); err != nil {
		return err
	}
	r.exit = &kube.Exit{}
	return nil
}

func (r *report) dump() dumps.Dump {
	return r.brings.Dump(strings.TrimPrefix(r.plan.Debug.Container, "debugger-"))
}

// endTool ends the debug container that was added, whatever has ended the copy.
func (r *report) endTool(ctx context.Context) {
	if r.runner == nil {
		return
	}
	if r.helper != nil {
		if left := r.helper.End(ctx); left != nil {
			r.note(left.Message + kube.Colon(left.Hint))
		}
	}
	r.drain(ctx)
}
