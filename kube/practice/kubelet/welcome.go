package kubelet

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// welcome lets a shell begin with a few words about where one is.
func (r *room) welcome(c *container, spec process.Spec) (process.Spec, error) {
	if !installed("/bin/sh") || !installed(spec.Argv[0]) {
		return spec, nil // it is Start's to say what is missing
	}
	lines := c.told()
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

// told are the lines about what a person finds in a container that is there to debug from.
func (c *container) told() []string {
	processes, files := "Processes of the pod: ps", ""
	o := c.outside
	switch {
	case o != nil && o.target != nil:
		files = fmt.Sprintf("Files of container %s: ls $TARGET_ROOT/", o.target.spec.Name)
	case o.host():
		files = "Files of the node: ls /etc /var/log"
	case c.target != "":
		files = fmt.Sprintf("Files of container %s: ls $TARGET_ROOT/", c.target)
	}
	for at := range c.hostPaths() {
		files = "Files of the node: ls " + at
	}
	if !c.pod.k.host.Isolated() && strings.HasPrefix(files, "Files of the node") {
		files = map[bool]string{true: "Files of the node: ls", false: "Files of the node: ls $HOST_ROOT/"}[o.host()]
	}
	if c.pod.hostPID() && !o.joins("pid") {
		processes = "Processes of the node: ps"
	}
	lines := []string{"Practice: processes of this machine in a scratch folder, not a cluster.", processes + "   Leave with a code: exit 3"}
	return slices.DeleteFunc(append(lines, files), func(line string) bool { return cmp.Or(line, "") == "" })
}
