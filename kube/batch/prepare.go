package batch

import (
	"context"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Options are how the command is to be run.
type Options struct {
	// Exec runs it in a container that is there, Container, which changes nothing; Container is the pod's default container if empty.
	Exec      bool
	Container string
	// Way is how the command gets into a pod otherwise: InPod, Copy or Join. What runs on nodes that are meant themselves has none.
	Way debug.Way
	// OnePerWorkload leaves out all pods of a workload but the first that it can be run in.
	OnePerWorkload bool
	// Name is what debug containers of this batch are called: a pod that has one is left out. Empty: each is called otherwise.
	Name string
	// Force goes on with plans that are known to fail.
	Force bool
	// NodeNamespace is where pods on nodes are created; empty: the usual one.
	NodeNamespace string
	// Image is what is known of the command's image without asking; nil: nothing is.
	Image *debug.ImageFacts
	// Look tells what a registry knows of an image for a platform (empty: not known), in a short time. It is called once for each, from several
	// goroutines. No function: nobody is asked.
	Look func(ctx context.Context, image, os, arch string) Looked
	// Plan makes the plan for a subject, of whose surroundings is known what could be read. It is called from several goroutines.
	Plan func(s Subject, around debug.PodEnvironment) (debug.Plan, error)
	// Earlier tells what is known of a subject from an earlier run of the same batch; nil: there was none.
	Earlier func(Subject) Earlier
	// Looked is called when a subject has been judged, from several goroutines; nil: nobody wants to know.
	Looked func()
}

// Looked is what a registry says of an image.
type Looked struct {
	Facts   *debug.ImageFacts // nil: it is not known what the image is
	Warning string            // why it may not be pulled; empty: nothing is known against it
}

// atOnce is how many subjects are judged at a time, and patience how long the cluster may take for one of them. What it has not said by then
// stops nothing.
const (
	atOnce   = 10
	patience = 5 * time.Second
)

// Prepare plans for all subjects, and lets the cluster judge each plan. It only reads.
func Prepare(ctx context.Context, c *kube.Cluster, subjects []Subject, o Options) Batch {
	items := Judge(c.Guard(), subjects, o)
	environments := debug.NewEnvironments(c)
	free := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	registry := &looks{ask: o.Look}
	for i := range items {
		if items[i].Skip != "" || items[i].Joins {
			continue
		}
		free <- struct{}{}
		all.Go(func() {
			defer func() {
				<-free
				if o.Looked != nil {
					o.Looked()
				}
			}()
			if ctx.Err() != nil {
				items[i].Skip = "not looked at: interrupted"
				return
			}
			if o.Exec {
				items[i].askExec(ctx, c)
				return
			}
			items[i].ask(ctx, c, environments, o, registry)
		})
	}
	all.Wait()
	return Batch{Items: items}
}

// ask makes the plan of an item, and has it judged.
func (i *Item) ask(ctx context.Context, c *kube.Cluster, all *debug.Environments, o Options, registry *looks) {
	pod := i.Pod
	around := debug.PodEnvironment{Node: i.Facts}
	if i.Node == "" {
		around = aroundPod(ctx, c, all, pod, o)
	} else {
		pod = c.OnNode(i.Node)
		around.OS, around.Arch = i.Facts.OS, i.Facts.Arch
		host := debug.ReadNodeEnvironment(ctx, c, i.Node, o.NodeNamespace)
		around.Host = &host
	}
	if around.OS == windows {
		i.Skip = onWindows
		return
	}
	plan, err := o.Plan(i.Subject, around)
	if err != nil {
		i.Skip = kube.Explain(err).Message
		return
	}
	if problem := plan.Forbidden(c.Guard()); problem != nil {
		i.Skip, i.Ruled = problem.Message, true
		return
	}
	facts := around.Facts(pod)
	looked := registry.at(ctx, image{plan.Image, around.OS, around.Arch})
	if facts.Image = looked.Facts; facts.Image == nil {
		facts.Image = o.Image
	}
	if looked.Warning != "" {
		i.Notes = append(i.Notes, looked.Warning)
	}
	i.judge(ctx, c, plan, facts, o.Force)
}

// aroundPod reads what is around a pod, and what the way depends on.
func aroundPod(ctx context.Context, c *kube.Cluster, all *debug.Environments, pod *kube.Pod, o Options) debug.PodEnvironment {
	var both sync.WaitGroup
	var copied debug.CopyEnvironment
	var host debug.NodeEnvironment
	switch {
	case o.Way.Copies():
		both.Go(func() { copied = debug.ReadCopyEnvironment(ctx, c, pod) })
	case o.Way.FromNode():
		both.Go(func() { host = debug.ReadNodeEnvironment(ctx, c, pod.OnNode(), o.NodeNamespace) })
	}
	around := all.Of(ctx, pod)
	both.Wait()
	switch {
	case o.Way.Copies():
		around.Copy = &copied
	case o.Way.FromNode():
		around.Host = &host
	}
	return around
}

// judge lets the cluster judge a plan, and keeps it if nothing is known against it.
func (i *Item) judge(ctx context.Context, c *kube.Cluster, plan debug.Plan, facts debug.Facts, force bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer := debug.RunPreflight(ctx, c, plan)
	if timed, ok := debug.WithoutJob(facts.Pod, plan, answer.Problem); ok {
		plan, answer = timed, debug.RunPreflight(ctx, c, timed)
	}
	findings := debug.Check(plan, answer.Facts(facts))
	blocking := debug.BlockingProblem(answer, findings)
	if blocking != nil && !force {
		i.Skip = blocking.Message
		return
	}
	for _, f := range findings {
		if f.Severity >= debug.Warning {
			i.Notes = append(i.Notes, f.Text)
		}
	}
	i.Plan, i.Target = &plan, plan.Debug
}

// askExec asks whether the command may be executed in the container.
func (i *Item) askExec(ctx context.Context, c *kube.Cluster) {
	access := c.Access(ctx, i.Pod.Namespace, kube.ExecRights())
	if kube.VerdictOn(access, kube.RightToExec()) == kube.No && kube.VerdictOn(access, kube.RightToUpgradeExec()) != kube.Yes {
		i.Skip = "you may not " + kube.RightToExec().String() + " in namespace " + i.Pod.Namespace
	}
}

// image is one for a platform: a registry is asked once about it, however many pods it is for.
type image struct{ name, os, arch string }

// looks are what registries were asked in one preparation.
type looks struct {
	ask   func(ctx context.Context, image, os, arch string) Looked
	mu    sync.Mutex
	asked map[image]func() Looked
}

// at asks about an image, or waits for who has asked before.
func (l *looks) at(ctx context.Context, i image) Looked {
	if l.ask == nil {
		return Looked{}
	}
	l.mu.Lock()
	answer, known := l.asked[i]
	if !known {
		answer = sync.OnceValue(func() Looked { return l.ask(ctx, i.name, i.os, i.arch) })
		if l.asked == nil {
			l.asked = map[image]func() Looked{}
		}
		l.asked[i] = answer
	}
	l.mu.Unlock()
	return answer()
}
