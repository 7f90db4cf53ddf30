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
		all = slices.Concat(all, podcopy.Admitted(m.pod, f.Admitted, f.Copy.Around))
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
	return append(slices.Clip(found), m.checkLimits(f)...)
}

// checkLimits offers what helps where the limits of the namespace keep the copy, or its Job, from being created.
func (m *copying) checkLimits(f Facts) []Finding {
	if f.Refused == nil || f.Refused.Err == nil {
		return nil
	}
	limited, ok := kube.LimitedBy(kube.RootText(f.Refused.Err))
	if !ok {
		return nil
	}
	finding := Finding{Severity: Blocking, Text: f.Refused.Message}
	added := podcopy.Added(&m.pod.Spec, m.original)
	ours := func(name string) bool { return slices.Contains(added, name) }
	switch {
	case slices.Contains(limited.Exceeded, "count/jobs.batch") && m.timer != nil:
		finding.Remedy = &Remedy{"end the copy by its own deadline, without a Job", func(r Request) Request {
			r.Copy.NoTimer = true
			return r
		}}
	case len(added) == 0 || m.choices.Limited: // it has been tried
	case len(limited.Unspecified) > 0 && !slices.ContainsFunc(limited.Unspecified, func(name string) bool { return !ours(name) }), limited.Whole:
		finding.Remedy = &Remedy{"give " + podcopy.List(added) + " small requests and limits (" + podcopy.LimitWords() + ")", func(r Request) Request {
			r.Copy.Limited = true
			return r
		}}
	}
	return []Finding{finding}
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
