package siblings_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/redact"
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
		"arguments":     {sick(flag), []corev1.Pod{*well}, "1 of 2 replicas is well; this one differs from web-2 in: args of app."},
		"revision":      {sick(), []corev1.Pod{*replica("web-0", "6c", true)}, "1 of 2 replicas is well; this one differs from web-0 in: revision."},
		"same node":     {sick(), []corev1.Pod{*replica("web-0", "7d", true, elsewhere), *well}, "2 of 3 replicas are well; this one does not differ from web-2 in node, image or specification."},
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

// The diff has what differs and nothing more, and tells of what was taken out of both pods that it differs.
func TestDiff(t *testing.T) {
	well := replica("web-2", "7d", true, func(p *corev1.Pod) {
		p.Annotations = map[string]string{"checksum/config": "aa", "cni.projectcalico.org/podIP": "10.0.0.1"}
	})
	sick := replica("web-1", "7d", false, func(p *corev1.Pod) {
		p.Spec.NodeName = "node-2"
		p.Annotations = map[string]string{"checksum/config": "bb", "cni.projectcalico.org/podIP": "10.0.0.2"}
		p.Spec.Containers[0].Env = append([]corev1.EnvVar{{Name: "NEW", Value: "planted-n"}}, corev1.EnvVar{Name: "X", Value: "planted-b"})
		p.Spec.Containers[0].Image = "shop:2"
	})
	s := siblings.Of(kube.NewPod(sick), []corev1.Pod{*well}, now)
	for _, want := range []string{
		"--- web-2, which is well\n+++ web-1, this one\n", "-    checksum/config: aa\n+    checksum/config: bb\n", "-    image: shop:1\n", "+    image: shop:2\n",
		"+    - name: NEW\n", "+      value: '‹redacted: env X› which differs'\n", "-  nodeName: node-1\n+  nodeName: node-2\n",
	} {
		if !strings.Contains(s.Diff, want) {
			t.Errorf("without %q:\n%s", want, s.Diff)
		}
	}
	for _, no := range []string{"planted", "calico", "+    name: app"} {
		if strings.Contains(s.Diff, no) {
			t.Errorf("%q is in it:\n%s", no, s.Diff)
		}
	}
	if got, want := s.Brief(), "1 of 2 replicas is well; this one differs in: node, image of app, env NEW of app, env X of app and annotation checksum/config"; got != want {
		t.Errorf("in short: %s, want %s", got, want)
	}
	if s = siblings.Of(kube.NewPod(well), []corev1.Pod{*sick}, now); s.Brief() != "" || s.Diff != "" {
		t.Errorf("with no replica that is well there is %q, and\n%s", s.Brief(), s.Diff)
	}
}

// What one pod has as a secret the other may have as a word of its command.
func TestSecretsOfBothPods(t *testing.T) {
	well := replica("web-2", "7d", true, func(p *corev1.Pod) {
		p.Spec.Containers[0].Env[0] = corev1.EnvVar{Name: "DB_PASSWORD", Value: "planted-well"}
		p.Spec.Containers[0].Args = []string{"planted-sick"}
	})
	sick := replica("web-1", "7d", false, func(p *corev1.Pod) {
		p.Spec.Containers[0].Env[0] = corev1.EnvVar{Name: "DB_PASSWORD", Value: "planted-sick"}
		p.Spec.Containers[0].Args = []string{"planted-well"}
	})
	s := siblings.Of(kube.NewPod(sick), []corev1.Pod{*well}, now)
	if told := fmt.Sprint(s.Diff, s.Differs); strings.Contains(told, "planted") || !strings.Contains(told, "args of app") {
		t.Errorf("told is %s", told)
	}
	r := redact.New()
	if err := s.TeachSecrets(r); err != nil || strings.Contains(r.Text("log", "I am planted-well"), "planted") {
		t.Errorf("the secrets of %s are not known: %v", s.Other, err)
	}
}

// Replicas are asked for by a selector and never all pods, though their controller may not be read.
func TestReadIsBounded(t *testing.T) {
	for _, may := range []bool{true, false} {
		var asked []string
		c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/pods"):
				asked = append(asked, r.URL.Query().Get("labelSelector")+" "+r.URL.Query().Get("limit"))
				w.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(w).Encode(corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Items: []corev1.Pod{*replica("web-2", "7d", true)}})
			case may && strings.Contains(r.URL.Path, "/replicasets/"):
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"metadata":{"name":"web-7d","uid":"7d"},"spec":{"selector":{"matchLabels":{"app":"web","pod-template-hash":"7d"}}}}`))
			default:
				apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "no", nil)
			}
		}))
		pod := replica("web-1", "7d", false, func(p *corev1.Pod) {
			p.OwnerReferences[0].APIVersion = "apps/v1"
			p.Labels["app"], p.Labels["statefulset.kubernetes.io/pod-name"] = "web", "web-1"
		})
		s := siblings.Read(t.Context(), c, kube.NewPod(pod))
		if want := []string{"app=web 500"}; !slices.Equal(asked, want) || s.Other != "web-2" {
			t.Errorf("the controller may be read: %v; asked %q, want %q; compared with %q, %v", may, asked, want, s.Other, s.Unread)
		}
	}
}
