package quarantine_test

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/quarantine"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// What the commands of kubectl do is a whole quarantine, from which the pod can be restored: what was there is kept before it is taken away.
func TestCommands(t *testing.T) {
	const at = " --context=test --namespace=shop"
	const kept = `{"labels":{"app":"web"},"services":["web"],"by":"ann"}`
	pod := podOf("", "app=web")
	out := quarantine.Out(factsOf(pod, around(t, "Service web app=web")), false)
	want := "kubectl annotate pod web 'dayfly-k8s.github.io/quarantined=" + kept + "'" + at + " && kubectl label pod web app- dayfly-k8s.github.io/quarantine=true" + at
	if out.Command != want {
		t.Errorf("the command is %s, want %s", out.Command, want)
	}
	pod.Labels = map[string]string{quarantine.Label: quarantine.LabelValue}
	pod.Annotations = map[string]string{quarantine.Annotation: kept}
	state, ok := quarantine.Of(kube.NewPod(pod))
	if !ok || state.Unkept || state.Unreadable || !state.Since.IsZero() || state.By != "ann" || strings.Join(state.Services, ",") != "web" {
		t.Errorf("by the command it is in quarantine: %t, %+v", ok, state)
	}
	back := quarantine.Back(factsOf(pod, around(t, "Service web app=web")))
	want = "kubectl label pod web app=web dayfly-k8s.github.io/quarantine-" + at + " && kubectl annotate pod web dayfly-k8s.github.io/quarantined-" + at
	if back.Command != want || back.Refusal != nil {
		t.Errorf("the command back is %s, want %s (%v)", back.Command, want, back.Refusal)
	}
}

// A pod that has only the label gets what its controller gives its pods, and loses the label. What cannot be known is said.
func TestLabelWithoutAnnotation(t *testing.T) {
	controller := func(selector string, template map[string]string) *selectors.Controller {
		return &selectors.Controller{Kind: "ReplicaSet", Name: "web-7d", Read: true, Wanted: 1, Selector: parsed(t, selector), Template: template}
	}
	template := map[string]string{"app": "web", "tier": "front", "pod-template-hash": "7d"}
	const by = "! No annotation keeps the labels that it had"
	for name, tt := range map[string]struct {
		of     string // the controller that it still has
		left   *selectors.Controller
		keys   string
		told   string
		labels string // after
	}{
		"has left it":    {"", controller("app=web", template), "app,pod-template-hash", by + ": it gets those that ReplicaSet web-7d gives its pods", "app=web,pod-template-hash=7d,tier=back"},
		"has it still":   {"ReplicaSet web-7d", controller("tier=back", map[string]string{"role": "serve"}), "role", by + ": it gets those that ReplicaSet web-7d gives its pods", "role=serve,tier=back"},
		"lacks none":     {"", controller("tier=back", map[string]string{"tier": "back"}), "", by + "; it has all that ReplicaSet web-7d gives its pods", "tier=back"},
		"of another":     {"", controller("app=web,tier=front", template), "", by + ", and no controller tells them: put back by hand those that its Services need", "tier=back"},
		"nobody made it": {"", nil, "", by + ", and no controller tells them: put back by hand those that its Services need", "tier=back"},
		"cannot be read": {"", &selectors.Controller{Kind: "ReplicaSet", Name: "web-7d"}, "", by + ", and no controller tells them: put back by hand those that its Services need", "tier=back"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := stand(t)
			s.pod.Labels = podOf("", "tier=back", quarantine.Label+"=true").Labels
			s.pod.OwnerReferences = podOf(tt.of).OwnerReferences
			state, ok := quarantine.Of(kube.NewPod(s.pod.DeepCopy()))
			if !ok || !state.Unkept || state.Unreadable {
				t.Fatalf("it is in quarantine: %t, %+v", ok, state)
			}
			f := factsOf(s.pod.DeepCopy(), around(t, "Service web app=web"))
			if f.Left = tt.left; tt.of != "" {
				f.Controller, f.Left = tt.left, nil
			}
			p := quarantine.Back(f)
			if got := strings.Join(p.Keys, ","); got != tt.keys || p.Refusal != nil || !p.Unkept {
				t.Fatalf("it gets %q (%v), want %q", got, p.Refusal, tt.keys)
			}
			if got := told(t, p.Effects); len(got) == 0 || got[0] != tt.told {
				t.Errorf("it is told %q, want %q", got, tt.told)
			}
			if strings.Contains(p.Command, "annotate") || !strings.Contains(p.Command, "dayfly-k8s.github.io/quarantine- ") {
				t.Errorf("the command is %s", p.Command)
			}
			if err := p.Apply(t.Context(), c, ""); err != nil {
				t.Fatal(err)
			}
			var pairs []string
			for _, key := range []string{"app", "pod-template-hash", "role", "tier", quarantine.Label} {
				if value, there := s.pod.Labels[key]; there {
					pairs = append(pairs, key+"="+value)
				}
			}
			if got := strings.Join(pairs, ","); got != tt.labels {
				t.Errorf("its labels are %s, want %s", got, tt.labels)
			}
		})
	}
}
