package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Paths inside the node, as its programs have them by default.
const (
	containerdSocket = "/run/containerd/containerd.sock"
	pauseImage       = "dayfly.local/pause:1"
	pauseArchive     = "pause.tar" // below run/node
	cniPlugins       = "/usr/lib/cni"
)

// containerdConfig is written in version 2, which containerd 1.6 needs and later ones still read.
const containerdConfig = `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd-opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %[1]q
  # Without CAP_SYS_RESOURCE the scores that the kubelet wants cannot be set, and runc ends with "can't get final child's
  # PID from pipe". With it the difference does not matter here.
  restrict_oom_score_adj = true
  # Profiles of AppArmor would be loaded into the machine's kernel and stay there.
  disable_apparmor = true

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = %[2]q

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %[3]q
    conf_dir = %[4]q

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = %[5]q
`

// hostsConfig sends every registry name to ours. Since "server" is named too, containerd never asks the real one.
const hostsConfig = `server = "http://%[1]s"

[host."http://%[1]s"]
  capabilities = ["pull", "resolve"]
`

// cniConfig is a bridge for the pods. Masquerading lets them reach the host, which knows nothing of their network.
const cniConfig = `{
  "cniVersion": "0.4.0",
  "name": "pods",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isGateway": true,
      "ipMasq": true,
      "hairpinMode": true,
      "ipam": {
        "type": "host-local",
        "ranges": [[{"subnet": %q}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

// writeContainerd writes the configuration of containerd and of the pods' network.
func (n *Node) writeContainerd() error {
	hosts, cni := n.Run("node", "hosts"), n.Run("node", "cni")
	files := map[string]string{
		n.Run("node", "containerd.toml"): fmt.Sprintf(containerdConfig,
			pauseImage, n.snapshotter(), cniPlugins, cni, hosts),
		filepath.Join(hosts, "_default", "hosts.toml"): fmt.Sprintf(hostsConfig, n.RegistryAddr()),
		filepath.Join(cni, "10-pods.conflist"):         fmt.Sprintf(cniConfig, podCIDR),
	}
	for path, text := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("configuration of containerd: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("configuration of containerd: %w", err)
		}
	}
	return nil
}

// snapshotter is overlayfs where the file system of the cluster's folder allows it, else the slow one that always works.
// Within a container the folder often lies on an overlay, which does not take another.
func (n *Node) snapshotter() string {
	base := "/var/tmp/overlay-test"
	paths := map[string]string{}
	for _, name := range []string{"lower", "upper", "work", "merged"} {
		paths[name] = filepath.Join(base, name)
		if err := os.MkdirAll(paths[name], 0o755); err != nil {
			return "native"
		}
	}
	defer os.RemoveAll(base)
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", paths["lower"], paths["upper"], paths["work"])
	if err := syscall.Mount("overlay", paths["merged"], "overlay", 0, options); err != nil {
		return "native"
	}
	_ = syscall.Unmount(paths["merged"], 0)
	return "overlayfs"
}

// importPause waits for containerd and gives it the sandbox image, so that the first pod needs no pull for it.
func (n *Node) importPause(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		conn, err := net.Dial("unix", containerdSocket)
		if err == nil {
			conn.Close()
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("containerd does not listen after %s: %w", startLimit, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	err := run(ctx, "ctr", "--address="+containerdSocket, "--namespace=k8s.io", "images", "import",
		n.Run("node", pauseArchive))
	if err != nil {
		return fmt.Errorf("import the pause image: %w", err)
	}
	return nil
}
