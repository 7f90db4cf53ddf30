package runner

import (
	"context"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Job is what a session is to be. With a Plan that is not Joins, the plan is carried out and its container attached to; otherwise the
// container, Target, is there.
type Job struct {
	Cluster *kube.Cluster
	Plan    *debug.Plan // that makes the container, or has made it; nil: another has
	Target  kube.Target // of the session; a plan that is carried out has it
	UID     string      // of the pod, for the journal; a plan has it
	About   About

	// Rename is not empty for a plan that was carried out before: the same is planned for the pod as it is now, with this name for the
	// container. Nothing is sent when that cannot be done.
	Rename string
	// Confirmed is the pod's name as a person has typed it, where [kube.Guard.Protected] or the plan asks for that ([debug.Plan.Replaces]).
	Confirmed string

	Joins    bool     // the container is there: its last screenful is shown, and not all that it has printed unless it is Piped
	TTY      bool     // how the container was made; a plan that is carried out has it
	ReadOnly bool     // nothing is typed to it
	Own      bool     // the container is the pod's own: what the session runs in it is ended with the session, and nothing else there ever is
	Mark     string   // what the processes of a shell in such a container are found by; see package shell
	Exec     []string // runs in the container, in the place of attaching to its program; a plan that is carried out has it
	Private  bool     // the container runs nothing but a sleep; a plan that is carried out has it
	Shell    []string // what one more shell in the container runs; empty: what the plan says
	Piped    bool     // it is for [Session.Stream]: programs use it, not a person
	Unlisted bool     // it is one of many, and in no list of sessions
	Ends     bool     // its container is ended when dayfly ends, whatever its plan says, and nobody is asked about that
}

// About is what the journal, and a person, should know of a session beside its plan.
type About struct {
	Preset string   // that the plan is of
	Batch  string   // the ID of the batch that it is one of; empty: of none
	Reason string   // why, in a person's words
	Record bool     // what it prints is kept; only of a session with a plan
	Try    []string // what the preset suggests to begin with
}

// Missing is what a person has to say before a job may start.
type Missing int

// What the rules of a context may ask for.
const (
	Nothing Missing = iota
	PodName         // the name of the pod: [Job.Confirmed]
	Reason          // why: [About.Reason]
)

// Allowed returns the rule of the context that forbids the job, as a problem whose error is [kube.ErrGuarded]; nil: none does.
func (j Job) Allowed() *kube.Problem {
	if j.Joins || j.Plan == nil {
		return j.Cluster.Guard().Closed()
	}
	return j.Plan.Forbidden(j.Cluster.Guard())
}

// Missing is what the rules of the context want to be said, and has not been; one after the other.
func (j Job) Missing() Missing {
	switch g := j.Cluster.Guard(); {
	case (g.Protected || j.carriesOut() && j.Plan.Replaces()) && j.Confirmed == "":
		return PodName
	case g.AskReason && strings.TrimSpace(j.About.Reason) == "":
		return Reason
	}
	return Nothing
}

// ToType is the pod, or the node, whose name is missing ([PodName]), and why, as a sentence without its full stop.
func (j Job) ToType() (about kube.Target, why string) {
	if !j.carriesOut() {
		return j.Target, Protected(j.Cluster.Context)
	}
	about = j.Plan.Target
	switch {
	case !j.Plan.Replaces():
		return about, Protected(j.Cluster.Context)
	case j.Cluster.Guard().Protected:
		return about, Protected(j.Cluster.Context) + ", and " + about.Words() + " will be deleted"
	}
	return about, about.Words() + " will be deleted"
}

// Protected is why a name has to be typed in a context that is.
func Protected(context string) string { return "context " + context + " is protected" }

// Join is a session with a debug container that runs. Where only a sleep runs, because it is for private sessions, the session is a shell of its
// own. Of the container, its terminal, its input and what it starts count.
func Join(cluster *kube.Cluster, t kube.Target, c kube.Container) Job {
	j := Job{Cluster: cluster, Target: t, Joins: true, TTY: c.TTY, ReadOnly: !c.TTY || !c.Stdin, Shell: debug.Shell(c.Starts)}
	if debug.Holds(c.Starts) {
		return j.AnotherShell(true)
	}
	return j
}

// AnotherShell is one more shell in the container of a job. A name that was typed for the job counts for that only.
func (j Job) AnotherShell(private bool) Job {
	j.Exec, j.Private, j.Joins, j.ReadOnly, j.Confirmed = j.shell(), private, true, false, ""
	if j.Own { // each is ended for itself
		return j.WithShell(j.Shell)
	}
	return j
}

// shell is what one more shell in the container runs: what the session runs itself if it does, else the container's shell.
func (j Job) shell() []string {
	switch {
	case len(j.Exec) > 0:
		return j.Exec
	case j.Plan != nil && len(j.Plan.Exec) > 0:
		return j.Plan.Exec
	case len(j.Shell) > 0:
		return j.Shell
	case j.Plan != nil && j.Plan.Request.Way.FromNode() && j.Plan.Change != nil:
		return debug.Shell(j.Plan.Change.Container().Command)
	case j.Plan != nil && !j.Plan.Request.ArgumentsOnly:
		return debug.Shell(j.Plan.Request.Command)
	}
	return debug.Shell(nil)
}

// carriesOut reports whether the job's plan is to be carried out.
func (j Job) carriesOut() bool { return j.Plan != nil && !j.Joins }

// complete is the job with all that its plan says of the session.
func (j Job) complete() Job {
	if !j.carriesOut() {
		j.Exec = slices.Clone(j.Exec)
		return j
	}
	plan := *j.Plan
	if j.Rename != "" {
		plan = plan.Again(j.Rename)
	}
	if j.Confirmed != "" {
		plan.Typed = j.Confirmed
	}
	plan = plan.Because(strings.TrimSpace(j.About.Reason))
	j.Plan, j.Target, j.TTY, j.Exec, j.Private = &plan, plan.Debug, plan.TTY, plan.Exec, plan.Request.Private
	return j
}

// Container is a debug container of a cluster.
type Container struct {
	Cluster *kube.Cluster
	Target  kube.Target
}

// container is the one that the job's session is with.
func (j Job) container() Container { return Container{j.Cluster, j.Target} }

// is reports whether both are the same container. A container of no cluster is none.
func (c Container) is(other Container) bool {
	return c.Target == other.Target && c.Cluster != nil && other.Cluster != nil && c.Cluster.Context == other.Cluster.Context
}

// replan makes the plan of a job anew, for the pod as it is now: it may have ended since. The error is a [*kube.Problem].
func replan(ctx context.Context, j Job) (debug.Plan, error) {
	about, pod := j.Plan.Target, j.Cluster.OnNode(j.Plan.Target.Node)
	if about.Pod != "" {
		var err error
		if pod, err = j.Cluster.Pod(ctx, about.Namespace, about.Pod); err != nil {
			return debug.Plan{}, err
		}
	}
	plan, err := debug.NewPlan(pod, j.Plan.Request)
	switch was := j.Plan.Target; {
	case err != nil:
	case plan.Target.Node != was.Node:
		err = &kube.Problem{
			Message: "the pod has changed: it is on node " + plan.Target.Node + " now, so the plan no longer applies",
			Hint:    "choose the tool again: dayfly shows what would be done now",
		}
	case plan.Target.Container != was.Container:
		err = &kube.Problem{
			Message: "the pod has changed: " + j.Plan.Target.Container + " is no longer running, so the plan no longer applies",
			Hint:    "choose the tool again: dayfly shows what would be done now",
		}
	}
	if plan.UID == j.Plan.UID { // a name is typed for one pod, not for its successor
		plan.Typed = j.Plan.Typed
	}
	return plan.Because(strings.TrimSpace(j.About.Reason)), err
}
