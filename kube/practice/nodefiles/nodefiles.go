// Package nodefiles is what a person finds on a node of the practice cluster: its files, and those of its programs that play.
package nodefiles

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// journal is the file with what the node's journalctl shows.
const journal = "var/log/journal.txt"

// Of are the files of a node, as far as they are played, by their paths without the first slash.
func Of(node *corev1.Node, now time.Time) map[string]string {
	info := node.Status.NodeInfo
	name := cmp.Or(node.Name, "node")
	pretty := cmp.Or(info.OSImage, "Linux")
	id, _, _ := strings.Cut(strings.ToLower(pretty), " ")
	stamp := now.UTC().Add(-time.Minute).Format("Jan 02 15:04:05")
	var text strings.Builder
	for _, line := range []string{
		"containerd[612]: starting containerd, " + cmp.Or(info.ContainerRuntimeVersion, "containerd"),
		"kubelet[801]: Kubelet version " + cmp.Or(info.KubeletVersion, "unknown"),
		"kubelet[801]: Starting to sync pod status with apiserver",
		"kubelet[801]: Fast updating node status as it just became ready",
	} {
		fmt.Fprintf(&text, "%s %s %s\n", stamp, name, line)
	}
	for i := range node.Status.Conditions {
		c := &node.Status.Conditions[i]
		if wanted := c.Type == corev1.NodeReady; (c.Status == corev1.ConditionTrue) != wanted {
			fmt.Fprintf(&text, "%s %s kubelet[801]: node condition %s is %s: %s\n", stamp, name, c.Type, c.Status, c.Message)
		}
	}
	return map[string]string{
		"etc/hostname":   name + "\n",
		"etc/machine-id": cmp.Or(info.MachineID, strings.Repeat("0", 32)) + "\n",
		"etc/os-release": fmt.Sprintf("PRETTY_NAME=%q\nID=%s\n", pretty, id),
		"etc/kubernetes/kubelet.conf": "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority: /etc/kubernetes/pki/ca.crt\n" +
			"    server: https://10.0.0.10:6443\n  name: practice\n",
		"etc/containerd/config.toml": "version = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"registry.k8s.io/pause:3.10\"\n",
		"var/lib/kubelet/config.yaml": "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\n" +
			"evictionHard:\n  memory.available: 100Mi\n  nodefs.available: 10%\nstaticPodPath: /etc/kubernetes/manifests\n",
		"etc/kubernetes/manifests/README": "Manifests of static pods would be here: the kubelet runs them without an API server.\n",
		journal:                           text.String(),
	}
}

// Programs are those of a node's programs that a person types first, as shell scripts by their names. They play: those of this machine would tell of it.
// root is the folder with the node's files, and containers the file with what crictl shows.
func Programs(root, containers string) map[string]string {
	all := map[string]string{"journalctl": journalctl, "crictl": crictl, "systemctl": systemctl}
	for name, text := range all {
		all[name] = strings.NewReplacer("JOURNAL", filepath.Join(root, journal), "CONTAINERS", containers).Replace(text)
	}
	return all
}

const (
	journalctl = `#!/bin/sh
# Plays the journal of the node. Of its arguments -f counts.
for word; do case $word in -f | --follow) exec tail -f 'JOURNAL' ;; esac; done
exec cat 'JOURNAL'
`
	crictl = `#!/bin/sh
# Plays the container runtime of the node.
case $1 in
ps) exec cat 'CONTAINERS' ;;
*) echo "crictl $*: the practice cluster plays only crictl ps" >&2; exit 1 ;;
esac
`
	systemctl = `#!/bin/sh
# Plays the services of the node.
for word; do case $word in
--failed) echo "0 loaded units listed."; exit ;;
status) printf '%s\n' "containerd.service  active (running)" "kubelet.service     active (running)"; exit ;;
esac; done
echo "systemctl $*: the practice cluster plays only systemctl --failed and systemctl status" >&2
exit 1
`
)
