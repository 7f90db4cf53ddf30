package inventory_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// Jobs of tools are found, too; one that only ends a pod which was found is not told beside it.
func TestFindJobs(t *testing.T) {
	job := func(name string, labels map[string]string, changes ...func(*batchv1.Job)) *batchv1.Job {
		j := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop", UID: types.UID("uid-of-" + name), Labels: labels, CreationTimestamp: metav1.NewTime(now())}}
		for _, change := range changes {
			change(j)
		}
		return j
	}
	dayfly := map[string]string{"app.kubernetes.io/managed-by": "dayfly"}
	idle := func(j *batchv1.Job) {
		j.Spec.Parallelism, j.Spec.ActiveDeadlineSeconds, j.Spec.TTLSecondsAfterFinished = new(int32(0)), new(int64(3600)), new(int32(0))
	}
	active := func(j *batchv1.Job) {
		j.Status.Active = 1
		j.Spec.Template.Spec = corev1.PodSpec{HostPID: true, Containers: []corev1.Container{{Name: "trace", Image: "tr\x1bace"}}}
	}
	over := func(j *batchv1.Job) {
		j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}
	}
	owned := func(p *corev1.Pod) {
		p.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: "copy", UID: "uid-of-copy"}}
	}
	s := &server{
		pods: []*corev1.Pod{
			pod("copy", label("app.kubernetes.io/managed-by", "dayfly"), owned),
			pod("kubectl-trace-1-x2k4b", label("iovisor.org/kubectl-trace", "1"), ownedBy("Job kubectl-trace-1")),
		},
		jobs: []*batchv1.Job{
			job("copy", dayfly, idle), job("orphan", dayfly, idle), job("nightly-report", map[string]string{"app": "report"}), job("mirrord-tests", map[string]string{"app": "mirrord"}),
			job("mirrord-agent-x", map[string]string{"app": "mirrord"}, over), job("kubectl-trace-1", map[string]string{"iovisor.org/kubectl-trace": "1"}, active),
		},
	}
	r := find(t.Context(), t, s, "shop", kube.Guard{})
	var got []string
	for _, i := range r.items {
		if i.Kind == inventory.Job {
			got = append(got, i.Target.Pod+": "+brief(i)+" until "+i.Until.Format("15:04"))
			apitest.WantClean(t, i.Image)
		}
	}
	want := []string{
		"kubectl-trace-1: certain Job by kubectl trace, root on node, running; hostPID until 00:00",
		"mirrord-agent-x: certain Job by mirrord, over, ended until 00:00",
		"orphan: likely Job by dayfly, over, runs nothing until 13:00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
	// The pods come in the order of the answers.
	ofJob := slices.ContainsFunc(r.items, func(i inventory.Item) bool { return i.Owned && i.Target.Pod == "copy" })
	if len(r.items) != 5 || !ofJob {
		t.Errorf("found %q, that a Job ends the copy: %v", briefs(r.items), ofJob)
	}
}
