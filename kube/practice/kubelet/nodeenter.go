package kubelet

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/nodefiles"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// enter makes the node's room, if there is none yet, and those of its pods, whose programs are to be seen.
func (n *node) enter(k *Kubelet) (*nodeRoom, error) {
	if n.room != nil {
		return n.room, nil
	}
	r := &nodeRoom{k: k, node: n, dir: filepath.Join(k.dir, "node_"+n.name)}
	if err := r.layOut(); err != nil {
		return nil, fmt.Errorf("make the folder of node %s: %w", n.name, err)
	}
	for _, name := range []string{"/usr/bin/containerd", "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml"} {
		p, err := k.host.Start(process.Spec{
			Argv: []string{"/bin/sh"}, Argv0: name, Stdin: true, Env: []string{"PATH=" + machinePath}, Dir: r.root(), // see stand
		})
		if err != nil {
			return nil, fmt.Errorf("start the daemons of node %s: %w", n.name, err)
		}
		r.pids = append(r.pids, p.PID())
	}
	n.room = r
	for _, p := range k.pods {
		if p.node == n && p.phase() == corev1.PodRunning {
			_, _ = p.enter() // whose processes are not seen then
		}
	}
	r.note()
	return r, nil
}

// layOut makes its files and its programs.
func (r *nodeRoom) layOut() error {
	if err := os.MkdirAll(r.bin(), 0o700); err != nil {
		return err
	}
	object := &corev1.Node{}
	if found, err := r.k.store.Get(store.Key{Resource: api.Nodes(), Name: r.node.name}); err == nil {
		object, _ = found.(*corev1.Node)
	}
	for name, text := range nodefiles.Of(object, r.k.clock.Now()) {
		path := filepath.Join(r.root(), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	all := programs(r.list())
	maps.Copy(all, nodefiles.Programs(r.root(), r.containers()))
	return install(r.bin(), all)
}

// overMachine are the node's files at their places, over those of this machine: its programs are the node's too.
func (r *nodeRoom) overMachine() []process.Mount {
	var all []process.Mount
	_ = filepath.WalkDir(r.root(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, process.Mount{Path: strings.TrimPrefix(path, r.root()), From: path})
		}
		return nil // what cannot be read is not there
	})
	return all
}
