package practice_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// TestLists has an answer for every kind that who copies a pod asks about, in the shop and in all namespaces, to the viewer, too.
func TestLists(t *testing.T) {
	a := newAdmin(t)
	viewer := admin{a.Cluster, t, client(t, a.Cluster, "practice-viewer")}
	for _, test := range []struct{ group, resource, shop string }{
		{"/api/v1", "services", "cart checkout payments web"},
		{"/api/v1", "persistentvolumeclaims", "stock"},
		{"/api/v1", "resourcequotas", ""},
		{"/api/v1", "limitranges", ""},
		{"/apis/apps/v1", "statefulsets", ""},
		{"/apis/apps/v1", "daemonsets", ""},
		{"/apis/batch/v1", "jobs", "nightly-report"},
		{"/apis/networking.k8s.io/v1", "networkpolicies", "payments"},
		{"/apis/policy/v1", "poddisruptionbudgets", "web"},
	} {
		for _, path := range []string{test.group + "/namespaces/shop/" + test.resource, test.group + "/" + test.resource} {
			var list metav1.PartialObjectMetadataList
			viewer.must(http.MethodGet, path, "", &list)
			var names []string
			for _, item := range list.Items {
				names = append(names, item.Name)
			}
			if got := strings.Join(names, " "); got != test.shop {
				t.Errorf("%s: %q, want %q", path, got, test.shop)
			}
		}
	}
}

// TestPoliciesSelect has Services, a budget and a network policy that select pods of the shop which run.
func TestPoliciesSelect(t *testing.T) {
	a := newAdmin(t)
	var services corev1.ServiceList
	a.must(http.MethodGet, "/api/v1/namespaces/shop/services", "", &services)
	for _, service := range services.Items {
		a.selects("Service "+service.Name, service.Spec.Selector)
		if headless := service.Name == "payments"; headless != (service.Spec.ClusterIP == "None") || service.Spec.Type != corev1.ServiceTypeClusterIP {
			t.Errorf("%s has the address %q", service.Name, service.Spec.ClusterIP)
		}
	}
	var budgets policyv1.PodDisruptionBudgetList
	a.must(http.MethodGet, "/apis/policy/v1/namespaces/shop/poddisruptionbudgets", "", &budgets)
	for _, budget := range budgets.Items {
		a.selects("budget "+budget.Name, budget.Spec.Selector.MatchLabels)
	}
	var policies networkingv1.NetworkPolicyList
	a.must(http.MethodGet, "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies", "", &policies)
	for _, policy := range policies.Items {
		a.selects("policy "+policy.Name, policy.Spec.PodSelector.MatchLabels)
	}
}

// selects fails the test when no pod has the labels.
func (a admin) selects(what string, wanted map[string]string) {
	a.t.Helper()
	var list corev1.PodList
	a.must(http.MethodGet, pods+"?labelSelector="+strings.ReplaceAll(labels.Set(wanted).String(), "=", "%3D"), "", &list)
	if len(wanted) == 0 || len(list.Items) == 0 {
		a.t.Errorf("%s selects nothing by %v", what, wanted)
	}
}

// TestClaim has a pod that may write to a claim of which only one node may.
func TestClaim(t *testing.T) {
	a := newAdmin(t)
	var pod corev1.Pod
	a.must(http.MethodGet, pods+"/badregistry", "", &pod)
	i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.PersistentVolumeClaim != nil })
	if i < 0 {
		t.Fatal("it has no claim")
	}
	volume := pod.Spec.Volumes[i]
	if !slices.ContainsFunc(pod.Spec.Containers[0].VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume.Name && !m.ReadOnly }) {
		t.Errorf("nothing writes to it: %+v", pod.Spec.Containers[0].VolumeMounts)
	}
	var claim corev1.PersistentVolumeClaim
	a.must(http.MethodGet, "/api/v1/namespaces/shop/persistentvolumeclaims/"+volume.PersistentVolumeClaim.ClaimName, "", &claim)
	if claim.Status.Phase != corev1.ClaimBound || !slices.Equal(claim.Spec.AccessModes, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}) {
		t.Errorf("the claim is %+v", claim)
	}
}

// TestNoClaim does not schedule a pod whose claim there is not.
func TestNoClaim(t *testing.T) {
	a := newAdmin(t)
	a.must(http.MethodPost, pods, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"copy"},"spec":{
"containers":[{"name":"app","image":"registry.example/demo/web:1"}],"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"none"}}]}}`, nil)
	a.Clock.Advance(10 * time.Second)
	var pod corev1.Pod
	a.must(http.MethodGet, pods+"/copy", "", &pod)
	message := fmt.Sprint(pod.Status.Conditions)
	if want := `persistentvolumeclaim "none" not found`; pod.Spec.NodeName != "" || !strings.Contains(message, want) {
		t.Errorf("on node %q: %s, want %s", pod.Spec.NodeName, message, want)
	}
}
