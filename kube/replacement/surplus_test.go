package replacement_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/replacement"
)

// podAs is a pod on a node that has been ready, and there, for an hour. Words change that: "web-a unready pending restarts=3 node=n-2 ready=1m age=1m cost=-5".
func podAs(t *testing.T, line string, now time.Time) corev1.Pod {
	t.Helper()
	words := strings.Fields(line)
	ago := func(value string) metav1.Time {
		d, err := time.ParseDuration(value)
		if err != nil {
			t.Fatal(err)
		}
		return metav1.NewTime(now.Add(-d))
	}
	ready := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: ago("1h")}
	pod := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: words[0], UID: types.UID("u-" + words[0]), CreationTimestamp: ago("1h")},
		Spec:       corev1.PodSpec{NodeName: words[0] + "-node"},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{}}},
	}
	for _, word := range words[1:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "unready":
			ready.Status = corev1.ConditionFalse
		case "pending", "failed":
			pod.Status.Phase = corev1.PodPhase(strings.ToUpper(key[:1]) + key[1:])
		case "deleting":
			pod.DeletionTimestamp = &metav1.Time{Time: now}
		case "restarts":
			pod.Status.ContainerStatuses[0].RestartCount = int32(len(value))
		case "node":
			pod.Spec.NodeName = value
		case "none":
			pod.Spec.NodeName = ""
		case "ready":
			ready.LastTransitionTime = ago(value)
		case "age":
			pod.CreationTimestamp = ago(value)
		case "cost":
			metav1.SetMetaDataAnnotation(&pod.ObjectMeta, corev1.PodDeletionCost, value)
		default:
			t.Fatalf("%q is not known", word)
		}
	}
	pod.Status.Conditions = []corev1.PodCondition{ready}
	return pod
}

// What is deleted of too many is what the controller of Kubernetes picks, and what it is picked for is said.
func TestSurplus(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		wanted int32
		pods   []string
		want   string
	}{
		"none is too many":       {2, []string{"a", "b"}, ""},
		"what goes counts not":   {2, []string{"a", "b deleting", "c failed", "d"}, ""},
		"without a node":         {1, []string{"a none pending", "b pending unready"}, "a is deleted, for it has no node"},
		"not started":            {1, []string{"a", "b pending unready"}, "b is deleted, for it has not started"},
		"not ready":              {1, []string{"a cost=-9", "b unready cost=9"}, "b is deleted, for it is not ready"},
		"by its cost":            {1, []string{"a cost=2 ready=1m", "b cost=1"}, "b is deleted, for its pod-deletion-cost is lower"},
		"no cost":                {1, []string{"a cost=x", "b cost=-1"}, "b is deleted, for its pod-deletion-cost is lower"},
		"on one node":            {2, []string{"a", "b node=n", "c node=n ready=1m"}, "most likely c is deleted, for it became ready later"},
		"more on its node":       {2, []string{"a ready=1m", "b node=n", "c node=n"}, "most likely b is deleted"},
		"crowded before younger": {2, []string{"a ready=1m", "b node=n", "c node=n ready=2h"}, "most likely b is deleted, for it became ready later"},
		"ready later":            {1, []string{"a ready=1m", "b ready=50m"}, "most likely a is deleted, for it became ready later"},
		"ready about as long":    {1, []string{"b ready=50m", "a ready=51m"}, "most likely a is deleted"},
		"restarts":               {1, []string{"a", "b restarts=xx"}, "most likely b is deleted, for it has restarted more often"},
		"younger":                {1, []string{"a", "b age=1m"}, "most likely b is deleted, for it is younger"},
		"several":                {1, []string{"a", "b pending unready", "c unready"}, "b is deleted, for it has not started; c is deleted, for it is not ready"},
		"all":                    {0, []string{"a"}, "a is deleted"},
	} {
		var pods []corev1.Pod
		for _, line := range tt.pods {
			pods = append(pods, podAs(t, line, now))
		}
		var says []string
		for _, s := range replacement.SurplusOf(pods, tt.wanted, now) {
			says = append(says, s.Says(s.Name))
			if s.UID != types.UID("u-"+s.Name) {
				t.Errorf("%s: the UID of %s is %s", name, s.Name, s.UID)
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(says, "; ")); diff != "" {
			t.Errorf("%s: it is said (- want, + got):\n%s", name, diff)
		}
	}
	young := replacement.YoungestOf([]corev1.Pod{podAs(t, "a age=1m", now), podAs(t, "b deleting", now), podAs(t, "c", now)})
	if got := fmt.Sprint(young); got != "[{a u-a it is younger false}]" {
		t.Errorf("of two on a node a DaemonSet deletes %s", got)
	}
}
