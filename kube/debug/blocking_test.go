package debug_test

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// The cluster's refusal counts before findings, and a doubt or a warning stops nothing.
func TestBlocking(t *testing.T) {
	t.Parallel()
	refused := debug.Preflight{Admission: kube.No, Problem: &kube.Problem{Message: "refused"}}
	for name, c := range map[string]struct {
		preflight debug.Preflight
		findings  []debug.Finding
		want      string
	}{
		"nothing known":       {},
		"admitted":            {preflight: debug.Preflight{Admission: kube.Yes}},
		"refused":             {preflight: refused, want: "refused"},
		"refused and stopped": {preflight: refused, findings: []debug.Finding{{Severity: debug.Blocking, Text: "root"}}, want: "refused"},
		"stopped":             {findings: []debug.Finding{{Severity: debug.Warning, Text: "memory"}, {Severity: debug.Blocking, Text: "root"}}, want: "root"},
		"a doubt":             {preflight: debug.Preflight{Problem: &kube.Problem{Message: "it is not known"}}},
		"warnings":            {findings: []debug.Finding{{Severity: debug.Warning, Text: "memory"}, {Severity: debug.Info, Text: "user"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if p := debug.BlockingProblem(c.preflight, c.findings); p != nil {
				got = p.Message
			}
			if got != c.want {
				t.Errorf("it is %q, want %q", got, c.want)
			}
		})
	}
}
