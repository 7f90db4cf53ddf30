package debug

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// finding is one line of a check's table: a weight's letter, the text, and the words of its remedies.
func (f Finding) line() string {
	out := [...]string{"tells: ", "warns: ", "stops: "}[f.Severity] + f.Text
	for _, r := range []*Remedy{f.Remedy, f.Or} {
		if r != nil {
			out += " | " + r.Words
		}
	}
	return out
}

func lines(found []Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.line())
	}
	return out
}

// checked is a plan for the pod and all findings about it.
func checked(t *testing.T, pod *kube.Pod, r Request, facts Facts) (Plan, []Finding) {
	t.Helper()
	plan, err := NewPlan(pod, r)
	if err != nil {
		t.Fatal(err)
	}
	if facts.Pod == nil {
		facts.Pod = pod
	}
	return plan, Check(plan, facts)
}

// wantFindings wants exactly the lines, each cleaned.
func wantFindings(t *testing.T, found []Finding, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(found)); diff != "" {
		t.Errorf("findings (- want, + got):\n%s", diff)
	}
	for _, line := range lines(found) {
		if line != kube.Sanitize(line) {
			t.Errorf("%q is not clean", line)
		}
	}
}

// Of a healthy pod there is nothing to say, and of nothing neither.
func TestNothingIsFound(t *testing.T) {
	_, found := checked(t, kube.NewPod(apitest.RunningPod()), request(func(r *Request) { r.Target = "app" }), Facts{
		Node:        &kube.Node{Name: "node-1", OS: "linux", Arch: "amd64", Ready: true},
		PodSecurity: "privileged",
		Image:       &ImageFacts{Platforms: []string{"linux/amd64"}, Size: 1 << 20},
		MemoryLimit: 1 << 30, MemoryUsed: 1 << 20,
	})
	wantFindings(t, found)
	wantFindings(t, Check(Plan{}, Facts{}))
	wantFindings(t, Check(Plan{}, Facts{Pod: &kube.Pod{}, Node: &kube.Node{Ready: true}, Image: &ImageFacts{}}))
}

func TestTheWorstComesFirst(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.HostNetwork, p.Spec.SecurityContext.RunAsUser = true, new(int64(1000))
	}))
	_, found := checked(t, pod, request(), Facts{Node: &kube.Node{Name: "n", Silent: true, Pressure: []string{"PIDPressure"}}})
	weights := make([]Severity, len(found))
	for i, f := range found {
		weights[i] = f.Severity
	}
	if diff := cmp.Diff([]Severity{Blocking, Warning, Warning, Info}, weights); diff != "" {
		t.Errorf("weights (- want, + got):\n%s%s", diff, strings.Join(lines(found), "\n"))
	}
}

// Findings change neither what they are drawn from nor, when they are fixed, the request.
func TestChecksArePure(t *testing.T) {
	object := apitest.RunningPod(apitest.WithDebugger("debugger-old", new(apitest.Running())), func(p *corev1.Pod) {
		p.Spec.SecurityContext.RunAsNonRoot, p.Spec.ShareProcessNamespace = new(true), new(true)
		p.Status.ContainerStatuses[0].ContainerID = "containerd://abc123"
	})
	before := object.DeepCopy()
	r := request(func(r *Request) { r.Target, r.Command, r.Env = "app", []string{"sh"}, []EnvVar{{"A", "1"}} })
	facts := Facts{PodSecurity: "baseline", Image: &ImageFacts{}}
	plan, first := checked(t, kube.NewPod(object), r, facts)
	adds := plan.Adds
	for _, f := range first {
		for _, remedy := range []*Remedy{f.Remedy, f.Or} {
			if remedy != nil {
				remedy.Apply(plan.Request)
			}
		}
	}
	facts.Pod = kube.NewPod(object)
	if diff := cmp.Diff(lines(first), lines(Check(plan, facts))); diff != "" || len(first) == 0 {
		t.Errorf("the second time they are (- first, + second):\n%s", diff)
	}
	if diff := cmp.Diff(before, object); diff != "" {
		t.Errorf("the pod was changed:\n%s", diff)
	}
	if plan.Adds != adds || plan.Request.Root || plan.Request.RunAsUser != nil || !slices.Equal(plan.Request.Command, []string{"sh"}) || len(plan.Request.Env) != 1 {
		t.Errorf("the plan was changed: %+v", plan.Request)
	}
}
