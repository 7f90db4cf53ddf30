package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Preflight is what the cluster says of a plan before anything is done.
type Preflight struct {
	Access []Access // of [Plan.Rights], in their order
	// Admission is the verdict on the exact change, after validation, Pod Security, quotas and webhooks. It is Unknown when the right to make
	// the change is missing: then nobody is asked.
	Admission Verdict
	// Problem says why not: a missing right, with what to ask for, or the words of the admission, with what would pass. Where something is
	// not known, it says why. It is nil when all is well.
	Problem *Problem
}

// Stops tells whether the plan is known to fail. A Problem that does not stop is about what is not known.
func (f Preflight) Stops() bool {
	return f.Admission == No || len(missing(f.Access)) > 0
}

// Notes are warnings of missing rights that a session can do without.
func (f Preflight) Notes() []Note {
	var notes []Note
	for _, right := range rightsThat(f.Access, No) {
		if !right.Needed() {
			notes = append(notes, Note{Warns: true, Text: fmt.Sprintf("you may not %s here: %s", right, right.without())})
		}
	}
	return notes
}

// Preflight asks for all rights that a plan uses, and lets the cluster judge the plan by a dry-run. It only reads. Answers are shared: rights
// hold for a minute, a judgement for half a minute, for all plans that differ in nothing but the name of the debug container. A cluster that
// does not answer takes it some thirteen seconds, so nobody should wait for it.
func (c *Cluster) Preflight(ctx context.Context, p Plan) Preflight {
	judged := make(chan judgement, 1)
	go func() { judged <- c.judge(ctx, p) }()
	f := Preflight{Access: c.access(ctx, p.Debug, p.Rights())}
	j := <-judged
	f.Admission = j.verdict
	switch lacking := missing(f.Access); {
	case j.guarded:
		f.Problem = j.problem
	case j.lacks && j.verdict == No: // the review did not know, the API server does
		f.Problem = c.withAsk(ctx, j.problem, p.Debug, append(rightsThat(f.Access, No), rightToAdd()))
	case len(lacking) > 0:
		f.Problem = c.withAsk(ctx, lacks(p.Debug, lacking, f.Access), p.Debug, rightsThat(f.Access, No))
	case j.problem != nil:
		f.Problem = j.problem
	case verdictOn(f.Access, rightToAttach()) == No:
		f.Problem = c.withAsk(ctx, &Problem{
			What: fmt.Sprintf("it is not known whether you could attach to pod %s: you may %s, which is enough before Kubernetes 1.35 only",
				p.Debug.Pod, rightToUpgrade()),
		}, p.Debug, []Right{rightToAttach()})
	case verdictOn(f.Access, rightToExec()) == No:
		f.Problem = c.withAsk(ctx, &Problem{
			What: fmt.Sprintf("it is not known whether you could run a shell in pod %s: you may %s, which is enough before Kubernetes 1.35 only",
				p.Debug.Pod, rightToUpgradeExec()),
		}, p.Debug, []Right{rightToExec()})
	default:
		f.Problem = unclear(p.Debug, f)
	}
	return f
}

// Rights are those that carrying out the plan and its session use, in the order of use: a private session does not attach.
func (p Plan) Rights() []Right {
	if len(p.Exec) == 0 {
		return DebugRights()
	}
	rights := slices.DeleteFunc(DebugRights(), func(r Right) bool { return r == rightToAttach() || r == rightToUpgrade() })
	return append(rights, ExecRights()...)
}

// missing are the rights that are needed and not there. Attaching by WebSocket took only "get" before Kubernetes 1.35
// (kubernetes/kubernetes#134577): with that alone it is not known to fail.
func missing(list []Access) []Right {
	return slices.DeleteFunc(rightsThat(list, No), func(r Right) bool {
		return !r.Needed() || r == rightToAttach() && verdictOn(list, rightToUpgrade()) == Yes ||
			r == rightToExec() && verdictOn(list, rightToUpgradeExec()) == Yes
	})
}

// lacks explains missing rights by what they keep from a person.
func lacks(t Target, lacking []Right, list []Access) *Problem {
	what := fmt.Sprintf("you may not debug pod %s", t.Pod)
	switch {
	case slices.Contains(lacking, rightToAdd()):
		what = fmt.Sprintf("you may not add a debug container to pod %s", t.Pod)
	case slices.Contains(lacking, rightToAttach()):
		what = fmt.Sprintf("you could add a debug container to pod %s, but not attach to it", t.Pod)
	case slices.Contains(lacking, rightToExec()):
		what = fmt.Sprintf("you could add a debug container to pod %s, but not run the private shell in it", t.Pod)
	}
	is := "is"
	if len(lacking) > 1 {
		is = "are"
	}
	what += fmt.Sprintf(": %s %s not allowed in namespace %s", sentence(lacking), is, t.Namespace)
	if i := slices.IndexFunc(list, func(a Access) bool { return a.Right == lacking[0] }); i >= 0 && list[i].Reason != "" {
		what += ": " + list[i].Reason
	}
	return &Problem{What: what}
}

// unclear is what is not known of the rights; nil when all is. Who has been admitted has the right to make the change.
func unclear(t Target, f Preflight) *Problem {
	unknown := slices.DeleteFunc(rightsThat(f.Access, Unknown), func(r Right) bool {
		return !r.Needed() || f.Admission == Yes && r == rightToAdd()
	})
	if len(unknown) == 0 {
		return nil
	}
	why := f.Access[slices.IndexFunc(f.Access, func(a Access) bool { return a.Right == unknown[0] })].Reason
	return &Problem{
		What: fmt.Sprintf("it is not known whether you may %s in namespace %s: %s", sentence(unknown), t.Namespace, why),
		Hint: "it can be tried: whether it is allowed shows then",
	}
}

// sentence lists rights: get pods, patch pods/ephemeralcontainers.
func sentence(rights []Right) string {
	words := make([]string, len(rights))
	for i, r := range rights {
		words[i] = r.String()
	}
	return strings.Join(words, ", ")
}
