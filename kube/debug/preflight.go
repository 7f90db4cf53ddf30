package debug

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Preflight is what the cluster says of a plan before anything is done.
type Preflight struct {
	Access []kube.Access // of [Plan.Rights], in their order
	// Admission is the verdict on the exact change, after validation, Pod Security, quotas and webhooks. It is Unknown when the right to make
	// the change is missing: then nobody is asked.
	Admission kube.Verdict
	// Problem says why not: a missing right, with what to ask for, or the words of the admission, with what would pass. Where something is
	// not known, it says why. It is nil when all is well.
	Problem *kube.Problem
	// Admitted is the pod as the cluster would make it, by which it can be told what it adds; nil: it has not said.
	Admitted *corev1.Pod
}

// Blocks reports whether the plan is known to fail. A Problem that does not stop is about what is not known.
func (f Preflight) Blocks() bool {
	return f.Admission == kube.No || len(missing(f.Access)) > 0
}

// Facts are facts with what the cluster says of the plan.
func (f Preflight) Facts(known Facts) Facts {
	known.Admitted, known.Refused = f.Admitted, nil
	if f.Admission == kube.No {
		known.Refused = f.Problem
	}
	return known
}

// Keeps reports whether what the plan leaves could not be taken away: the right to delete it is missing.
func (f Preflight) Keeps() bool { return kube.VerdictOn(f.Access, kube.RightToDelete()) == kube.No }

// Notes are warnings of missing rights that a session can do without.
func (f Preflight) Notes() []Note {
	var notes []Note
	for _, right := range kube.RightsThat(f.Access, kube.No) {
		if !right.Needed() {
			notes = append(notes, Note{Warns: true, Text: fmt.Sprintf("you may not %s here: %s", right, right.Without())})
		}
	}
	return notes
}

// RunPreflight asks for all rights that a plan uses, and lets the cluster judge the plan by a dry-run. It only reads. Answers are shared: rights
// hold for a minute, an admission result for half a minute, for all plans that differ in nothing but the name of the debug container. A cluster that
// does not answer takes it some thirteen seconds, so nobody should wait for it.
func RunPreflight(ctx context.Context, c *kube.Cluster, p Plan) Preflight {
	judged := make(chan admissionResult, 1)
	go func() { judged <- judge(ctx, c, p) }()
	f := Preflight{Access: c.AccessTo(ctx, p.reviewed(), p.Rights())}
	j := <-judged
	f.Admission, f.Admitted = j.verdict, j.pod
	switch lacking := missing(f.Access); {
	case j.guarded:
		f.Problem = j.problem
	case j.lacks && j.verdict == kube.No: // the review did not know, the API server does
		f.Problem = c.WithAsk(ctx, j.problem, p.Debug, append(kube.RightsThat(f.Access, kube.No), j.right))
	case len(lacking) > 0:
		f.Problem = c.WithAsk(ctx, lacks(p, lacking, f.Access), p.Debug, kube.RightsThat(f.Access, kube.No))
	case j.problem != nil:
		f.Problem = j.problem
	case kube.VerdictOn(f.Access, kube.RightToAttach()) == kube.No:
		f.Problem = c.WithAsk(ctx, &kube.Problem{
			Message: fmt.Sprintf("it is not known whether you could attach to pod %s: you may %s, which is enough only before Kubernetes 1.35",
				p.Debug.Pod, kube.RightToUpgrade()),
		}, p.Debug, []kube.Right{kube.RightToAttach()})
	case kube.VerdictOn(f.Access, kube.RightToExec()) == kube.No:
		f.Problem = c.WithAsk(ctx, &kube.Problem{
			Message: fmt.Sprintf("it is not known whether you could run a shell in pod %s: you may %s, which is enough only before Kubernetes 1.35",
				p.Debug.Pod, kube.RightToUpgradeExec()),
		}, p.Debug, []kube.Right{kube.RightToExec()})
	default:
		f.Problem = unclear(p, f)
	}
	return f
}

// Rights are those that carrying out the plan and its session use, in the order of use: a private session does not attach.
func (p Plan) Rights() []kube.Right {
	if len(p.Exec) == 0 {
		return p.Change.Rights()
	}
	rights := slices.DeleteFunc(p.Change.Rights(), func(r kube.Right) bool { return r == kube.RightToAttach() || r == kube.RightToUpgrade() })
	return append(rights, kube.ExecRights()...)
}

// reviewed is what rights are asked for on: the pod, where it is there already.
func (p Plan) reviewed() kube.Target {
	if p.Debug.Pod != p.Target.Pod {
		return kube.Target{Namespace: p.Debug.Namespace}
	}
	return p.Debug
}

// missing are the rights that are needed and not there. Attaching by WebSocket took only "get" before Kubernetes 1.35
// (kubernetes/kubernetes#134577): with that alone it is not known to fail.
func missing(list []kube.Access) []kube.Right {
	return slices.DeleteFunc(kube.RightsThat(list, kube.No), func(r kube.Right) bool {
		return !r.Needed() || r == kube.RightToAttach() && kube.VerdictOn(list, kube.RightToUpgrade()) == kube.Yes ||
			r == kube.RightToExec() && kube.VerdictOn(list, kube.RightToUpgradeExec()) == kube.Yes
	})
}

// lacks explains missing rights by what they keep from a person.
func lacks(p Plan, lacking []kube.Right, list []kube.Access) *kube.Problem {
	does := p.Change.Words()
	what := "you may not debug " + p.Target.Words()
	switch {
	case slices.Contains(lacking, p.Change.Right()):
		what = "you may not " + does
	case slices.Contains(lacking, kube.RightToAttach()):
		what = fmt.Sprintf("you could %s, but not attach to it", does)
	case slices.Contains(lacking, kube.RightToExec()):
		what = fmt.Sprintf("you could %s, but not run the private shell in it", does)
	}
	is := "is"
	if len(lacking) > 1 {
		is = "are"
	}
	what += fmt.Sprintf(": %s %s not allowed in namespace %s", sentence(lacking), is, p.Debug.Namespace)
	if i := slices.IndexFunc(list, func(a kube.Access) bool { return a.Right == lacking[0] }); i >= 0 && list[i].Reason != "" {
		what += ": " + list[i].Reason
	}
	return &kube.Problem{Message: what}
}

// unclear is what is not known of the rights; nil when all is. Who has been admitted has the right to make the change.
func unclear(p Plan, f Preflight) *kube.Problem {
	unknown := slices.DeleteFunc(kube.RightsThat(f.Access, kube.Unknown), func(r kube.Right) bool {
		return !r.Needed() || f.Admission == kube.Yes && r == p.Change.Right()
	})
	if len(unknown) == 0 {
		return nil
	}
	why := f.Access[slices.IndexFunc(f.Access, func(a kube.Access) bool { return a.Right == unknown[0] })].Reason
	return &kube.Problem{
		Message: fmt.Sprintf("it is not known whether you may %s in namespace %s: %s", sentence(unknown), p.Debug.Namespace, why),
		Hint:    "try it: you will see whether it is allowed",
	}
}

// sentence lists rights: get pods, patch pods/ephemeralcontainers.
func sentence(rights []kube.Right) string {
	words := make([]string, len(rights))
	for i, r := range rights {
		words[i] = r.String()
	}
	return strings.Join(words, ", ")
}

// ErrBlocked is the cause of a [kube.Problem] that says why a plan is known to fail.
var ErrBlocked = errors.New("known to fail")

// BlockingProblem returns why a plan is known to fail: the cluster refuses it, or else the first of the findings that stops it. It is nil when
// nothing is known against the plan. Such knowledge may be wrong or old, so a person may overrule it: the cluster has the last word.
func BlockingProblem(f Preflight, findings []Finding) *kube.Problem {
	if f.Blocks() && f.Problem != nil {
		return f.Problem
	}
	for _, found := range findings {
		if found.Severity == Blocking {
			return &kube.Problem{Message: found.Text, Err: ErrBlocked}
		}
	}
	return nil
}
