package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// debianPackage is installed when the file that is wanted of it is missing, wherever that came from. A static one goes into images, which have
// no libraries; Debian's busybox and busybox-static have the same path.
type debianPackage struct {
	name, file string
	static     bool
	optional   bool
}

// isThere reports whether the file is on this machine, and of the kind that is wanted.
func (p debianPackage) isThere() bool {
	path, err := exec.LookPath(p.file)
	if err != nil || !p.static {
		return err == nil
	}
	program, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer program.Close()
	return !slices.ContainsFunc(program.Progs, func(part *elf.Prog) bool { return part.Type == elf.PT_INTERP })
}

func debianPackages() []debianPackage {
	return []debianPackage{
		{name: "containerd", file: "containerd"},
		{name: "containerd", file: "ctr"},
		{name: "containerd", file: "containerd-shim-runc-v2"},
		{name: "runc", file: "runc"},
		{name: "etcd-server", file: "etcd"},
		{name: "containernetworking-plugins", file: cniPlugins + "/bridge"},
		{name: "busybox-static", file: "/bin/busybox", static: true},
		{name: "iptables", file: "iptables"},
		{name: "iproute2", file: "ip"},
		{name: "zsh-static", file: "/bin/zsh-static"},
		{name: "vim-tiny", file: "/usr/bin/vim.tiny"},
		{name: "htop", file: "/usr/bin/htop"},
		{name: "tcpdump", file: "/usr/bin/tcpdump"},
		{name: "tshark", file: "tshark", optional: true},      // only the tests of captures want it
		{name: "gdb-minimal", file: debugger, optional: true}, // only the test of cores wants it
		{name: "less", file: "/usr/bin/less"},
		{name: "bash-static", file: "/bin/bash-static", optional: true},
	}
}

// missing are the names of packages to install.
func missing(packages []debianPackage, optional bool) []string {
	var names []string
	for _, p := range packages {
		if p.optional != optional || p.isThere() {
			continue
		}
		if len(names) == 0 || names[len(names)-1] != p.name {
			names = append(names, p.name)
		}
	}
	return names
}

// installPackages installs what is missing and starts none of it: this cluster runs its own processes.
func installPackages(ctx context.Context, report *Report) error {
	wanted := missing(debianPackages(), false)
	optional := missing(debianPackages(), true)
	if len(wanted)+len(optional) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("these are missing and there is no apt-get: install %s by hand", strings.Join(wanted, ", "))
	}
	report.Step("installing Debian packages: %s", strings.Join(append(wanted, optional...), " "))
	allow, err := forbidServices()
	if err != nil {
		return err
	}
	defer allow()
	if err := aptInstall(ctx, append(wanted, optional...)); err == nil {
		return nil
	}
	// The lists of packages are old or were never fetched. Some other source in them may be out of reach, which does not
	// matter as long as the installation works afterwards.
	updateErr := apt(ctx, "update")
	err = aptInstall(ctx, append(wanted, optional...))
	if err != nil && len(optional) > 0 && len(wanted) > 0 {
		err = aptInstall(ctx, wanted)
	}
	if err != nil && len(wanted) > 0 {
		return fmt.Errorf("install packages: %w", errors.Join(updateErr, err))
	}
	return nil
}

// debugger is Debian's, of one of two packages: gdb is linked with Python and needs all of its library; gdb-minimal is not.
const debugger = "/usr/bin/gdb"

// fetchDebugger puts the minimal one where images are made of it. Without a network there is none, and no image with it.
func fetchDebugger(ctx context.Context, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	from := debugger
	program, err := elf.Open(from)
	if err != nil {
		return fmt.Errorf("the debugger: %w", err)
	}
	libraries, err := program.ImportedLibraries()
	if err := errors.Join(err, program.Close()); err != nil {
		return fmt.Errorf("libraries of the debugger: %w", err)
	}
	if slices.ContainsFunc(libraries, func(name string) bool { return strings.HasPrefix(name, "libpython") }) {
		folder, err := os.MkdirTemp("", "gdb")
		if err != nil {
			return fmt.Errorf("the debugger: %w", err)
		}
		defer os.RemoveAll(folder)
		// The lists of packages may be old, or were never fetched.
		const fetch = "{ apt-get -qq download gdb-minimal || { apt-get -qq update; apt-get -qq download gdb-minimal; }; } && dpkg-deb -x gdb-minimal*.deb ."
		cmd := exec.CommandContext(ctx, "sh", "-c", fetch)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("fetch gdb-minimal: %w: %s", err, strings.TrimSpace(string(out)))
		}
		from = filepath.Join(folder, debugger)
	}
	body, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, body, 0o755)
	}
	if err != nil {
		return fmt.Errorf("the debugger: %w", err)
	}
	return nil
}

func aptInstall(ctx context.Context, names []string) error {
	return apt(ctx, append([]string{"install", "-y", "--no-install-recommends"}, names...)...)
}

func apt(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-qq", "-o=DPkg::Lock::Timeout=120"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// policyFile is asked by Debian's packages whether they may start their services.
const policyFile = "/usr/sbin/policy-rc.d"

// forbidServices answers no for the time of the installation, where nobody else has an answer there already.
func forbidServices() (allow func(), err error) {
	file, err := os.OpenFile(policyFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return func() {}, nil
	} else if err != nil {
		return nil, fmt.Errorf("keep services from starting: %w", err)
	}
	defer file.Close()
	if _, err := file.WriteString("#!/bin/sh\nexit 101\n"); err != nil {
		return nil, fmt.Errorf("keep services from starting: %w", err)
	}
	return func() { _ = os.Remove(policyFile) }, nil
}
