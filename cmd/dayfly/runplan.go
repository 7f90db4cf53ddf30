package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// defaultPreset is what runs a command when nothing else is said.
const defaultPreset = "busybox"

// open reads the configuration and prepares the cluster, and the runner, which ends with life. Mistakes in the configuration are notes.
func (r *report) open(life context.Context) error {
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	var notices []string
	r.config, r.folder, notices = config.Own()
	for _, notice := range notices {
		r.note(notice)
	}
	kubeconfig, err := r.kube.Load()
	if err != nil {
		return err
	}
	kubeconfig.Guard, kubeconfig.Supervise = (&options{}).guard(r.config), background.Command
	if r.cluster, err = kubeconfig.Open(""); err != nil {
		return err
	}
	o := runner.Options{Announce: r.config.Announce, Settings: func(context string) runner.Settings {
		return runner.Settings{DenyClipboard: r.config.SessionsFor(context).DenyClipboard}
	}}
	if state, _, noFolder := folders.State(); noFolder != nil {
		r.note(noFolder.Error())
	} else if book, err := journal.Open(state); err != nil {
		r.note(kube.Explain(err).Message)
	} else {
		o.Journal = book
	}
	r.runner = runner.New(life, o)
	return nil
}

// prepare plans the run as the interface does, for the pod as it is now.
func (r *report) prepare(ctx context.Context) error {
	settings := r.config.RegistriesFor(r.cluster.Context)
	tool, err := r.tool(settings)
	if err != nil {
		return err
	}
	pod := r.cluster.OnNode(r.node)
	if r.node == "" {
		if pod, err = readPod(ctx, r.cluster, r.pod); err != nil {
			return err
		}
	}
	r.around = r.readAround(ctx, pod)
	r.silent, r.shipped = settings.Silent, tool.Origin == presets.Shipped
	r.facts = r.around.Facts(pod)
	if !r.ownImage() {
		r.facts.Image = tool.Facts()
	}
	target := detail.Focus(pod, time.Now())
	if r.target != nil {
		target = *r.target
	}
	chosen := choice.Choice{Preset: tool, Named: r.image != "", Name: debug.NewName(), Target: target, Around: r.around.Copy, Host: r.around.Host, Change: r.asks}
	if r.plan, _, err = chosen.Plan(pod, r.around.Arch, settings); err != nil || tool.Brings == nil {
		return err
	}
	r.brings = tool.Brings
	d := r.dump()
	for _, e := range d.Cost(pod, r.plan.Target.Container) {
		r.note(e.Text)
	}
	return nil
}

// readAround reads what is around the pod, and what a copy depends on if one is made.
func (r *report) readAround(ctx context.Context, pod *kube.Pod) debug.PodEnvironment {
	var both sync.WaitGroup
	var around debug.PodEnvironment
	both.Go(func() { around = debug.ReadPodEnvironment(ctx, r.cluster, pod) })
	var copied debug.CopyEnvironment
	if r.copied {
		both.Go(func() { copied = debug.ReadCopyEnvironment(ctx, r.cluster, pod) })
	}
	var host debug.NodeEnvironment
	if r.host.join || r.node != "" {
		both.Go(func() { host = debug.ReadNodeEnvironment(ctx, r.cluster, pod.OnNode(), r.nodeNamespace()) })
	}
	both.Wait()
	if r.copied {
		around.Copy = &copied
	}
	if r.host.join || r.node != "" {
		around.Host = &host
	}
	return around
}

// nodeNamespace is where a pod on a node is created; empty: nobody says.
func (r *report) nodeNamespace() string {
	return cmp.Or(r.host.namespace, r.config.SessionsFor(r.cluster.Context).NodeNamespace)
}

// asks is the request with what the command line and the configuration say.
func (r *report) asks(request debug.Request) debug.Request {
	return r.runOptions.asks(request, r.config.SessionsFor(r.cluster.Context))
}

// asks is the request with what the command line says, and where it says nothing, the settings.
func (o *runOptions) asks(request debug.Request, settings tui.SessionSettings) debug.Request {
	request.Profile = kube.Profile(cmp.Or(o.profile, string(request.Profile)))
	var life *pflag.Flag
	if o.flags != nil {
		life = o.flags.Lookup("life")
	}
	request.EndsAfter = lifeOf(life, o.copy.life, settings.Life.After, o.timeout, o.ownPod())
	if o.copied {
		request.Way, request.Copy.Choices = debug.Copy, o.copy.choices()
	}
	request = o.host.of(request, o, settings.NodeNamespace)
	if o.ownImage() {
		request.Image, request.PullPolicy, request.Env = "", "", nil
	}
	request.NoTTY, request.NoStdin = !o.tty, !o.stdin
	request.StdinOnce = o.stdin && !o.tty
	return request
}

// ownImage reports whether the command runs in the image of the container whose place it takes.
func (o *runOptions) ownImage() bool { return o.copy.place != "" && o.preset == "" && o.image == "" }

// readPod reads one pod of the cluster's namespace.
func readPod(ctx context.Context, cluster *kube.Cluster, name string) (*kube.Pod, error) {
	pod, err := cluster.Pod(ctx, cluster.Namespace, name)
	if kube.IsNotFound(err) {
		return nil, &kube.Problem{
			Message: fmt.Sprintf("there is no pod %s in namespace %s%s", kube.Sanitize(name), cluster.Namespace, inContext(cluster)),
			Hint:    "run dayfly " + kube.Sanitize(name) + " to see the pods that match", Help: []kube.Help{kube.SwitchNamespace, kube.SwitchContext}, Err: err,
		}
	}
	return pod, err
}

func inContext(cluster *kube.Cluster) string {
	if cluster.Context == "" {
		return ""
	}
	return " of context " + cluster.Context
}

// tool is what the command runs in, with that command.
func (r *report) tool(settings registry.Settings) (presets.Preset, error) {
	p, err := r.chosen(settings)
	if err != nil {
		return p, err
	}
	if p, err = p.With(r.command); err != nil {
		return p, usageError{fmt.Errorf("%w: dayfly run ... --preset %s -- %s", err, p.Name, kube.Sanitize(p.Takes))}
	}
	switch {
	case p.Brings == nil && r.out != "":
		return p, usageError{errors.New("--out goes with a preset that brings something: dayfly presets lists them")}
	case p.Brings != nil && (r.ownPod() || r.stdin || r.many.asked):
		return p, usageError{fmt.Errorf("preset %s brings a file home from one pod as it is: leave out --copy, --from-node, -i, and what chooses many pods", p.Name)}
	}
	return p, nil
}

// chosen is the preset or image that is named.
func (r *report) chosen(settings registry.Settings) (presets.Preset, error) {
	if r.image != "" {
		composed, ok := presets.ParseComposed(r.image, settings.Nixery)
		if !ok {
			return presets.OfImage(r.image), nil
		}
		catalogue, err := nixery.Shipped()
		if err != nil {
			return presets.Preset{}, fmt.Errorf("read the catalogue: %w", err)
		}
		return presets.OfComposed(composed, catalogue), nil
	}
	name := cmp.Or(r.preset, defaultPreset)
	list, mistakes := presets.Load(filepath.Join(r.folder, "presets"))
	if i := slices.IndexFunc(list, func(p presets.Preset) bool { return p.Name == name }); i >= 0 {
		if list[i].Node != "" && r.node == "" && !r.many.nodes {
			return presets.Preset{}, &kube.Problem{Message: fmt.Sprintf("preset %s is for nodes", name), Hint: "name one: dayfly run node/NAME --preset " + name}
		}
		return list[i], nil
	}
	problem := &kube.Problem{Message: fmt.Sprintf("there is no preset %q", kube.Sanitize(name)), Hint: "dayfly presets lists them"}
	for _, mistake := range mistakes { // it may be the one that is asked for
		problem.Hint += "; " + kube.Sanitize(mistake.Error())
	}
	return presets.Preset{}, problem
}

// job is what is to be started.
func (r *report) job() runner.Job {
	return runner.Job{
		Cluster: r.cluster, Plan: &r.plan, Confirmed: r.confirm,
		About: runner.About{Preset: cmp.Or(r.presetName(), "image"), Reason: strings.TrimSpace(r.reason)},
	}
}

// agree holds the plan against the rules of the context.
func (r *report) agree(ctx context.Context) error { return r.agreeTo(ctx, r.job()) }

// agreeTo holds a job against the rules of the context.
func (r *report) agreeTo(ctx context.Context, job runner.Job) error {
	g := r.cluster.Guard()
	refused := job.Allowed()
	if refused == nil {
		switch job.Missing() {
		case runner.PodName:
			about, why := job.ToType()
			refused = &kube.Problem{Message: why + ": confirm the " + about.Kind() + " name", Hint: "add --confirm " + about.Name() + " to proceed", Err: kube.ErrGuarded}
			if g.Protected {
				refused.Message += " (" + g.Why + ")"
			}
		case runner.Reason:
			refused = &kube.Problem{
				Message: "context " + r.cluster.Context + " requires a reason, for the journal (" + g.Why + ")",
				Hint:    "add --reason TEXT, e.g. a ticket number", Err: kube.ErrGuarded,
			}
		case runner.Nothing:
			return nil
		}
	}
	r.runner.Refuse(job, refused) //nolint:contextcheck // the runner has its own
	r.drain(ctx)
	return refused
}
