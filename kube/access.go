package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Right is one verb on one resource of the core group.
type Right struct {
	Verb     string
	Resource string // with its subresource: pods/ephemeralcontainers
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

// ExecRights are the rights that a private session uses besides those of debugging, and the end of a debug container, in the order of
// use.
func ExecRights() []Right {
	return []Right{RightToExec(), RightToUpgradeExec()}
}

// RightToAdd is the right to add an ephemeral container.
func RightToAdd() Right { return Right{"patch", "pods/ephemeralcontainers"} }

// RightToCreate is the right to create a pod, and RightToDelete the one to take it away again.
func RightToCreate() Right { return Right{"create", "pods"} }

// RightToDelete is the right to delete a pod.
func RightToDelete() Right { return Right{"delete", "pods"} }

// RightToAttach is the right to attach; by WebSocket that took only RightToUpgrade before Kubernetes 1.35.
func RightToAttach() Right { return Right{"create", "pods/attach"} }

// RightToUpgrade is the right to begin an attach as a GET, as WebSockets do.
func RightToUpgrade() Right { return Right{"get", "pods/attach"} }

// RightToExec is the right to run a command in a container, and RightToUpgradeExec the one to begin that as a GET.
func RightToExec() Right { return Right{"create", "pods/exec"} }

// RightToUpgradeExec is the right to begin an exec as a GET, as WebSockets do.
func RightToUpgradeExec() Right { return Right{"get", "pods/exec"} }

// Needed tells a right without which there is no session from one that only makes it better.
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
		return "the copy stays when its session is over"
	case r.Resource == "events":
		return "it is not told why a container does not start"
	case r.Resource == "pods/log":
		return "what is printed before the terminal is attached is lost"
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

const (
	accessPatience = 3 * time.Second // how long all reviews may take
	accessHolds    = time.Minute     // how long an answer is believed
)

// UnknownHolds is how long what could not be learnt is not asked again.
const UnknownHolds = 5 * time.Second

// Access asks the cluster whether its user has rights in a namespace, all at once, and believes the answers for a minute. They come in the
// order of rights. A review that is forbidden, fails, or takes more than three seconds is Unknown.
func (c *Cluster) Access(ctx context.Context, namespace string, rights []Right) []Access {
	return c.AccessTo(ctx, Target{Namespace: namespace}, rights)
}

// AccessTo asks for rights on one pod, or on all of the namespace when the target has none.
func (c *Cluster) AccessTo(ctx context.Context, t Target, rights []Right) []Access {
	ctx, cancel := context.WithTimeout(ctx, accessPatience)
	defer cancel()
	found := make([]Access, len(rights))
	var all sync.WaitGroup
	for i, right := range rights {
		all.Go(func() { found[i] = c.may(ctx, t, right) })
	}
	all.Wait()
	return found
}

// accessKey names one review.
type accessKey struct {
	namespace, pod string
	right          Right
}

// may is the verdict on one right. A role may be for pods of certain names only: a no for the whole namespace is asked again for the pod.
func (c *Cluster) may(ctx context.Context, t Target, right Right) Access {
	whole := c.reviewed(ctx, accessKey{t.Namespace, "", right})
	if resource, _, _ := strings.Cut(right.Resource, "/"); whole.Verdict != No || t.Pod == "" || resource != "pods" {
		return whole
	}
	return c.reviewed(ctx, accessKey{t.Namespace, t.Pod, right})
}

func (c *Cluster) reviewed(ctx context.Context, key accessKey) Access {
	found, err := c.rights.Of(ctx, key, func(ctx context.Context) (Access, time.Duration) {
		ctx, cancel := context.WithTimeout(ctx, accessPatience)
		defer cancel()
		a := c.review(ctx, key)
		if a.Verdict == Unknown {
			return a, UnknownHolds
		}
		return a, accessHolds
	})
	if err != nil {
		return Access{Right: key.right, Reason: "the cluster has not answered yet"}
	}
	return found
}

// review is a SelfSubjectAccessReview, with the fields that are used here.
// https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
type review struct {
	Kind       string       `json:"kind"`
	APIVersion string       `json:"apiVersion"`
	Spec       reviewSpec   `json:"spec"`
	Status     reviewStatus `json:"status,omitzero"`
}

type reviewSpec struct {
	ResourceAttributes reviewAttributes `json:"resourceAttributes"`
}

type reviewAttributes struct {
	Namespace   string `json:"namespace"`
	Verb        string `json:"verb"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	Name        string `json:"name,omitempty"`
}

type reviewStatus struct {
	Allowed         *bool  `json:"allowed"` // always there in an answer
	Denied          bool   `json:"denied"`
	Reason          string `json:"reason"`
	EvaluationError string `json:"evaluationError"`
}

// review asks. It is posted, but nothing is stored: it changes nothing.
func (c *Cluster) review(ctx context.Context, key accessKey) Access {
	resource, subresource, _ := strings.Cut(key.right.Resource, "/")
	asked := review{Kind: "SelfSubjectAccessReview", APIVersion: "authorization.k8s.io/v1", Spec: reviewSpec{reviewAttributes{
		Namespace: key.namespace, Verb: key.right.Verb, Resource: resource, Subresource: subresource, Name: key.pod,
	}}}
	unknown := func(err error) Access {
		reason := "no answer from the cluster in time"
		if !errors.Is(err, context.Canceled) && !IsTimeout(err) {
			reason = Explain(c.Problem("ask for rights", err)).What
		}
		return Access{Right: key.right, Reason: reason}
	}
	question, err := json.Marshal(asked)
	if err != nil {
		return unknown(err)
	}
	body, err := BodyOf(c.core.Post().AbsPath("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews").
		SetHeader("Content-Type", "application/json").Body(question).Do(ctx))
	if err != nil {
		return unknown(err)
	}
	var told review
	if err := json.Unmarshal(body, &told); err != nil {
		return unknown(fmt.Errorf("read the answer: %w", err))
	}
	return told.Status.access(key.right)
}

// access judges an answer. One that contradicts itself, or is made in spite of an error, is not taken for a yes.
func (s reviewStatus) access(right Right) Access {
	a := Access{Right: right, Reason: Clean(s.Reason)}
	switch {
	case s.Denied:
		a.Verdict = No
	case s.EvaluationError != "":
		a.Reason = "the cluster could not work it out: " + Clean(s.EvaluationError)
	case s.Allowed == nil:
		a.Reason = "the cluster's answer says neither yes nor no"
	case *s.Allowed:
		a.Verdict = Yes
	default:
		a.Verdict = No
	}
	return a
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
