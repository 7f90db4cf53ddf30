package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// judgement is what comes of letting the cluster judge a deed.
type judgement struct {
	verdict Verdict
	problem *Problem // nil when the verdict is Yes
	lacks   bool     // the right to make the change is missing: no other profile would help
	guarded bool     // a guard rail of ours forbids it: the cluster has not been asked
	name    string   // of the container that was judged
}

const (
	admissionPatience = 10 * time.Second // the longest a webhook is waited for by default
	admissionHolds    = 30 * time.Second // how long a judgement is believed
)

// judge lets the cluster judge a plan, unless it is known already what it would say. A dry-run is safe on every cluster this can reach: API
// servers that would take it for the real thing are older than 1.13 (https://kubernetes.io/blog/2019/01/14/apiserver-dry-run-and-kubectl-diff/)
// and have no ephemeral containers.
func (c *Cluster) judge(ctx context.Context, p Plan) judgement {
	if problem := c.guard.Check(p); problem != nil {
		return judgement{verdict: No, problem: problem, guarded: true}
	}
	add := []Right{rightToAdd()}
	if found := c.access(ctx, p.Debug, add); found[0].Verdict == No {
		return judgement{problem: c.withAsk(ctx, lacks(p.Debug, add, found), p.Debug, add), lacks: true}
	}
	j, err := c.admissions.of(ctx, p.deed.likeness(), func(ctx context.Context) (judgement, time.Duration) {
		ctx, cancel := context.WithTimeout(ctx, admissionPatience)
		defer cancel()
		j := verdictOf(p, p.try(ctx, c))
		if j.lacks {
			j.problem = c.withAsk(ctx, j.problem, p.Debug, add)
		}
		if j.verdict == Unknown {
			return j, unknownHolds
		}
		return j, admissionHolds
	})
	if err != nil {
		return judgement{problem: unjudged(p, "the cluster has not answered yet", "")}
	}
	return j.of(p.Debug.Container)
}

// of is the judgement with the name of another container that is alike: sentences name it.
func (j judgement) of(container string) judgement {
	if j.problem == nil || j.name == container {
		return j
	}
	problem := *j.problem
	problem.What = strings.ReplaceAll(problem.What, j.name, container)
	problem.Hint = strings.ReplaceAll(problem.Hint, j.name, container)
	j.problem, j.name = &problem, container
	return j
}

// verdictOf reads what came of a dry-run. A refusal of the API server is a no; that somebody could not be asked is not.
func verdictOf(p Plan, err error) judgement {
	j := judgement{verdict: Unknown, name: p.Debug.Container}
	if err == nil {
		j.verdict = Yes
		return j
	}
	j.problem = Explain(err)
	why := strings.TrimPrefix(j.problem.What, fmt.Sprintf("add %s to pod %s: ", p.Debug.Container, p.Debug.Pod))
	text := rootText(err)
	switch {
	case strings.Contains(text, "does not support dry run"):
		j.problem = unjudged(p, why, "that webhook answers no question beforehand: what it says shows when the container is added")
	case deniedByWebhook(err), deniedByPolicy(err):
		j.verdict = No
	case strings.Contains(text, "failed calling webhook"):
		j.problem = unjudged(p, why, "that webhook may be down: adding the container may fail for the same reason")
	case isTimeout(err), apierrors.IsTimeout(err):
		j.problem = unjudged(p, why, "it can be tried, and may take as long")
	case apierrors.IsForbidden(err):
		j.verdict, j.lacks = No, isRBAC(text)
	case apierrors.IsInvalid(err), apierrors.IsNotFound(err), apierrors.IsBadRequest(err):
		j.verdict = No
	case errors.Is(err, context.Canceled):
		j.problem = unjudged(p, "nobody has waited for the cluster's answer", "")
	default:
		help := j.problem.Help
		j.problem = unjudged(p, why, j.problem.Hint)
		j.problem.Help = help
	}
	return j
}

// unjudged is the Problem of a plan that nobody has judged.
func unjudged(p Plan, why, hint string) *Problem {
	return &Problem{What: fmt.Sprintf("it is not known whether the cluster admits this in pod %s: %s", p.Debug.Pod, why), Hint: hint}
}
