package debug

import (
	"errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

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
