package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// cgroupRoots are the mount points of all cgroup hierarchies: many with version 1, one with version 2, both in hybrid mode.
func cgroupRoots() ([]string, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("list cgroup mounts: %w", err)
	}
	return parseCgroupRoots(string(text)), nil
}

// parseCgroupRoots reads the format of proc_pid_mountinfo(5).
func parseCgroupRoots(mountinfo string) []string {
	var roots []string
	for line := range strings.Lines(mountinfo) {
		left, right, ok := strings.Cut(line, " - ")
		if !ok || !strings.HasPrefix(right, "cgroup") {
			continue
		}
		const mountPoint = 4
		if fields := strings.Fields(left); len(fields) > mountPoint {
			roots = append(roots, fields[mountPoint])
		}
	}
	return roots
}

// makeCgroups creates the cgroup of the pods in every hierarchy: the kubelet takes an existing one only.
func (p Place) makeCgroups() error {
	roots, err := cgroupRoots()
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		return errors.New("no cgroup file system is mounted: mount one on /sys/fs/cgroup")
	}
	for _, root := range roots {
		dir := filepath.Join(root, p.CgroupName())
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("create cgroup: %w: this needs root and a writable /sys/fs/cgroup", err)
		}
		if err := adoptParent(root, dir); err != nil {
			return err
		}
	}
	return nil
}

// adoptParent gives a new cgroup what it does not inherit by itself: the processors and memory nodes of version 1, the
// controllers of version 2.
func adoptParent(root, dir string) error {
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		own := filepath.Join(dir, file)
		old, err := os.ReadFile(own)
		if err != nil || strings.TrimSpace(string(old)) != "" || isCgroup2(root) {
			continue
		}
		value, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return fmt.Errorf("prepare cgroup: %w", err)
		}
		if err := os.WriteFile(own, value, 0o644); err != nil {
			return fmt.Errorf("prepare cgroup: %w", err)
		}
	}
	if !isCgroup2(root) {
		return nil
	}
	for _, parent := range []string{root, dir} {
		controllers, err := os.ReadFile(filepath.Join(parent, "cgroup.controllers"))
		if err != nil {
			return fmt.Errorf("prepare cgroup: %w", err)
		}
		for _, name := range strings.Fields(string(controllers)) {
			// One by one and without regard to errors: the kubelet names the controller that it misses.
			_ = os.WriteFile(filepath.Join(parent, "cgroup.subtree_control"), []byte("+"+name), 0o644)
		}
	}
	return nil
}

func isCgroup2(root string) bool {
	_, err := os.Stat(filepath.Join(root, "cgroup.controllers"))
	return err == nil
}

// removeCgroups removes the cgroup of the pods with all below it. Their processes have been killed; the kernel may need a
// moment to see it.
func (p Place) removeCgroups() error {
	roots, err := cgroupRoots()
	if err != nil {
		return err
	}
	var errs []error
	for _, root := range roots {
		errs = append(errs, removeCgroup(filepath.Join(root, p.CgroupName()), time.Now().Add(10*time.Second)))
	}
	return errors.Join(errs...)
}

func removeCgroup(dir string, deadline time.Time) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("remove cgroup: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			if err := removeCgroup(filepath.Join(dir, entry.Name()), deadline); err != nil {
				return err
			}
		}
	}
	for {
		err := syscall.Rmdir(dir)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if !errors.Is(err, syscall.EBUSY) || time.Now().After(deadline) {
			return fmt.Errorf("remove cgroup %s: %w: see cgroup.procs in it", dir, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
