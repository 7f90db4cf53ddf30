package debug

import (
	"errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ErrBlocked is the cause of a [kube.Problem] that says why a plan is known to fail.
var ErrBlocked = errors.New("known to fail")

// Blocking returns why a plan is known to fail: the cluster refuses it, or else the first of the findings that stops it. It is nil when
// nothing is known against the plan. Such knowledge may be wrong or old, so a person may overrule it: the cluster has the last word.
func Blocking(f Preflight, findings []Finding) *kube.Problem {
	if f.Stops() && f.Problem != nil {
		return f.Problem
	}
	for _, found := range findings {
		if found.Weight == Stops {
			return &kube.Problem{What: found.Text, Err: ErrBlocked}
		}
	}
	return nil
}
