package debug

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
)

// The cluster's refusal counts before findings, and a doubt or a warning stops nothing.
func TestBlocking(t *testing.T) {
	t.Parallel()
	refused := Preflight{Admission: kube.No, Problem: &kube.Problem{Message: "refused"}}
	for name, c := range map[string]struct {
		preflight Preflight
		findings  []Finding
		want      string
	}{
		"nothing known":       {},
		"admitted":            {preflight: Preflight{Admission: kube.Yes}},
		"refused":             {preflight: refused, want: "refused"},
		"refused and stopped": {preflight: refused, findings: []Finding{{Severity: Blocking, Text: "root"}}, want: "refused"},
		"stopped":             {findings: []Finding{{Severity: Warning, Text: "memory"}, {Severity: Blocking, Text: "root"}}, want: "root"},
		"a doubt":             {preflight: Preflight{Problem: &kube.Problem{Message: "it is not known"}}},
		"warnings":            {findings: []Finding{{Severity: Warning, Text: "memory"}, {Severity: Info, Text: "user"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if p := BlockingProblem(c.preflight, c.findings); p != nil {
				got = p.Message
			}
			if got != c.want {
				t.Errorf("it is %q, want %q", got, c.want)
			}
		})
	}
}
