// Package nodepod makes pods that debug from a node: those that join namespaces of a container there ([Joining]), and those that look at the node itself
// ([OnNode]). It is pure: what is made is created elsewhere.
package nodepod

import (
	_ "embed" // the script
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/dayfly-k8s/dayfly/kube"
)

// root is the volume of the node's files, which are at Files in the container.
const (
	root  = "host-root"
	Files = "/host"
)

// Name is a name for a pod about something: a pod, or a node. The last part of what is new each time makes it new.
func Name(prefix, about, session string) string {
	suffix := "-" + session[strings.LastIndex(session, "-")+1:]
	suffix = suffix[:min(len(suffix), 20)]
	name := prefix + strings.ReplaceAll(about, ".", "-")
	return strings.TrimRight(name[:min(len(name), validation.DNS1123LabelMaxLength-len(suffix))], "-") + suffix
}

// on is a pod with one container on a node, wherever the scheduler would put it, and whatever the node's taints are.
func on(node, namespace, name string, c corev1.Container) *corev1.Pod {
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec: corev1.PodSpec{
			NodeName: node, RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{c},
			Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
		},
	}
}

// OnNode is the pod that debugs a node with a profile, as kubectl debug makes it, but for what the profile does to the container.
func OnNode(node, namespace, name string, profile kube.Profile, c corev1.Container) *corev1.Pod {
	pod := on(node, namespace, name, c)
	given := Gives(profile)
	pod.Spec.HostNetwork, pod.Spec.HostPID, pod.Spec.HostIPC = given.Namespaces, given.Namespaces, given.Namespaces
	if given.Files {
		pod.Spec.Volumes = []corev1.Volume{{Name: root, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
		made := &pod.Spec.Containers[0]
		made.VolumeMounts = append(made.VolumeMounts, corev1.VolumeMount{Name: root, MountPath: Files})
	}
	return pod
}

// Given is what of a node a profile gives to a pod on it.
type Given struct {
	Namespaces bool // the node's network, processes and shared memory
	Files      bool // the node's files, in [Files]
}

// Gives is what of a node a profile gives to a pod on it: k8s.io/kubectl pkg/cmd/debug/profiles.go.
func Gives(p kube.Profile) Given {
	switch p {
	case kube.Legacy, kube.General, kube.Sysadmin:
		return Given{Namespaces: true, Files: true}
	case kube.Netadmin:
		return Given{Namespaces: true}
	case kube.Baseline, kube.Restricted:
	}
	return Given{}
}

// Words say what it gives: "its processes, network and shared memory, and its files in /host".
func (g Given) Words() string {
	switch {
	case g.Files:
		return "its processes, network and shared memory, and its files in " + Files
	case g.Namespaces:
		return "its processes, network and shared memory, but not its files"
	}
	return "nothing of it: the container is isolated as any other"
}

// Inside is the pod that goes into namespaces of others: of a container ([Joining.Command]), or of the node ([ShellCommand]). It is in the node's process
// namespace, and mounts nothing: where SELinux is in force, a mount of the root keeps the container's label, and nsenter is refused.
func Inside(node, namespace, name string, c corev1.Container) *corev1.Pod {
	pod := on(node, namespace, name, c)
	pod.Spec.HostPID = true
	pod.Spec.AutomountServiceAccountToken = new(false) // whom it joins could read it
	return pod
}

// ShellCommand has a container of [Inside] run a command of the host, in the host's namespaces and with its files.
func ShellCommand(command []string) []string {
	return append([]string{"nsenter", "-t", "1", "-m", "-u", "-i", "-n", "--"}, command...)
}

//go:embed scripts/hostshell.sh
var hostShell string

// HostShell is the command of the best shell that a host has.
func HostShell() []string { return []string{"sh", "-c", strings.TrimSpace(hostShell)} }

// Windows is the pod of a shell on a Windows node, which runs as a process of the host (HostProcess).
// https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/
func Windows(node, namespace, name string, c corev1.Container) *corev1.Pod {
	pod := on(node, namespace, name, c)
	pod.Spec.HostNetwork = true
	pod.Spec.OS = &corev1.PodOS{Name: corev1.Windows}
	pod.Spec.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{
		HostProcess: new(true), RunAsUserName: new(`NT AUTHORITY\SYSTEM`),
	}}
	return pod
}
