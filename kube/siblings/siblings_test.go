package siblings_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/siblings"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// replica is a pod of a ReplicaSet; hash is its revision.
func replica(name, hash string, well bool, changes ...func(*corev1.Pod)) *corev1.Pod {
	yes := true
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: "shop", UID: types.UID(name), Labels: map[string]string{"pod-template-hash": hash}, CreationTimestamp: metav1.NewTime(now.Add(-time.Hour)),
			OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web-" + hash, UID: types.UID(hash), Controller: &yes}},
		},
		Spec: corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "app", Image: "shop:1", Env: []corev1.EnvVar{{Name: "X", Value: "planted-a"}}}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(now.Add(-time.Hour))}},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "app", Ready: well, ImageID: "shop@sha256:aa", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now.Add(-time.Hour))}},
			}},
		},
	}
	if !well {
		p.Status.Conditions[0].Status = corev1.ConditionFalse
		p.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

func TestDifferences(t *testing.T) {
	elsewhere := func(p *corev1.Pod) { p.Spec.NodeName = "node-2" }
	image := func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ImageID = "shop@sha256:bb" }
	env := func(p *corev1.Pod) { p.Spec.Containers[0].Env[0].Value = "planted-b" }
	flag := func(p *corev1.Pod) { p.Spec.Containers[0].Args = []string{"--password", "planted-c"} }
	account := func(p *corev1.Pod) {
		p.Spec.Volumes = []corev1.Volume{{Name: "kube-api-access-" + p.Name}}
		p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "kube-api-access-" + p.Name, MountPath: "/var/run"}}
	}
	sick := func(changes ...func(*corev1.Pod)) *corev1.Pod {
		return replica("web-1", "7d", false, append(changes, account)...)
	}
	well := replica("web-2", "7d", true, account)
	for name, c := range map[string]struct {
		pod    *corev1.Pod
		others []corev1.Pod
		want   string
	}{
		"equal":         {sick(), []corev1.Pod{*well, *replica("web-3", "7d", true)}, "2 of 3 replicas are well; this one does not differ from web-2 in node, image or specification."},
		"all":           {sick(elsewhere, image, env), []corev1.Pod{*well}, "1 of 2 replicas is well; this one differs from web-2 in: node, image digest of app and env X of app."},
		"arguments":     {sick(flag), []corev1.Pod{*well}, "1 of 2 replicas is well; this one differs from web-2 in: spec.containers[app].args."},
		"revision":      {sick(), []corev1.Pod{*replica("web-0", "6c", true)}, "1 of 2 replicas is well; this one differs from web-0 in: pod-template-hash."},
		"nearest":       {sick(), []corev1.Pod{*replica("web-0", "6c", true), *well}, "2 of 3 replicas are well; this one does not differ from web-2 in node, image or specification."},
		"none well":     {sick(), []corev1.Pod{*replica("web-2", "7d", false)}, "None of the 2 replicas is well."},
		"alone":         {sick(), []corev1.Pod{*sick()}, "It is the only replica of ReplicaSet web-7d."},
		"strangers":     {sick(), []corev1.Pod{*replica("cart-1", "9e", true, func(p *corev1.Pod) { p.OwnerReferences[0].Name = "cart-9e" })}, "It is the only replica of ReplicaSet web-7d."},
		"no controller": {sick(func(p *corev1.Pod) { p.OwnerReferences = nil }), []corev1.Pod{*well}, "The pod has no controller, so there are no replicas to compare it with."},
	} {
		t.Run(name, func(t *testing.T) {
			s := siblings.Of(kube.NewPod(c.pod), c.others, now)
			if got := s.Words(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if text := fmt.Sprintf("%+v", s); strings.Contains(text, "planted") {
				t.Errorf("a secret is in it: %s", text)
			}
		})
	}
}

func TestRead(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	pods, err := c.Pod(t.Context(), "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	s := siblings.Read(t.Context(), c, pods)
	if s.Unread != nil || len(s.Replicas) == 0 || s.Replicas[0].Name != "crasher" || s.Replicas[0].Well {
		t.Errorf("got %+v", s)
	}
	if slices.ContainsFunc(s.Replicas[1:], func(r siblings.Replica) bool { return r.Name == "crasher" }) {
		t.Errorf("the pod is its own sibling: %+v", s)
	}
}
