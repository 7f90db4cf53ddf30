package pod

import (
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Summary is the right of the header: a pod in quarantine is not to be taken for one that serves.
func (s *Screen) Summary() string {
	if s.quarantined() == "" || s.Gone {
		return ""
	}
	return "in quarantine"
}

// quarantined tells that the pod is in quarantine, since when, by whom, and who does not have it; empty: it is in none.
func (s *Screen) quarantined() string {
	if s.Pod == nil {
		return ""
	}
	q, ok := quarantine.Of(s.Pod)
	switch {
	case !ok:
		return ""
	case q.Unkept:
		return "In quarantine by its label, but no annotation keeps what it was before: press " + s.Bindings.Quarantine.Help().Key
	case q.Unreadable:
		return "In quarantine, but what it was before cannot be read"
	}
	words := "In quarantine"
	if !q.Since.IsZero() {
		words += " for " + kit.Age(s.Now(), q.Since)
	}
	if q.By != "" {
		words += ", by " + q.By
	}
	switch n := len(q.Services); {
	case n == 1:
		words += ": not in Service " + q.Services[0]
	case n > 1:
		words += ": not in Services " + kube.List(q.Services)
	}
	if q.Controller != "" {
		words += "; left " + q.Controller
	}
	return words
}
