package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// enterMounts gives the node its view of files: the host's root, with /run, /var and /proc of its own. Afterwards the
// folder of the cluster is seen at nodeMount, also when it lies below one of those.
func (n *Node) enterMounts() error {
	// Private first, so that nothing reaches the host; shared again at the end, as the kubelet wants it for volumes.
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	folder, err := os.Open(n.Dir)
	if err != nil {
		return fmt.Errorf("open the cluster's folder: %w", err)
	}
	defer folder.Close()
	if err := mount("tmpfs", "/run", "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=755"); err != nil {
		return err
	}
	if err := os.Mkdir(nodeMount, 0o755); err != nil {
		return fmt.Errorf("mount point for the cluster's folder: %w", err)
	}
	// By descriptor: the path may have gone with the old /run.
	if err := mount(fmt.Sprintf("/proc/self/fd/%d", folder.Fd()), nodeMount, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	n.Dir = nodeMount
	if err := n.mountVar(); err != nil {
		return err
	}
	if err := mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, ""); err != nil {
		return err
	}
	if err := n.hideKernelSettings(); err != nil {
		return err
	}
	return mount("", "/", "", syscall.MS_REC|syscall.MS_SHARED, "")
}

// mountVar gives the node a /var of its own, with the few folders that programs expect there.
func (n *Node) mountVar() error {
	own := n.Run("node", "var")
	for _, dir := range []string{"lib", "log", "tmp"} {
		if err := os.MkdirAll(filepath.Join(own, dir), 0o755); err != nil {
			return fmt.Errorf("folder /var of the node: %w", err)
		}
	}
	if err := os.Symlink("/run", filepath.Join(own, "run")); err != nil {
		return fmt.Errorf("folder /var of the node: %w", err)
	}
	return mount(own, "/var", "", syscall.MS_BIND, "")
}

// kernelSettings are what the kubelet writes below /proc/sys, with the values that it wants.
func kernelSettings() map[string]string {
	return map[string]string{
		"vm/overcommit_memory":      "1",
		"vm/panic_on_oom":           "0",
		"kernel/panic":              "10",
		"kernel/panic_on_oops":      "1",
		"kernel/keys/root_maxkeys":  "1000000",
		"kernel/keys/root_maxbytes": "25000000",
	}
}

// hideKernelSettings puts plain files that hold the wanted values in front of the settings: these belong to the whole
// machine, and a test cluster has no business to change when it panics.
func (n *Node) hideKernelSettings() error {
	for name, value := range kernelSettings() {
		file := n.Run("node", "sys", filepath.Base(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("stand-in for %s: %w", name, err)
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return fmt.Errorf("stand-in for %s: %w", name, err)
		}
		if err := mount(file, filepath.Join("/proc/sys", name), "", syscall.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		return fmt.Errorf("mount %q on %s: %w: this needs root with CAP_SYS_ADMIN", source, target, err)
	}
	return nil
}
