package debug

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// The cluster's refusal counts before findings, and a doubt or a warning stops nothing.
func TestBlocking(t *testing.T) {
	t.Parallel()
	refused := Preflight{Admission: kube.No, Problem: &kube.Problem{What: "refused"}}
	for name, c := range map[string]struct {
		preflight Preflight
		findings  []Finding
		want      string
	}{
		"nothing known":       {},
		"admitted":            {preflight: Preflight{Admission: kube.Yes}},
		"refused":             {preflight: refused, want: "refused"},
		"refused and stopped": {preflight: refused, findings: []Finding{{Weight: Stops, Text: "root"}}, want: "refused"},
		"stopped":             {findings: []Finding{{Weight: Warns, Text: "memory"}, {Weight: Stops, Text: "root"}}, want: "root"},
		"a doubt":             {preflight: Preflight{Problem: &kube.Problem{What: "it is not known"}}},
		"warnings":            {findings: []Finding{{Weight: Warns, Text: "memory"}, {Weight: Tells, Text: "user"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if p := Blocking(c.preflight, c.findings); p != nil {
				got = p.What
			}
			if got != c.want {
				t.Errorf("it is %q, want %q", got, c.want)
			}
		})
	}
}
