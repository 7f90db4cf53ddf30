package kubelet

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/containerfiles"
)

// room is a pod as real processes see it: a folder for them, the files of the pod's containers, and stand-ins for the
// simulated programs. It is made when the first real process enters the pod.
type room struct {
	pod  *pod
	dir  string
	pids map[*container]int
}

func (r *room) bin() string              { return filepath.Join(r.dir, "bin") }
func (r *room) work() string             { return filepath.Join(r.dir, "home") }
func (r *room) list() string             { return filepath.Join(r.dir, "pids") }
func (r *room) root(c *container) string { return containerfiles.Root(r.files(c)) }

// files is the folder in which the files of a container are, and what /proc says of it.
func (r *room) files(c *container) string { return filepath.Join(r.dir, "container-"+c.spec.Name) }

// volume is the folder of an empty volume.
func (r *room) volume(name string) string { return filepath.Join(r.dir, "volume-"+name) }

// begin is where the processes of a container begin.
func (r *room) begin(c *container) string {
	if c.waits != nil {
		return r.root(c)
	}
	return r.work()
}

// env is all that a process in the pod gets to know: nothing of the person's own environment.
func (r *room) env(c *container, tty bool) []string {
	path := r.bin() + ":" + machinePath
	target, name := c.seen(), r.pod.name.Name
	if c.outside != nil {
		name = c.pod.name.Name
	}
	if c.outside.joins("uts") {
		name = target.pod.name.Name
	}
	env := append(literals(c.spec.Env),
		"PATH="+path, "HOME="+r.work(), "HOSTNAME="+name, "TARGET_ROOT="+target.pod.room.root(target))
	if pid := target.pod.room.pids[target]; pid != 0 {
		env = append(env, fmt.Sprintf("TARGET_PID=%d", pid))
	}
	if tty && !slices.ContainsFunc(c.spec.Env, func(e corev1.EnvVar) bool { return e.Name == "TERM" }) {
		env = append(env, "TERM=xterm")
	}
	if tty {
		env = append(env, "PS1="+prompt)
	}
	return env
}

// seen is the container whose files and processes it sees.
func (c *container) seen() *container {
	if c.kind != debugKind && c.outside == nil {
		return c
	}
	return c.around()
}

// around is the container that a debug container looks at: its target, or the one that it has joined, else the pod's first.
func (c *container) around() *container {
	if c.outside != nil && c.outside.target != nil {
		return c.outside.target
	}
	if target := c.pod.find(c.target); target != nil {
		return target
	}
	return c.pod.apps[0]
}

// literals is the environment that a container's spec gives in plain words.
func literals(env []corev1.EnvVar) (all []string) {
	for _, e := range env {
		if e.ValueFrom == nil && e.Name != "PATH" && e.Name != "HOME" {
			all = append(all, e.Name+"="+e.Value)
		}
	}
	return all
}

// prompt is the same for everybody: the users of containers are simulated too.
const prompt = "# "

// entered notes a process that ps is to show with all its children.
func (r *room) entered(c *container, pid int) {
	r.pids[c], c.in = pid, r
	r.note()
}

// left forgets the process of a container.
func (r *room) left(c *container) {
	delete(r.pids, c)
	c.in = nil
	r.note()
}

func (r *room) note() {
	list(r.list(), slices.Sorted(maps.Values(r.pids)))
	if node := r.pod.node.room; node != nil {
		node.note()
	}
}

// list writes the list of processes that a ps shows.
func list(path string, pids []int) {
	var text strings.Builder
	for _, pid := range pids {
		fmt.Fprintln(&text, pid)
	}
	// ps must not read half a list. It shows less without one, and nothing else depends on it.
	next := path + ".new"
	if err := os.WriteFile(next, []byte(text.String()), 0o600); err == nil {
		_ = os.Rename(next, path)
	}
}

func (r *room) close() { _ = os.RemoveAll(r.dir) } // what stays goes with the cluster's folder
