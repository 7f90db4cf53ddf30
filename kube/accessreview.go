package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

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
	Group       string `json:"group,omitempty"`
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
	group, resource, subresource := key.right.split()
	asked := review{Kind: "SelfSubjectAccessReview", APIVersion: "authorization.k8s.io/v1", Spec: reviewSpec{reviewAttributes{
		Namespace: key.namespace, Verb: key.right.Verb, Group: group, Resource: resource, Subresource: subresource, Name: key.pod,
	}}}
	unknown := func(err error) Access {
		reason := "no answer from the cluster in time"
		if !errors.Is(err, context.Canceled) && !IsTimeout(err) {
			reason = Explain(c.Problem("ask for rights", err)).Message
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
	a := Access{Right: right, Reason: Sanitize(s.Reason)}
	switch {
	case s.Denied:
		a.Verdict = No
	case s.EvaluationError != "":
		a.Reason = "the cluster could not work it out: " + Sanitize(s.EvaluationError)
	case s.Allowed == nil:
		a.Reason = "the cluster's answer says neither yes nor no"
	case *s.Allowed:
		a.Verdict = Yes
	default:
		a.Verdict = No
	}
	return a
}
