package kubelet

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// surroundings are what a process of a container finds: its environment, where it begins, and the files at places of their own. room is where ps shows it;
// o is what it runs outside of the container, nil: nothing.
func (c *container) surroundings(o *outside, tty bool) (spec process.Spec, in *room, err error) {
	in, err = c.pod.enter()
	if err == nil && o.joins("pid") {
		in, err = o.target.pod.enter()
	} else if err == nil && o != nil && o.target != nil {
		_, err = o.target.pod.enter()
	}
	if err != nil {
		return spec, nil, err
	}
	as := *c
	as.outside = o
	spec.Env, spec.Dir = in.env(&as, tty), in.begin(c)
	if o.joins("mnt") {
		spec.Dir = o.target.pod.room.root(o.target)
	}
	if c.pod.hostPID() && !o.joins("pid") || len(c.hostPaths()) > 0 {
		err = c.onNode(o, &spec)
	}
	return spec, in, err
}

// onNode completes what a process finds that sees something of its node: the node's processes, its name, and its files.
func (c *container) onNode(o *outside, spec *process.Spec) error {
	node, err := c.pod.node.enter(c.pod.k)
	if err != nil {
		return err
	}
	object := c.pod.object()
	if object.Spec.HostPID {
		if o == nil || o.target == nil {
			spec.Env = slices.DeleteFunc(spec.Env, func(pair string) bool { return strings.HasPrefix(pair, "TARGET_") })
		}
		setVariable(spec.Env, "PATH", node.bin()+":"+machinePath)
	}
	if (object.Spec.HostNetwork || o.host()) && !o.joins("uts") {
		setVariable(spec.Env, "HOSTNAME", c.pod.node.name)
	}
	isolated := c.pod.k.host.Isolated()
	if o.host() {
		spec.Dir = node.root()
		if isolated {
			spec.Dir, spec.Mounts = "/", node.overMachine()
		}
		return nil
	}
	paths := c.hostPaths()
	for _, at := range slices.Sorted(maps.Keys(paths)) {
		from := filepath.Join(node.root(), filepath.Clean("/"+paths[at]))
		if _, err := os.Stat(from); err != nil {
			continue // a file that the node of a practice cluster has not
		}
		if isolated {
			spec.Mounts = append(spec.Mounts, process.Mount{Path: filepath.Clean(at), From: from})
		} else {
			spec.Env = append(spec.Env, "HOST_ROOT="+from)
		}
	}
	return nil
}

// setVariable changes a variable of an environment that has it.
func setVariable(env []string, name, value string) {
	for i, pair := range env {
		if strings.HasPrefix(pair, name+"=") {
			env[i] = name + "=" + value
		}
	}
}

// hostPaths are the mounts of a container that are files of its node, by their paths in it.
func (c *container) hostPaths() map[string]string {
	found := map[string]string{}
	volumes := c.pod.object().Spec.Volumes
	for _, m := range c.spec.VolumeMounts {
		i := slices.IndexFunc(volumes, func(v corev1.Volume) bool { return v.Name == m.Name && v.HostPath != nil })
		if i >= 0 {
			found[m.MountPath] = volumes[i].HostPath.Path
		}
	}
	return found
}
