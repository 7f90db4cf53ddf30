package debug

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// admissionResult is what comes of letting the cluster judge a change.
type admissionResult struct {
	verdict kube.Verdict
	problem *kube.Problem // nil when the verdict is Yes
	lacks   bool          // a right to make the change is missing: no other profile would help
	right   kube.Right    // which one; of a copy it may be the one to create its Job
	guarded bool          // a guard rail of ours forbids it: the cluster has not been asked
	about   kube.Target   // the container that was judged
	pod     *corev1.Pod   // as it would be; nil where the verdict is not Yes
}

const (
	admissionPatience = 10 * time.Second // the longest a webhook is waited for by default
	admissionHolds    = 30 * time.Second // how long an admission result is believed
)

// admissionsOf is what the cluster has judged of late, by the key of their changes.
func admissionsOf(c *kube.Cluster) *kube.Answers[string, admissionResult] {
	return kube.Remembered(c, func() *kube.Answers[string, admissionResult] { return &kube.Answers[string, admissionResult]{} })
}

// judge lets the cluster judge a plan, unless it is known already what it would say. A dry-run is safe on every cluster this can reach: API
// servers that would take it for the real thing are older than 1.13 (https://kubernetes.io/blog/2019/01/14/apiserver-dry-run-and-kubectl-diff/)
// and have no ephemeral containers.
func judge(ctx context.Context, c *kube.Cluster, p Plan) admissionResult {
	if problem := p.Forbidden(c.Guard()); problem != nil {
		return admissionResult{verdict: kube.No, problem: problem, guarded: true}
	}
	own := []kube.Right{p.Change.Right()}
	if found := c.AccessTo(ctx, p.reviewed(), own); found[0].Verdict == kube.No {
		return admissionResult{problem: c.WithAsk(ctx, lacks(p, own, found), p.Debug, own), lacks: true, right: own[0]}
	}
	j, err := admissionsOf(c).Of(ctx, p.Change.Key(), func(ctx context.Context) (admissionResult, time.Duration) {
		ctx, cancel := context.WithTimeout(ctx, admissionPatience)
		defer cancel()
		pod, err := p.dryRun(ctx, c)
		j := classify(p, err)
		if err == nil {
			j.pod = pod
		}
		if j.lacks {
			j.problem = c.WithAsk(ctx, j.problem, p.Debug, []kube.Right{j.right})
		}
		if j.verdict == kube.Unknown {
			return j, kube.UnknownHolds
		}
		return j, admissionHolds
	})
	if err != nil {
		return admissionResult{problem: unjudged(p, "the cluster has not answered yet", "")}
	}
	return j.of(p.Debug)
}

// of is the admission result with the names of another container that is alike: sentences name it, and so does the pod.
func (j admissionResult) of(other kube.Target) admissionResult {
	if j.about == other {
		return j
	}
	if j.pod != nil {
		j.pod = renamed(j.pod, j.about, other)
	}
	if j.problem == nil {
		j.about = other
		return j
	}
	names := strings.NewReplacer(j.about.Container, other.Container, j.about.Pod, other.Pod)
	problem := *j.problem
	problem.Message, problem.Hint = names.Replace(problem.Message), names.Replace(problem.Hint)
	if problem.Err != nil {
		problem.Err = renamedError{problem.Err, names.Replace(kube.RootText(problem.Err))}
	}
	j.problem, j.about = &problem, other
	return j
}

// renamedError is an error that names another container.
type renamedError struct {
	error
	text string
}

func (r renamedError) Error() string { return r.text }

func (r renamedError) Unwrap() error { return r.error }

// renamed is a pod by another name, with another for one of its containers.
func renamed(pod *corev1.Pod, from, to kube.Target) *corev1.Pod {
	pod = pod.DeepCopy()
	pod.Name = to.Pod
	if c := specOf(&pod.Spec, from.Container); c != nil {
		c.Name = to.Container
	}
	return pod
}

// classify reads what came of a dry-run. A refusal of the API server is a no; that somebody could not be asked is not.
func classify(p Plan, err error) admissionResult {
	j := admissionResult{verdict: kube.Unknown, about: p.Debug}
	if err == nil {
		j.verdict = kube.Yes
		return j
	}
	j.problem = kube.Explain(err)
	why := strings.TrimPrefix(j.problem.Message, p.Change.Op()+": ")
	text := kube.RootText(err)
	switch {
	case strings.Contains(text, "does not support dry run"):
		j.problem = unjudged(p, why, "that webhook does not support dry runs: you see its answer when you go on")
	case kube.DeniedByWebhook(err), kube.DeniedByPolicy(err):
		j.verdict = kube.No
	case strings.Contains(text, "failed calling webhook"):
		j.problem = unjudged(p, why, "that webhook may be down: adding the container may fail for the same reason")
	case kube.IsTimeout(err), apierrors.IsTimeout(err):
		j.problem = unjudged(p, why, "you can try it, but it may take as long")
	case apierrors.IsForbidden(err):
		j.verdict, j.lacks, j.right = kube.No, kube.DeniedByRBAC(text), p.Change.Right()
		if refused, ok := kube.RefusedRight(text); ok && slices.Contains(p.Change.Rights(), refused) {
			j.right = refused
		}
		if p.Request.Way.FromNode() && !j.lacks && strings.Contains(text, "violates PodSecurity") {
			elsewhere := *j.problem // there is nothing in the pod but what is asked for
			elsewhere.Hint, elsewhere.Help = "the namespace allows no pod with such rights: create it in another one", nil
			j.problem = &elsewhere
		}
	case apierrors.IsInvalid(err), apierrors.IsNotFound(err), apierrors.IsBadRequest(err):
		j.verdict = kube.No
	case errors.Is(err, context.Canceled):
		j.problem = unjudged(p, "the check was cancelled before the cluster answered", "")
	default:
		help := j.problem.Help
		j.problem = unjudged(p, why, j.problem.Hint)
		j.problem.Help = help
	}
	return j
}

// unjudged is the Problem of a plan that nobody has judged.
func unjudged(p Plan, why, hint string) *kube.Problem {
	return &kube.Problem{Message: fmt.Sprintf("it is not known whether the cluster admits this in pod %s: %s", p.Debug.Pod, why), Hint: hint}
}
