package debug

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// Check judges the copy: whom it disturbs, and whether it starts. Before what is around the pod has been read, it says nothing.
func (m *copying) Check(f Facts) []Finding {
	if f.Copy == nil {
		return nil
	}
	all := podcopy.Check(m.original, m.choices, f.Copy.Around)
	if f.Admitted != nil {
		// Behind what was known before: what comes late must not change what a key does that is about to be pressed.
		all = slices.Concat(all, podcopy.Admitted(m.Pod, f.Admitted, f.Copy.Around))
	}
	var found []Finding
	for _, one := range all {
		finding := Finding{Severity: severityOf(one.Severity), Text: one.Text}
		if len(one.Remedies) > 0 {
			finding.Remedy = remedyOf(one.Remedies[0])
		}
		if len(one.Remedies) > 1 {
			finding.Or = remedyOf(one.Remedies[1])
		}
		found = append(found, finding)
	}
	return append(slices.Clip(found), m.checkRefused(f)...)
}

// checkRefused offers what helps where the limits of the namespace keep the copy, or its Job, from being created, or the Job may not be.
func (m *copying) checkRefused(f Facts) []Finding {
	if f.Refused == nil || f.Refused.Err == nil {
		return nil
	}
	finding, why := Finding{Severity: Blocking, Text: f.Refused.Message}, kube.RootText(f.Refused.Err)
	if m.Timer != nil && jobRefused(f.Refused) {
		finding.Remedy = withoutTimer("copy")
		return []Finding{finding}
	}
	limited, ok := kube.LimitedBy(why)
	if !ok {
		return nil
	}
	added := podcopy.Added(&m.Pod.Spec, m.original)
	ours := func(name string) bool { return slices.Contains(added, name) }
	switch {
	case len(added) == 0 || m.choices.Limited: // it has been tried
	case len(limited.Unspecified) > 0 && !slices.ContainsFunc(limited.Unspecified, func(name string) bool { return !ours(name) }), limited.Whole:
		finding.Remedy = &Remedy{"give " + kube.List(added) + " small requests and limits (" + podcopy.LimitWords() + ")", func(r Request) Request {
			r.Copy.Limited = true
			return r
		}}
	}
	return []Finding{finding}
}

// withoutTimer is the remedy against a Job that cannot be created: the pod, in a word, has a deadline of its own (activeDeadlineSeconds).
func withoutTimer(what string) *Remedy {
	return &Remedy{"end the " + what + " by its own deadline (activeDeadlineSeconds), without a Job: its entry stays", func(r Request) Request {
		r.Own.NoTimer = true
		return r
	}}
}

// jobRefused reports whether a plan is refused for its Job: the right to create one is missing, or a quota for Jobs is used up.
func jobRefused(p *kube.Problem) bool {
	if p == nil || p.Err == nil {
		return false
	}
	why := kube.RootText(p.Err)
	if limited, ok := kube.LimitedBy(why); ok {
		return slices.Contains(limited.Exceeded, "count/jobs.batch")
	}
	right, ok := kube.RefusedRight(why)
	return ok && right == kube.RightToTime()
}

// WithoutJob is the plan of the same without the Job that ends it, for a cluster that has refused a plan because that Job may not be created; ok
// is false where that is not why. The pod ends by a deadline of its own.
func WithoutJob(pod *kube.Pod, refused Plan, why *kube.Problem) (p Plan, ok bool) {
	if !refused.Request.timed() || !jobRefused(why) {
		return Plan{}, false
	}
	p, err := NewPlan(pod, withoutTimer("copy").Apply(refused.Request))
	return p, err == nil
}

func severityOf(s podcopy.Severity) Severity {
	switch s {
	case podcopy.Blocking:
		return Blocking
	case podcopy.Warning:
		return Warning
	case podcopy.Info:
	}
	return Info
}

func remedyOf(r podcopy.Remedy) *Remedy {
	return &Remedy{Words: r.Words, Apply: func(request Request) Request {
		request.Copy.Choices = r.Apply(request.Copy.Choices)
		return request
	}}
}
