package debug

import (
	"context"
	"fmt"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// debugSession is the reason of the events that [Announce] makes.
const debugSession = "DebugSession"

// Announce puts an event on the target's pod, so that others who look at the pod see what is being done there: in kubectl describe, and in
// dayfly. It changes the cluster, for about an hour, and is for those who have asked for it. The error is a [*kube.Problem], and no
// reason to end anything.
func Announce(ctx context.Context, c *kube.Cluster, t kube.Target, words string) error {
	op := "announce the session in the events of pod " + t.Pod
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod // kubectl describe finds events by the UID
	if err := c.Core().Get().Namespace(t.Namespace).Resource("pods").Name(t.Pod).Do(ctx).Into(&pod); err != nil {
		return c.Problem(op, err)
	}
	err := c.Core().Post().Namespace(t.Namespace).Resource("events").Param("fieldManager", "dayfly").
		Body(announcement(&pod, words, metav1.NewTime(c.Now()))).Do(ctx).Error()
	if apierrors.IsForbidden(err) {
		return &kube.Problem{
			Message: op + ": " + kube.Sanitize(kube.RootText(err)),
			Hint:    "ask for the right to create events in namespace " + t.Namespace + ", or take announce out of config.yaml",
			Err:     err,
		}
	}
	return c.Problem(op, err)
}

// announcement is the event, with the fields that the kubelet's own have.
func announcement(pod *corev1.Pod, words string, now metav1.Time) *corev1.Event {
	const who = "dayfly"
	return &corev1.Event{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pod.Namespace,
			Name:      fmt.Sprintf("%s.%x", pod.Name, now.UnixNano()), // as client-go names them
		},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "v1", Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, ResourceVersion: pod.ResourceVersion,
		},
		Type: corev1.EventTypeNormal, Reason: debugSession, Message: short(kube.Sanitize(words)),
		Source: corev1.EventSource{Component: who}, ReportingController: who,
		FirstTimestamp: now, LastTimestamp: now, Count: 1,
	}
}

// short cuts a text to the characters that an event may have: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
func short(text string) string {
	const most = 1024
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
