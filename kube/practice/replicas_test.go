package practice_test

import (
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// webs is the pods of the shop with the label of web, by name.
func (a admin) webs() map[string]corev1.Pod {
	a.t.Helper()
	var list corev1.PodList
	a.must(http.MethodGet, pods+"?labelSelector=app=web", "", &list)
	found := map[string]corev1.Pod{}
	for _, pod := range list.Items {
		found[pod.Name] = pod
	}
	return found
}

// counted is how many pods the ReplicaSet of web has, and how many are ready; and the same of the Deployment.
func (a admin) counted() string {
	a.t.Helper()
	var sets appsv1.ReplicaSetList
	a.must(http.MethodGet, "/apis/apps/v1/namespaces/shop/replicasets?labelSelector=app=web", "", &sets)
	var deployment appsv1.Deployment
	a.must(http.MethodGet, "/apis/apps/v1/namespaces/shop/deployments/web", "", &deployment)
	rs, d := sets.Items[0].Status, deployment.Status
	return fmt.Sprintf("%d/%d %d/%d", rs.ReadyReplicas, rs.Replicas, d.ReadyReplicas, d.Replicas)
}

func (a admin) label(pod, labels string) {
	a.t.Helper()
	a.must(http.MethodPatch, pods+"/"+pod, `{"metadata":{"labels":`+labels+`}}`, nil)
}

// TestReplicas takes a pod away from its ReplicaSet by its labels, and gives it back: there is another meanwhile, and one too many afterwards.
func TestReplicas(t *testing.T) {
	a := newAdmin(t)
	before := a.webs()
	names := slices.Sorted(maps.Keys(before))
	sick := names[0]
	a.label(sick, `{"app":null}`)
	a.Clock.Advance(20 * time.Second)

	var released corev1.Pod
	a.must(http.MethodGet, pods+"/"+sick, "", &released)
	if len(released.OwnerReferences) != 0 || released.DeletionTimestamp != nil || released.UID != before[sick].UID {
		t.Errorf("the released pod is %+v", released.ObjectMeta)
	}
	if got := a.counted(); got != "2/2 2/2" {
		t.Errorf("ready and all are %s, want two", got)
	}
	now := a.webs()
	maps.DeleteFunc(now, func(name string, _ corev1.Pod) bool { return before[name].Name != "" })
	if len(now) != 1 {
		t.Fatalf("%d pods have come, want one", len(now))
	}
	for name, pod := range now {
		owner, hash := metav1.GetControllerOf(&pod), before[sick].Labels["pod-template-hash"]
		if owner == nil || !metav1.IsControlledBy(&pod, &metav1.ObjectMeta{UID: before[sick].OwnerReferences[0].UID}) ||
			pod.Labels["pod-template-hash"] != hash || !strings.HasPrefix(name, "web-"+hash+"-") || pod.Status.Phase != corev1.PodRunning {
			t.Errorf("the replacement %s is %+v, %s", name, pod.ObjectMeta, pod.Status.Phase)
		}
	}

	a.label(sick, `{"app":"web"}`)
	a.Clock.Advance(20 * time.Second)
	if got, want := slices.Sorted(maps.Keys(a.webs())), names; !slices.Equal(got, want) {
		t.Errorf("there are %q, want the two of the beginning, %q: the youngest goes", got, want)
	}
	a.must(http.MethodGet, pods+"/"+sick, "", &released)
	if got := metav1.GetControllerOf(&released); got == nil || got.UID != before[sick].OwnerReferences[0].UID || !*got.BlockOwnerDeletion {
		t.Errorf("the pod that has come back is owned by %+v", released.OwnerReferences)
	}
	if got := a.counted(); got != "2/2 2/2" {
		t.Errorf("ready and all are %s, want two", got)
	}
}

// TestReplicaDeleted has a new pod at once, beside the one that is ending.
func TestReplicaDeleted(t *testing.T) {
	a := newAdmin(t)
	names := slices.Sorted(maps.Keys(a.webs()))
	a.must(http.MethodDelete, pods+"/"+names[1], "", nil)
	a.Clock.Advance(300 * time.Millisecond)
	if now := a.webs(); len(now) != 3 {
		t.Errorf("%d pods while one is ending, want three", len(now))
	}
	if got := a.counted(); got != "1/2 1/2" {
		t.Errorf("ready and all are %s, want one of two", got)
	}
	a.Clock.Advance(20 * time.Second)
	if now := a.webs(); len(now) != 2 || now[names[0]].Name == "" || a.counted() != "2/2 2/2" {
		t.Errorf("%d pods, %s", len(now), a.counted())
	}
}

// TestRollout has a Deployment with the ReplicaSets of two releases: its status counts the pods of both, and comes to rest.
func TestRollout(t *testing.T) {
	c := start(t, practice.Options{Manual: true, More: []fs.FS{manifests.Rollout()}})
	a := admin{c, t, client(t, c, "")}
	var deployment, later appsv1.Deployment
	a.must(http.MethodGet, "/apis/apps/v1/namespaces/billing/deployments/invoices", "", &deployment)
	s := deployment.Status
	if got := fmt.Sprintf("%d/%d, %d updated", s.ReadyReplicas, s.Replicas, s.UpdatedReplicas); got != "2/3, 1 updated" {
		t.Errorf("the status is %s", got)
	}
	c.Clock.Advance(time.Second)
	a.must(http.MethodGet, "/apis/apps/v1/namespaces/billing/deployments/invoices", "", &later)
	if later.ResourceVersion != deployment.ResourceVersion {
		t.Errorf("it is written although nothing has changed: %s, then %s", deployment.ResourceVersion, later.ResourceVersion)
	}
}
