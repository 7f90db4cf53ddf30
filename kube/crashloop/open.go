package crashloop

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Open changes a copy of a pod so that the container waits, with a shell inside, and nothing in the copy is started again. The container may be an
// init container: those behind it wait with it. It returns the command of a session, to be run in the container by exec with a terminal.
func Open(spec *corev1.PodSpec, c Container, t Tools) (exec []string, err error) {
	idle, init, err := find(spec, c.Spec.Name)
	if err != nil {
		return nil, err
	}
	dir := mountedAt(idle)
	volume, tools := volumeName(spec), containerName(spec)
	mount := corev1.VolumeMount{Name: volume, MountPath: dir}
	files := files(c, idle.Image, spec.HostNetwork, dir)
	if err := checkSize(c.Spec.Name, files); err != nil {
		return nil, err
	}

	wait(idle, c, dir)
	if !init || idle.RestartPolicy != nil && *idle.RestartPolicy != corev1.ContainerRestartPolicyAlways {
		idle.RestartPolicy = nil // a sidecar stays one: the containers behind it start beside it
	}
	idle.VolumeMounts = append(idle.VolumeMounts, mount)
	first := install(spec, idle, t, dir, files)
	first.Name, first.VolumeMounts = tools, []corev1.VolumeMount{mount}
	spec.InitContainers = slices.Insert(spec.InitContainers, 0, first) // idle may have moved
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{
		EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: new(resource.MustParse(sizeLimit))},
	}})
	spec.RestartPolicy = corev1.RestartPolicyNever
	return []string{dir + "/busybox", "sh", dir + "/session"}, nil
}

// sizeLimit is some times what busybox and the scripts need: a person, or strace, may leave files there. A pod whose volume grows beyond it is evicted.
const sizeLimit = "64Mi"

// find is the container of a pod that has a name, and whether it is an init container.
func find(spec *corev1.PodSpec, name string) (c *corev1.Container, init bool, err error) {
	if spec.OS != nil && spec.OS.Name == corev1.Windows {
		return nil, false, &kube.Problem{Message: "the pod is for Windows, where there is no busybox", Hint: "debug it with a Windows image of your own"}
	}
	for n, list := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i], n == 1, nil
			}
		}
	}
	return nil, false, &kube.Problem{Message: fmt.Sprintf("the copy has no container %q", kube.Sanitize(name)), Hint: "choose a container that the copy keeps"}
}

// mountedAt is a folder that no mount of a container is in, or is above.
func mountedAt(c *corev1.Container) string {
	return unique(mountPath, func(dir string) bool {
		return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool {
			at := path.Clean("/" + m.MountPath)
			return at == dir || strings.HasPrefix(at, dir+"/")
		})
	})
}

func volumeName(spec *corev1.PodSpec) string {
	return unique("dayfly", func(name string) bool {
		return slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == name })
	})
}

func containerName(spec *corev1.PodSpec) string {
	return unique("dayfly-tools", func(name string) bool {
		is := func(c corev1.Container) bool { return c.Name == name }
		return slices.ContainsFunc(spec.InitContainers, is) || slices.ContainsFunc(spec.Containers, is)
	})
}

// unique is a name that is not taken: the one given, or that with a number.
func unique(name string, taken func(string) bool) string {
	for n, free := 2, name; ; n++ {
		if !taken(free) {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// wait makes a container wait in the place of its program. What would end it, or run beside its program, is left out: probes, hooks, and rules for
// starting it again.
func wait(idle *corev1.Container, c Container, dir string) {
	entrypoint, words := c.original()
	idle.Command = slices.Concat([]string{dir + "/busybox", "sh", dir + "/idle", entrypoint, yesNo(c.Spec.Stdin)}, words)
	idle.Args = nil
	idle.LivenessProbe, idle.ReadinessProbe, idle.StartupProbe, idle.Lifecycle = nil, nil, nil, nil
	idle.RestartPolicyRules = nil
}
