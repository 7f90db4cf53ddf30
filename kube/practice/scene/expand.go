package scene

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/utils/dump"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// ReplicaSet is the one that a Deployment makes, its name ending in the hash of the template.
func ReplicaSet(d *appsv1.Deployment) *appsv1.ReplicaSet {
	template := d.Spec.Template.DeepCopy()
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(dump.ForHash(*template)))
	sum := rand.SafeEncodeString(fmt.Sprint(hash.Sum32()))
	template.Labels = with(template.Labels, "pod-template-hash", sum)
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: d.Name + "-" + sum, Namespace: d.Namespace, Labels: template.Labels,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))},
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: d.Spec.Replicas,
			Selector: &metav1.LabelSelector{MatchLabels: with(d.Spec.Selector.MatchLabels, "pod-template-hash", sum)},
			Template: *template,
		},
	}
}

// ReplicaPod is the n-th pod that a ReplicaSet has made in its life.
func ReplicaPod(rs *appsv1.ReplicaSet, n int) *corev1.Pod {
	pod := fromTemplate(rs.Spec.Template, rs, n)
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))}
	return pod
}

// JobPod is the n-th pod that a Job has made in its life.
func JobPod(job *batchv1.Job, n int) *corev1.Pod {
	pod := fromTemplate(job.Spec.Template, job, n)
	for key, value := range map[string]string{
		batchv1.JobNameLabel: job.Name, "job-name": job.Name,
		batchv1.ControllerUidLabel: string(job.UID), "controller-uid": string(job.UID),
	} {
		pod.Labels = with(pod.Labels, key, value)
	}
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(job, batchv1.SchemeGroupVersion.WithKind("Job"))}
	return pod
}

func fromTemplate(template corev1.PodTemplateSpec, owner store.Object, n int) *corev1.Pod {
	prefix := owner.GetName() + "-"
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: prefix + suffix(owner.GetNamespace(), owner.GetName(), n), GenerateName: prefix, Namespace: owner.GetNamespace(),
			Labels: maps.Clone(template.Labels), Annotations: maps.Clone(template.Annotations),
		},
		Spec: *template.Spec.DeepCopy(),
	}
}

// suffix is five letters as generateName makes them, but the same ones each time.
func suffix(namespace, name string, n int) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", namespace, name, n))
	text := make([]byte, 5)
	for i := range text {
		text[i] = letters[int(sum[i])%len(letters)]
	}
	return string(text)
}

// UID is one for an object, the same each time.
func UID(resource, namespace, name string) types.UID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%s", resource, namespace, name))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80 // it looks like a random one, as UIDs do
	return types.UID(fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]))
}

func with(labels map[string]string, key, value string) map[string]string {
	labels = maps.Clone(labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[key] = value
	return labels
}
