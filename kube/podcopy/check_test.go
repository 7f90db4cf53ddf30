package podcopy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

const unlabelled = "tells: no Service sends the copy traffic: it has no labels"

// wantFindings wants these findings, in this order: "warns: text [remedy | remedy]". What every copy without labels is told is left out. Each remedy
// has to take its finding away, and must leave the choices that it is given as they are.
func wantFindings(t *testing.T, pod *corev1.Pod, c podcopy.Choices, e podcopy.Environment, want ...string) {
	t.Helper()
	before, chosen := pod.DeepCopy(), c
	chosen.Labels = slices.Clone(c.Labels)
	found := podcopy.Check(pod, c, e)
	var got []string
	for _, f := range found {
		var words []string
		for _, r := range f.Remedies {
			words = append(words, r.Words)
			for _, after := range podcopy.Check(pod, r.Apply(c), e) {
				if after.Text == f.Text {
					t.Errorf("to %s leaves: %s", r.Words, f.Text)
				}
			}
		}
		line := map[podcopy.Severity]string{podcopy.Info: "tells: ", podcopy.Warning: "warns: ", podcopy.Blocking: "stops: "}[f.Severity] + f.Text
		if len(words) > 0 {
			line += " [" + strings.Join(words, " | ") + "]"
		}
		apitest.WantClean(t, line)
		if line != unlabelled {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the findings are (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff(before, pod); diff != "" {
		t.Errorf("the pod has changed:\n%s", diff)
	}
	if diff := cmp.Diff(chosen, c); diff != "" {
		t.Errorf("the choices have changed:\n%s", diff)
	}
}

func labelled(pairs ...string) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			metav1.SetMetaDataLabel(&p.ObjectMeta, key, value)
		}
	})
}

// selecting is by a selector as kubectl takes it; "?" is one that could not be understood, and "none" one that selects nothing.
func selecting(t *testing.T, kind, name, selector string) selectors.Selecting {
	t.Helper()
	one := selectors.Selecting{Kind: kind, Name: name}
	switch selector {
	case "?":
	case "none":
		one.Selector = labels.Nothing()
	default:
		one.Selector = parsed(t, selector)
	}
	return one
}

func parsed(t *testing.T, selector string) labels.Selector {
	t.Helper()
	s, err := labels.Parse(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keeping(keys ...string) podcopy.Choices { return podcopy.Choices{Labels: keys} }

func TestCheckServices(t *testing.T) {
	pod := labelled("app=web", "tier=front", "other=x")
	probed := pod.DeepCopy()
	probed.Spec.Containers[0].ReadinessProbe = &corev1.Probe{}
	service := func(selector string, ports ...string) podcopy.Environment {
		return podcopy.Environment{Namespace: selectors.Namespace{Services: []selectors.Service{{Selecting: selecting(t, "Service", "web", selector), Ports: ports}}}}
	}
	unready := service("app=web")
	unready.Services[0].NotReady = true
	many := podcopy.Environment{}
	for i := range 3 {
		many.Services = append(many.Services, selectors.Service{Selecting: selecting(t, "Service", fmt.Sprint("s-", i), "app=web")})
	}
	guarded := service("app=web,tier=front")
	guarded.NetworkPolicies = []selectors.NetworkPolicy{{Selecting: selecting(t, "NetworkPolicy", "web", "app=web")}}
	const ready = "sends the copy traffic as soon as it is ready"
	probing := keeping(podcopy.All)
	probing.Readiness = true
	for name, tt := range map[string]struct {
		pod     *corev1.Pod
		choices podcopy.Choices
		around  podcopy.Environment
		want    []string
	}{
		"no labels":       {pod, keeping(), service("app=web"), nil},
		"its label":       {pod, keeping("app"), service("app=web"), []string{"warns: Service web " + ready + " [leave out label app]"}},
		"all labels":      {pod, keeping(podcopy.All), service("app=web", "http 80"), []string{"warns: Service web (port http 80) " + ready + " [leave out label app]"}},
		"ports":           {pod, keeping("app"), service("app=web", "80", "53/UDP"), []string{"warns: Service web (ports 80 and 53/UDP) " + ready + " [leave out label app]"}},
		"another label":   {pod, keeping("tier"), service("app=web"), nil},
		"another value":   {pod, keeping("app"), service("app=api"), nil},
		"one label short": {pod, keeping("app"), service("app=web,tier=front"), nil},
		"selects nothing": {pod, keeping(podcopy.All), service("none"), nil},
		"two labels":      {pod, keeping(podcopy.All), service("app=web,tier=front"), []string{"warns: Service web " + ready + " [leave out label app | leave out labels app and tier]"}},
		"one of them is a policy's": {pod, keeping(podcopy.All), guarded, []string{
			"warns: Service web " + ready + " [leave out label tier | leave out labels app and tier]",
		}},
		"not ready":       {pod, keeping("app"), unready, []string{"warns: Service web sends the copy traffic at once, ready or not [leave out label app]"}},
		"without a probe": {probed, keeping("app"), service("app=web"), []string{"warns: Service web " + ready + ": without its readiness probe, as soon as it runs [leave out label app]"}},
		"with its probe":  {probed, probing, service("app=web"), []string{"warns: Service web " + ready + " [leave out label app]"}},
		"many": {pod, keeping("app"), many, []string{
			"warns: Service s-0 " + ready + " [leave out label app]", "warns: Service s-1 " + ready + " [leave out label app]",
			"warns: Service s-2 " + ready + " [leave out label app]",
		}},
		"not understood":             {pod, keeping("app"), service("?"), []string{"warns: what Service web selects could not be understood: it may take the copy for a pod of its own [leave out all labels]"}},
		"not understood, no labels":  {pod, keeping(), service("?"), nil},
		"a pod without labels":       {labelled(), keeping(podcopy.All), service("app=web"), nil},
		"nothing known, with labels": {pod, keeping(podcopy.All), podcopy.Environment{}, nil},
	} {
		t.Run(name, func(t *testing.T) { wantFindings(t, tt.pod, tt.choices, tt.around, tt.want...) })
	}
}

func TestUnlabelledCopy(t *testing.T) {
	for name, c := range map[string]podcopy.Choices{"none kept": keeping(), "no such label": keeping("other")} {
		t.Run(name, func(t *testing.T) {
			found := podcopy.Check(labelled("app=web"), c, podcopy.Environment{})
			if len(found) != 1 || "tells: "+found[0].Text != unlabelled || found[0].Severity != podcopy.Info {
				t.Errorf("the findings are %+v", found)
			}
		})
	}
}

func TestCheckControllers(t *testing.T) {
	pod := labelled("app=web", "pod-template-hash=7d", "controller-uid=42", "job-name=nightly")
	const adopts = " would adopt the copy, for it selects its labels, and delete it "
	for name, tt := range map[string]struct {
		kind, selector string
		choices        podcopy.Choices
		want           []string
	}{
		"ReplicaSet": {"ReplicaSet", "app=web,pod-template-hash=7d", keeping(podcopy.All), []string{
			"warns: ReplicaSet x" + adopts + "or one of its own pods as one too many [leave out label pod-template-hash | leave out labels app and pod-template-hash]",
		}},
		"without the hash": {"ReplicaSet", "app=web,pod-template-hash=7d", keeping("app"), nil},
		"expressions": {"ReplicaSet", "app in (web,api),pod-template-hash,gone notin (a)", keeping(podcopy.All), []string{
			"warns: ReplicaSet x" + adopts + "or one of its own pods as one too many [leave out label pod-template-hash | leave out labels app and pod-template-hash]",
		}},
		"also without labels":   {"ReplicaSet", "app notin (api)", keeping(), []string{"warns: ReplicaSet x" + adopts + "or one of its own pods as one too many"}},
		"ReplicationController": {"ReplicationController", "app=web", keeping("app"), []string{"warns: ReplicationController x" + adopts + "or one of its own pods as one too many [leave out label app]"}},
		"Job":                   {"Job", "controller-uid=42", keeping(podcopy.All), []string{"warns: Job x" + adopts + "or one of its own pods as one too many [leave out label controller-uid]"}},
		"DaemonSet":             {"DaemonSet", "app=web", keeping("app"), []string{"warns: DaemonSet x" + adopts + "as one pod too many on its node [leave out label app]"}},
		"StatefulSet":           {"StatefulSet", "app=web", keeping("app"), []string{"tells: StatefulSet x selects the copy's labels, but adopts it only under a name like x-0 [leave out label app]"}},
		"not understood":        {"ReplicaSet", "?", keeping("app"), []string{"warns: what ReplicaSet x selects could not be understood: it may take the copy for a pod of its own [leave out all labels]"}},
		"nothing":               {"ReplicaSet", "none", keeping("app"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			around := podcopy.Environment{Namespace: selectors.Namespace{Controllers: []selectors.Selecting{selecting(t, tt.kind, "x", tt.selector)}}}
			wantFindings(t, pod, tt.choices, around, tt.want...)
		})
	}
}

func TestCheckBudgets(t *testing.T) {
	pod := labelled("app=web")
	budget := func(name, selector string, allowed int32) selectors.Budget {
		return selectors.Budget{Selecting: selecting(t, "PodDisruptionBudget", name, selector), Allowed: allowed}
	}
	around := podcopy.Environment{Namespace: selectors.Namespace{DisruptionBudgets: []selectors.Budget{
		budget("one", "app", 1), budget("all", "", 3), budget("others", "app=api", 0), budget("nobody", "none", 0),
	}}}
	const counts = " counts the copy as an available pod once it is ready: one pod more may be evicted"
	wantFindings(t, pod, keeping("app"), around,
		"tells: PodDisruptionBudget one"+counts+" [leave out label app]", "tells: PodDisruptionBudget all"+counts)
	wantFindings(t, pod, keeping(), around, "tells: PodDisruptionBudget all"+counts)
}
