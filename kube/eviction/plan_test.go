package eviction_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/eviction"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// podOf is a pod that app=web selects; kind is that of its controller, which is called web, and empty for none.
func podOf(kind string) *corev1.Pod {
	return apitest.RunningPod(func(p *corev1.Pod) {
		p.Labels = map[string]string{"app": "web"}
		if kind == "" {
			return
		}
		group := map[string]string{"Job": "batch/v1", "CloneSet": "apps.kruise.io/v1alpha1"}[kind]
		if group == "" {
			group = "apps/v1"
		}
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: group, Kind: kind, Name: "web", UID: "u-set", Controller: new(true)}}
	})
}

// factsOf are those of a pod whose controller could be read, and wants two.
func factsOf(kind string) eviction.Facts {
	pod := podOf(kind)
	controller := selectors.ControllerOf(pod)
	if controller != nil && !controller.Foreign {
		controller.Read, controller.Wanted, controller.Ready = true, 2, 2
	}
	web := selectors.Selecting{Kind: "Service", Name: "web", Selector: labels.SelectorFromSet(labels.Set{"app": "web"})}
	return eviction.Facts{
		Context: "test", Pod: pod, Controller: controller, Around: selectors.Namespace{Services: []selectors.Service{{Selecting: web}}},
		Endpoints: map[string]selectors.Endpoints{"web": {Known: true, Ready: []string{"other", "web"}}},
	}
}

func told(t *testing.T, effects []selectors.Effect) []string {
	t.Helper()
	var lines []string
	for _, e := range effects {
		apitest.WantClean(t, e.Text)
		if e.Warns {
			e.Text = "! " + e.Text
		}
		lines = append(lines, e.Text)
	}
	return lines
}

func TestPlan(t *testing.T) {
	for name, tt := range map[string]struct {
		kind   string
		change func(*eviction.Facts)
		bare   bool
		want   []string
	}{
		"bare":       {"", nil, true, []string{"! Nothing makes another pod in its place: it has no controller"}},
		"foreign":    {"CloneSet", nil, true, []string{"! CloneSet web has made it: whether that makes another is not known"}},
		"ReplicaSet": {"ReplicaSet", func(f *eviction.Facts) { f.Controller.Of = "Deployment web" }, false, []string{"ReplicaSet web of Deployment web makes another in its place"}},
		"orphan":     {"ReplicaSet", func(f *eviction.Facts) { f.Controller.Gone = true }, true, []string{"! Nothing makes another pod in its place: ReplicaSet web does not exist any more"}},
		"scaled to none": {"ReplicaSet", func(f *eviction.Facts) { f.Controller.Wanted = 0 }, true, []string{
			"! Nothing makes another pod in its place: ReplicaSet web wants none any more",
		}},
		"not read": {"ReplicaSet", func(f *eviction.Facts) { f.Controller.Read, f.Controller.Wanted = false, 0 }, true, []string{
			"! ReplicaSet web could not be read: whether another pod comes in its place is not known",
		}},
		"Services not read": {"ReplicaSet", func(f *eviction.Facts) {
			f.Around.Services, f.Around.Unread = nil, []string{selectors.Services}
		}, false, []string{
			"ReplicaSet web makes another in its place", "! The Services could not all be read: whether it is the last that serves one is not known",
		}},
		"StatefulSet": {"StatefulSet", nil, false, []string{"StatefulSet web makes it again, with its name and its claims, when it has gone"}},
		"DaemonSet":   {"DaemonSet", nil, false, []string{"DaemonSet web makes another on node node-1, even if that is cordoned"}},
		"Job": {"Job", nil, false, []string{
			"! Job web starts another pod: the work begins again, and this one counts as failed, towards its backoffLimit",
		}},
		"Job that ignores": {"Job", func(f *eviction.Facts) { f.Controller.Ignores = true }, false, []string{
			"! Job web starts another pod: the work begins again; its podFailurePolicy does not count this one as failed",
		}},
		"the last": {"ReplicaSet", func(f *eviction.Facts) { f.Endpoints["web"] = selectors.Endpoints{Known: true, Ready: []string{"web"}} }, false, []string{
			"ReplicaSet web makes another in its place", "! It is the last that serves Service web: requests fail until another pod is ready",
		}},
		"not ready, and nobody": {"ReplicaSet", func(f *eviction.Facts) { f.Endpoints["web"] = selectors.Endpoints{Known: true} }, false, []string{"ReplicaSet web makes another in its place"}},
		"endpoints unread": {"ReplicaSet", func(f *eviction.Facts) { f.Endpoints["web"] = selectors.Endpoints{} }, false, []string{
			"ReplicaSet web makes another in its place", "! Whether other pods serve Service web could not be read",
		}},
		"only ready one": {"ReplicaSet", func(f *eviction.Facts) {
			f.Around.Services = nil
			f.Controller.Ready = 1
			f.Pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		}, false, []string{"ReplicaSet web makes another in its place", "! It is the only pod of ReplicaSet web that is ready"}},
		"budgets, data, debuggers, finalizers": {"ReplicaSet", func(f *eviction.Facts) {
			f.Asked = true
			f.Around.DisruptionBudgets = []selectors.Budget{{Selecting: selectors.Selecting{Kind: "PodDisruptionBudget", Name: "b", Selector: labels.Everything()}, Allowed: 1}}
			f.Pod.Spec.Volumes = []corev1.Volume{
				{Name: "a\x1b", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}, {Name: "b", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
				{Name: "c", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{}}},
			}
			f.Pod.Finalizers = []string{"shop/hold"}
			f.Pod.Status.EphemeralContainerStatuses = []corev1.ContainerStatus{{Name: "debugger-a", State: apitest.Running()}, {Name: "debugger-b", State: apitest.Terminated(0, "", "")}}
		}, false, []string{
			"ReplicaSet web makes another in its place", "PodDisruptionBudget b allows 1 disruption now", "! What is in its volumes a␛ and b (emptyDir) is lost",
			"What is in its volume c (hostPath) stays on node node-1", "! Debug container debugger-a ends with it",
			"! It has finalizer shop/hold: it stays until whoever set that lets it go", "The cluster would evict it now",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := factsOf(tt.kind)
			if tt.change != nil {
				tt.change(&f)
			}
			p := eviction.Of(f)
			if diff := cmp.Diff(tt.want, told(t, p.Effects)); diff != "" || p.Bare != tt.bare || p.Unknown != (name == "foreign" || name == "not read") || p.Refusal != nil {
				t.Errorf("bare: %t, refusal: %v; the effects are (- want, + got):\n%s", p.Bare, p.Refusal, diff)
			}
		})
	}
}

func TestPlanIsRefused(t *testing.T) {
	no := &kube.Problem{Message: "no"}
	for name, tt := range map[string]struct {
		change func(*eviction.Facts)
		want   string
	}{
		"static":        {func(f *eviction.Facts) { f.Static = true }, "pod web is static: evicting it takes away only what stands for it in the API, and the kubelet of its node runs it on"},
		"being deleted": {func(f *eviction.Facts) { f.Pod.DeletionTimestamp = &metav1.Time{} }, "pod web is being deleted already"},
		"denied":        {func(f *eviction.Facts) { f.Denied = no }, "no"},
		"by a budget":   {func(f *eviction.Facts) { f.Answer = no }, "no"},
	} {
		f := factsOf("ReplicaSet")
		tt.change(&f)
		if p := eviction.Of(f); p.Refusal == nil || p.Refusal.Message != tt.want {
			t.Errorf("%s: %v, want %s", name, p.Refusal, tt.want)
		}
	}
}
