package kubelet

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// machinePath is where programs of this machine are found, whatever the person's own PATH is.
const machinePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// room is a pod as real processes see it: a folder for them, the files of the pod's containers, and stand-ins for the
// simulated programs. It is made when the first real process enters the pod.
type room struct {
	pod  *pod
	dir  string
	pids map[*container]int
}

// enter makes the pod's room, if there is none yet.
func (p *pod) enter() (*room, error) {
	if p.room != nil {
		return p.room, nil
	}
	r := &room{
		pod: p, pids: map[*container]int{},
		dir: filepath.Join(p.k.dir, fmt.Sprintf("%s_%s_%.8s", p.name.Namespace, p.name.Name, p.uid)),
	}
	for _, dir := range []string{r.bin(), r.work()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of pod %s: %w", p.name, err)
		}
	}
	ps := strings.ReplaceAll(psScript, "PIDS", r.list())
	if err := os.WriteFile(filepath.Join(r.bin(), "ps"), []byte(ps), 0o700); err != nil { //nolint:gosec // it is a program
		return nil, fmt.Errorf("make the ps of pod %s: %w", p.name, err)
	}
	for _, c := range p.apps {
		if err := r.layOut(c); err != nil {
			return nil, err
		}
	}
	p.room = r
	for _, c := range p.all() {
		if s, ok := c.run.(*simulated); ok {
			r.stand(s)
		}
	}
	return r, nil
}

func (r *room) bin() string              { return filepath.Join(r.dir, "bin") }
func (r *room) work() string             { return filepath.Join(r.dir, "home") }
func (r *room) list() string             { return filepath.Join(r.dir, "pids") }
func (r *room) root(c *container) string { return filepath.Join(r.dir, "root-"+c.spec.Name) }

// layOut makes the files of a container's image.
func (r *room) layOut(c *container) error {
	ref, err := scene.Normalise(c.spec.Image)
	if err != nil {
		return nil //nolint:nilerr // such a container never runs and has no files
	}
	image, err := r.pod.k.images.Find(ref)
	if err != nil {
		image = scene.Image{} // neither does one without an image
	}
	if err := os.MkdirAll(r.root(c), 0o700); err != nil {
		return fmt.Errorf("lay out container %s: %w", c.spec.Name, err)
	}
	for name, text := range image.Files {
		path := filepath.Join(r.root(c), filepath.Clean("/"+name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("lay out container %s: %w", c.spec.Name, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("lay out container %s: %w", c.spec.Name, err)
		}
	}
	return nil
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

// installed tells whether process.Host will find a program.
func installed(name string) bool {
	if strings.Contains(name, "/") {
		_, err := exec.LookPath(name)
		return err == nil
	}
	for _, dir := range filepath.SplitList(machinePath) {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
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
