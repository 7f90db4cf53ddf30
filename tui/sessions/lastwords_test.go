package sessions

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// What is above the command says whether a person wanted it to stay, and what the cluster does; on the person's clock, whatever the cluster's says.
func TestLastWordsSayUntilWhen(t *testing.T) {
	cluster := kittest.NewHost(t).Cluster
	ends := func(away time.Duration) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
			UID: "1", OwnerReferences: []metav1.OwnerReference{{Kind: "Job", UID: "2"}},
			Annotations: map[string]string{leftovers.UntilAnnotation: cluster.Now().Add(away + 2*time.Second).Format(time.RFC3339)},
		}}
	}
	now := time.Date(2026, 3, 4, 23, 30, 0, 0, time.FixedZone("", 3600))
	for want, c := range map[string]struct {
		away        time.Duration
		owned, kept bool
	}{
		"Kept until 23:50 (in 20m), when the cluster deletes it; to delete it before:":       {20 * time.Minute, true, true},
		"Kept until 5 Mar 00:50 (in 80m), when the cluster deletes it; to delete it before:": {80 * time.Minute, true, true},
		"Kept for good; to delete:":   {0, false, true},
		"May still exist; to delete:": {20 * time.Minute, false, false},
		"May still exist until 23:50 (in 20m), when the cluster deletes it; to delete it before:": {20 * time.Minute, true, false},
	} {
		left := leftovers.Leftover{Owned: c.owned}.Made(ends(c.away))
		left.Kept = c.kept
		if got := headingOf(now, cluster, left); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What has the same fate is below one heading, and what several sessions share is there once, with what the cluster says wrongly of it.
func TestLastWordsAreSaidOnce(t *testing.T) {
	one := leftovers.Leftover{Target: kube.Target{Namespace: "shop", Pod: "one"}, Removable: true, Misdated: "it is out of date"}
	two := leftovers.Leftover{Target: kube.Target{Namespace: "shop", Pod: "two"}, Removable: true}
	var groups []lastWords
	for _, l := range []leftovers.Leftover{one, two, one} {
		groups = addLastWords(groups, "Kept:", l, "prod")
	}
	groups = addLastWords(groups, "May still exist:", two, "prod")
	want := []string{"  kubectl delete pod one --context=prod --namespace=shop", "    it is out of date", "  kubectl delete pod two --context=prod --namespace=shop"}
	if len(groups) != 2 || !slices.Equal(groups[0].lines, want) || len(groups[1].lines) != 1 {
		t.Errorf("%q", groups)
	}
}
