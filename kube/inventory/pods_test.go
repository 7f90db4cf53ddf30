package inventory_test

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// now is when the pods of these tests are looked at.
func now() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

type change = func(*corev1.Pod)

// pod is an ordinary pod of a name, two hours old, that kubelet and controller have noted themselves in, with changes.
func pod(name string, changes ...change) *corev1.Pod {
	p := apitest.RunningPod()
	p.Name, p.UID, p.CreationTimestamp = name, types.UID("uid-of-"+name), metav1.NewTime(now().Add(-2*time.Hour))
	p.Labels = map[string]string{"app": "shop"}
	createdBy("kube-controller-manager")(p)
	for _, change := range changes {
		change(p)
	}
	return p
}

// createdBy notes a client as the one that has created a pod.
func createdBy(client string) change {
	return func(p *corev1.Pod) {
		p.ManagedFields = []metav1.ManagedFieldsEntry{
			note(client, "", `{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{}}},"f:restartPolicy":{}}}`),
			note("kubelet", "status", `{"f:status":{"f:ephemeralContainerStatuses":{},"f:phase":{}}}`),
		}
	}
}

func note(client, subresource, fields string) metav1.ManagedFieldsEntry {
	owned := &metav1.FieldsV1{}
	owned.SetRawBytes([]byte(fields))
	return metav1.ManagedFieldsEntry{
		Manager: client, Operation: metav1.ManagedFieldsOperationUpdate, Subresource: subresource, APIVersion: "v1", FieldsType: "FieldsV1",
		Time: new(metav1.NewTime(now().Add(-time.Hour))), FieldsV1: owned,
	}
}

// entered adds a debug container, as a client does.
func entered(name, client string, state *corev1.ContainerState, changes ...func(*corev1.EphemeralContainer)) change {
	return func(p *corev1.Pod) {
		apitest.WithDebugger(name, state)(p)
		for _, change := range changes {
			change(&p.Spec.EphemeralContainers[len(p.Spec.EphemeralContainers)-1])
		}
		p.ManagedFields = append(p.ManagedFields, note(client, "ephemeralcontainers",
			fmt.Sprintf(`{"f:spec":{"f:ephemeralContainers":{".":{},"k:{\"name\":\"%s\"}":{".":{},"f:image":{},"f:name":{}}}}}`, name)))
	}
}

func given(variable string) func(*corev1.EphemeralContainer) {
	return func(e *corev1.EphemeralContainer) { e.Env = append(e.Env, corev1.EnvVar{Name: variable, Value: "1"}) }
}

func label(key, value string) change {
	return func(p *corev1.Pod) { p.Labels[key] = value }
}

func annotated(pairs ...string) change {
	return func(p *corev1.Pod) {
		if p.Annotations == nil {
			p.Annotations = map[string]string{}
		}
		for i := 0; i < len(pairs); i += 2 {
			p.Annotations[pairs[i]] = pairs[i+1]
		}
	}
}

// ownedBy gives a pod a controller: "ReplicaSet web-7d".
func ownedBy(owner string) change {
	return func(p *corev1.Pod) {
		kind, name, _ := strings.Cut(owner, " ")
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: name, UID: types.UID("uid-of-" + name), Controller: new(true)}}
	}
}

// contains calls the only container of a pod so.
func contains(name string) change {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Name, p.Status.ContainerStatuses[0].Name = name, name }
}

// added is one more container.
func added(name string) change {
	return func(p *corev1.Pod) {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: name, Image: "busybox:1.37", Stdin: true, TTY: true})
	}
}

func image(of string) change { return func(p *corev1.Pod) { p.Spec.Containers[0].Image = of } }

func terminal(p *corev1.Pod) { p.Spec.Containers[0].Stdin, p.Spec.Containers[0].TTY = true, true }

func inputOnce(p *corev1.Pod) { p.Spec.Containers[0].StdinOnce = true }

func sharing(p *corev1.Pod) { p.Spec.ShareProcessNamespace = new(true) }

func hostPID(p *corev1.Pod) { p.Spec.HostPID = true }

func hostNetwork(p *corev1.Pod) { p.Spec.HostNetwork = true }

func privileged(p *corev1.Pod) {
	p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: new(true)}
}

// mounts gives the first container a path of the node.
func mounts(of string) change {
	return func(p *corev1.Pod) {
		volume := fmt.Sprintf("host-%d", len(p.Spec.Volumes))
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: of}}})
		p.Spec.Containers[0].VolumeMounts = append(p.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: "/host"})
	}
}

func may(capabilities ...corev1.Capability) change {
	return func(p *corev1.Pod) {
		p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: capabilities}}
	}
}

// initially adds an init container that may something.
func initially(capability corev1.Capability, restarts *corev1.ContainerRestartPolicy) change {
	return func(p *corev1.Pod) {
		p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{
			Name: "init", RestartPolicy: restarts, SecurityContext: &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: []corev1.Capability{capability}}},
		})
	}
}

func user(id int64) change {
	return func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: &id} }
}

// over ends a pod.
func over(p *corev1.Pod) {
	p.Status.Phase = corev1.PodSucceeded
	p.Status.ContainerStatuses[0].State = apitest.Terminated(0, "Completed", "")
}

func running() *corev1.ContainerState { return new(apitest.Running()) }

func ended() *corev1.ContainerState { return new(apitest.Terminated(3, "Error", "")) }
