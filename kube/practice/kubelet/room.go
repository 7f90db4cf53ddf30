package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
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
func (r *room) root(c *container) string { return filepath.Join(r.dir, "root-"+c.spec.Name) }

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
	target := c.around()
	if c.kind != debugKind {
		target = c
	}
	env := append(literals(c.spec.Env),
		"PATH="+path, "HOME="+r.work(), "HOSTNAME="+r.pod.name.Name, "TARGET_ROOT="+r.root(target))
	if pid := r.pids[target]; pid != 0 {
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

// around is the container that a debug container looks at: its target, else the pod's first.
func (c *container) around() *container {
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

// welcome lets a shell begin with a few words about where one is.
func (r *room) welcome(c *container, spec process.Spec) (process.Spec, error) {
	if !installed("/bin/sh") || !installed(spec.Argv[0]) {
		return spec, nil // it is Start's to say what is missing
	}
	lines := []string{
		"Practice: processes of this machine in a scratch folder, not a cluster.",
		"Processes of the pod: ps   Leave with a code: exit 3",
	}
	if c.target != "" {
		lines = append(lines, fmt.Sprintf("Files of container %s: ls $TARGET_ROOT/", c.target))
	}
	path := filepath.Join(r.dir, "welcome-"+c.spec.Name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return spec, fmt.Errorf("write the welcome of container %s: %w", c.spec.Name, err)
	}
	if spec.Argv[0] == "bash" {
		script := `cat "$0"; name=$1; shift; export PS1='` + prompt + `'; exec -a "$name" "$@"` // it forgets PS1 itself
		spec.Argv = append([]string{"bash", "-c", script, path, spec.Argv0}, spec.Argv...)
	} else {
		spec.Argv = append([]string{"/bin/sh", "-c", `cat "$0"; exec "$@"`, path}, spec.Argv...)
	}
	return spec, nil
}

// entered notes a process that ps is to show with all its children.
func (r *room) entered(c *container, pid int) {
	r.pids[c] = pid
	r.note()
}

// left forgets the process of a container.
func (r *room) left(c *container) {
	delete(r.pids, c)
	r.note()
}

func (r *room) note() {
	var text strings.Builder
	for _, c := range r.pod.all() {
		if pid := r.pids[c]; pid != 0 {
			fmt.Fprintln(&text, pid)
		}
	}
	// ps must not read half a list. It shows less without one, and nothing else depends on it.
	next := r.list() + ".new"
	if err := os.WriteFile(next, []byte(text.String()), 0o600); err == nil {
		_ = os.Rename(next, r.list())
	}
}

func (r *room) close() { _ = os.RemoveAll(r.dir) } // what stays goes with the cluster's folder
