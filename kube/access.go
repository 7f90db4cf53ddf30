package kube

import (
	"slices"
	"strings"
)

// Right is one verb on one resource.
type Right struct {
	Verb     string
	Resource string // with its subresource, pods/ephemeralcontainers, and with its group where that is not the core group: jobs.batch
}

// split are the parts of what the right is on.
func (r Right) split() (group, resource, subresource string) {
	resource, subresource, _ = strings.Cut(r.Resource, "/")
	resource, group, _ = strings.Cut(resource, ".")
	return group, resource, subresource
}

func (r Right) String() string { return r.Verb + " " + r.Resource }

// DebugRights are the rights that debugging with an ephemeral container uses, in the order of use.
func DebugRights() []Right {
	return []Right{
		{"get", "pods"}, RightToAdd(), {"list", "pods"}, {"watch", "pods"},
		{"list", "events"}, {"watch", "events"}, {"get", "pods/log"}, RightToAttach(), RightToUpgrade(),
	}
}

// CopyRights are the rights that debugging in a copy of a pod uses, in the order of use.
func CopyRights() []Right {
	return []Right{
		{"get", "pods"}, RightToCreate(), {"list", "pods"}, {"watch", "pods"},
		{"list", "events"}, {"watch", "events"}, {"get", "pods/log"}, RightToAttach(), RightToUpgrade(), RightToDelete(),
	}
}

// TimerRights are the rights that a copy of a pod uses besides those that is made with a Job to end it, in the order of use.
func TimerRights() []Right {
	return []Right{RightToTime(), {"get", "jobs.batch"}, {"patch", "jobs.batch"}, {"delete", "jobs.batch"}}
}

// ExecRights are the rights that a private session uses besides those of debugging, and the end of a debug container, in the order of
// use.
func ExecRights() []Right {
	return []Right{RightToExec(), RightToUpgradeExec()}
}

// RightToAdd is the right to add an ephemeral container.
func RightToAdd() Right { return Right{"patch", "pods/ephemeralcontainers"} }

// RightToCreate is the right to create a pod.
func RightToCreate() Right { return Right{"create", "pods"} }

// RightToDelete is the right to delete a pod.
func RightToDelete() Right { return Right{"delete", "pods"} }

// RightToTime is the right to create a Job, which ends what it owns after a time.
func RightToTime() Right { return Right{"create", "jobs.batch"} }

// RightToAttach is the right to attach; by WebSocket that took only RightToUpgrade before Kubernetes 1.35.
func RightToAttach() Right { return Right{"create", "pods/attach"} }

// RightToUpgrade is the right to begin an attach as a GET, as WebSockets do.
func RightToUpgrade() Right { return Right{"get", "pods/attach"} }

// RightToExec is the right to run a command in a container.
func RightToExec() Right { return Right{"create", "pods/exec"} }

// RightToUpgradeExec is the right to begin an exec as a GET, as WebSockets do.
func RightToUpgradeExec() Right { return Right{"get", "pods/exec"} }

// Needed reports whether there is no session without the right: others only make it better.
func (r Right) Needed() bool { return r.Without() == "" }

// Without says what is missed without a right that is not needed.
func (r Right) Without() string {
	switch {
	case r == RightToUpgrade():
		// A WebSocket begins as a GET (kubernetes/kubernetes#134577); [stream.Attach] has SPDY to fall back to.
		return "attaching falls back from WebSocket to SPDY, which not every proxy lets through"
	case r == RightToUpgradeExec():
		return "private sessions fall back from WebSocket to SPDY, which not every proxy lets through"
	case r == RightToDelete():
		return "dayfly cannot delete the copy afterwards"
	case r == RightToTime():
		return "the cluster does not delete the copy if dayfly cannot"
	case r.Verb == "patch" && r.Resource == "jobs.batch":
		return "the copy's lifetime cannot be extended"
	case r.Resource == "jobs.batch":
		return "the copy's Job stays until its time is over"
	case r.Resource == "events":
		return "dayfly cannot say why a container does not start"
	case r.Resource == "pods/log":
		return "output from before the attach is lost"
	}
	return ""
}

// Verdict is what the cluster answers to a question of yes or no. Whatever is not clearly yes or no is Unknown.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota
	Yes
	No
)

func (v Verdict) String() string {
	switch v {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// Access is whether a person has a right.
type Access struct {
	Right   Right
	Verdict Verdict
	Reason  string // the authorizer's words, which are often none; for Unknown, why it is not known
}

// accessKey names one review.
type accessKey struct {
	namespace, pod string
	right          Right
}

// RightsThat are the rights with a verdict.
func RightsThat(list []Access, v Verdict) []Right {
	var rights []Right
	for _, a := range list {
		if a.Verdict == v {
			rights = append(rights, a.Right)
		}
	}
	return rights
}

// VerdictOn finds the verdict on a right.
func VerdictOn(list []Access, right Right) Verdict {
	if i := slices.IndexFunc(list, func(a Access) bool { return a.Right == right }); i >= 0 {
		return list[i].Verdict
	}
	return Unknown
}
