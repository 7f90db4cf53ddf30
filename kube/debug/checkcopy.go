package debug

import (
	"slices"

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
	return slices.Clip(found)
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
