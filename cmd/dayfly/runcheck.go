package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

// How long the cluster and the registry may take to judge a plan. What they have not said by then stops nothing.
const (
	preflightPatience = 5 * time.Second
	registryPatience  = 3 * time.Second
)

// inspect notes what is known about the plan before anything is added, as the interface shows it, and returns an error when the plan is known
// to fail. With --force that is a note too.
func (r *report) inspect(ctx context.Context) error {
	answer, image := r.ask(ctx)
	if plan, ok := debug.WithoutJob(r.facts.Pod, r.plan, answer.Problem); ok { // reviews did not know
		what := "the copy"
		if plan.Request.Way.FromNode() {
			what = "the pod"
		}
		r.note(answer.Problem.Message + ": " + what + " ends by its own deadline instead (activeDeadlineSeconds), and its entry stays if dayfly cannot delete it")
		r.plan = plan
		answer = r.askCluster(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if facts := registry.Facts(image.Image, image.err); facts != nil {
		r.facts.Image = facts
	}
	r.facts = answer.Facts(r.facts)
	findings := debug.Check(r.plan, r.facts)
	blocking := debug.BlockingProblem(answer, findings)
	said := func(text string) bool { return blocking != nil && text == blocking.Message && !r.force }
	if p := answer.Problem; p != nil && !said(p.Message) {
		r.noteProblem(p)
	}
	if !answer.Blocks() {
		for _, note := range answer.Notes() {
			r.note(note.Text)
		}
	}
	for _, f := range findings {
		if !said(f.Text) && (answer.Problem == nil || f.Text != answer.Problem.Message) {
			r.note(f.Text)
		}
	}
	for _, n := range r.plan.Notes {
		if n.Warns {
			r.note(n.Text)
		}
	}
	if request := &r.plan.Request; request.EndsAfter > 0 && !request.Way.OwnPod() {
		r.note("the command is ended " + debug.Span(request.EndsAfter) + " after its start, even if dayfly is gone (--life)")
	}
	if p := r.against(image.err); p != nil {
		r.noteProblem(p)
	}
	if blocking == nil || r.force {
		return nil
	}
	return &kube.Problem{Message: blocking.Message, Hint: joinHints(advice(blocking, r.flags), r.otherNamespace(findings), r.howToGoOn(blocking)), RequiredRBAC: blocking.RequiredRBAC, Err: blocking}
}

// otherNamespace is what the command line offers where a pod on a node may not be created in its namespace; empty: no other is known.
func (r *report) otherNamespace(findings []debug.Finding) string {
	request := r.plan.Request
	for _, f := range findings {
		if !request.Way.FromNode() || f.Remedy == nil {
			continue
		}
		if other := f.Remedy.Apply(request).Own.Namespace; other != request.Own.Namespace {
			return f.Remedy.Words + " with --node-namespace " + other
		}
	}
	return ""
}

// howToGoOn is what the command line offers against a plan that is known to fail.
func (r *report) howToGoOn(p *kube.Problem) string {
	switch host := r.around.Host; {
	case r.node != "" && host != nil && host.Gone:
		return "kubectl get nodes lists them"
	case errors.Is(p, debug.ErrBlocked):
		return "use another --image, --preset or --profile, or go on anyway with --force"
	}
	return "to try it anyway, add --force"
}

func joinHints(hints ...string) string {
	var given []string
	for _, hint := range hints {
		if hint != "" {
			given = append(given, hint)
		}
	}
	return strings.Join(given, "; ")
}

func (r *report) noteProblem(p *kube.Problem) { r.note(joinHints(p.Message, advice(p, r.flags))) }

// lookedAt is what a registry says about the image of the plan; zero: it was not asked, or has not answered in time.
type lookedAt struct {
	registry.Image
	err error
}

// against is what the registry says against the image. That it is made for other nodes is a finding already, where the node is known.
func (r *report) against(err error) *kube.Problem {
	var p *registry.Problem
	if !errors.As(err, &p) || p.Kind == registry.WrongPlatform && r.around.OS != "" && r.around.Arch != "" {
		return nil
	}
	return &p.Problem
}

// ask asks the cluster and the registry about the plan, both at a time and for a limited time.
func (r *report) ask(ctx context.Context) (answer debug.Preflight, image lookedAt) {
	var both sync.WaitGroup
	both.Go(func() { answer = r.askCluster(ctx) })
	if r.asksRegistry() {
		both.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, registryPatience)
			defer cancel()
			image.Image, image.err = r.registry().Look(ctx, r.plan.Image, r.platform(), nil)
			if ctx.Err() != nil {
				image = lookedAt{}
			}
		})
	}
	both.Wait()
	return answer, image
}

func (r *report) askCluster(ctx context.Context) debug.Preflight {
	ctx, cancel := context.WithTimeout(ctx, preflightPatience)
	defer cancel()
	return debug.RunPreflight(ctx, r.cluster, r.plan)
}

// asksRegistry reports whether the registry could tell something that changes the findings: registries limit how often they are asked, and a
// script may run thousands of commands. Of a shipped preset it is known that there is an image for the usual node.
func (r *report) asksRegistry() bool {
	if r.silent || r.ownImage() && !r.copy.sets(r.copy.place) { // which has been pulled for the pod
		return false
	}
	if !r.shipped || r.platform() != choice.Platform("", "") {
		return true
	}
	if r.facts.Image != nil { // the preset tells its user
		return false
	}
	asRoot := r.facts
	asRoot.Image = &debug.ImageFacts{User: "root"}
	return texts(debug.Check(r.plan, asRoot)) != texts(debug.Check(r.plan, r.facts))
}

func texts(findings []debug.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Text)
	}
	return strings.Join(all, "\n")
}

func (r *report) registry() *registry.Registry {
	return registry.New(registry.Options{Nixery: r.config.Nixeries(), Realms: r.config.Realms()})
}

// platform is the one that the image has to be made for.
func (r *report) platform() registry.Platform { return choice.Platform(r.around.OS, r.around.Arch) }
