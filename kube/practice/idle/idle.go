// Package idle plays idle copies in the practice cluster: containers that wait instead of running their program, with a shell and the command
// run-original in a volume that an init container has filled. Package crashloop makes such copies.
//
// The scripts that the init container would write are run as they are, with the programs of this machine in the place of busybox ([Copy.Install]).
// The folder of the volume is one of the practice cluster: what the scripts have as a path in the container is a path in that folder, so nothing is
// mounted. What a container has of its own is made of files there: its address, its variables, what its cgroup has counted. run-original starts
// the programs that the scene has for the image, which are scripts that print what they print and end as they end; probe asks those.
package idle

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Copy is a container that waits, and what its init container writes into the volume.
type Copy struct {
	Volume string // its name in the pod

	at    string   // where the volume is mounted
	words []string // that the container runs, as the kubelet starts it
	files []file
}

// file is one that the init container writes.
type file struct{ name, text string }

// Installs reports whether a container fills a volume for one that waits.
func Installs(spec *corev1.PodSpec, c *corev1.Container) bool {
	return len(c.Command) == 4 && c.Command[0] == "sh" && c.Command[1] == "-c" && c.Command[3] == "dayfly" &&
		len(c.Args) > 0 && mountedAt(spec, c, c.Args[0]) != ""
}

// Find is what a container of a pod waits with; false when it does not wait but runs its program.
func Find(spec *corev1.PodSpec, c *corev1.Container) (*Copy, bool) {
	if len(c.Command) < 5 || path.Base(c.Command[0]) != "busybox" || c.Command[1] != "sh" {
		return nil, false
	}
	at := path.Dir(c.Command[0])
	volume := mountedAt(spec, c, at)
	if volume == "" || c.Command[2] != at+"/idle" {
		return nil, false
	}
	i := slices.IndexFunc(spec.InitContainers, func(first corev1.Container) bool {
		return Installs(spec, &first) && first.Args[0] == at && mountedAt(spec, &first, at) == volume
	})
	if i < 0 {
		return nil, false
	}
	copied := &Copy{Volume: volume, at: at, words: expand(slices.Concat(c.Command, c.Args), c.Env)}
	for pair := range slices.Chunk(expand(spec.InitContainers[i].Args, spec.InitContainers[i].Env)[1:], 2) {
		if len(pair) == 2 {
			copied.files = append(copied.files, file{pair[0], pair[1]})
		}
	}
	return copied, true
}

// mountedAt is the name of the empty volume that a container has at a path; "" if there is none.
func mountedAt(spec *corev1.PodSpec, c *corev1.Container, at string) string {
	for _, m := range c.VolumeMounts {
		if m.MountPath == at && slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name && v.EmptyDir != nil }) {
			return m.Name
		}
	}
	return ""
}

// original is the first word of what the container ran in the pod; "" if that is not known.
func (c *Copy) original() string {
	if len(c.words) < 6 || c.words[3] == "-" {
		return ""
	}
	return c.words[5]
}

// Command is what the container runs, with a folder in the place of the volume.
func (c *Copy) Command(dir string) []string { return c.Inside(dir, c.words) }

// Inside is a command for the container, with a folder in the place of the volume.
func (c *Copy) Inside(dir string, command []string) []string {
	inside := slices.Clone(command)
	for i, word := range inside {
		if rest, ok := strings.CutPrefix(word, c.at+"/"); ok {
			inside[i] = dir + "/" + rest
		}
	}
	return inside
}

// expand replaces $(NAME) in words as the kubelet does: what is not known stays, and $$ is a dollar.
// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/#use-environment-variables-to-define-arguments
func expand(words []string, env []corev1.EnvVar) []string {
	expanded := make([]string, len(words))
	for i, word := range words {
		var b strings.Builder
		for {
			before, after, found := strings.Cut(word, "$")
			b.WriteString(before)
			if !found {
				break
			}
			text, used := variable(after, env)
			b.WriteString(text)
			word = after[used:]
		}
		expanded[i] = b.String()
	}
	return expanded
}

// variable is what stands for a dollar and what follows it, and how much of that is used up.
func variable(after string, env []corev1.EnvVar) (text string, used int) {
	if strings.HasPrefix(after, "$") {
		return "$", 1
	}
	if name, _, closed := strings.Cut(after, ")"); closed && strings.HasPrefix(name, "(") {
		for _, e := range slices.Backward(env) {
			if e.Name == name[1:] && e.ValueFrom == nil {
				return e.Value, len(name) + 1
			}
		}
	}
	return "$", 0
}
