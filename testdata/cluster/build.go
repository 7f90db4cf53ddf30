package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// kubernetesVersion is that of k8s.io/kubernetes in go.mod; a test compares them. The binaries cannot know it otherwise.
const kubernetesVersion = "v1.34.4"

// programName is this program in bin/: daemons cannot live in the temporary folder of "go run".
const programName = "cluster"

func kubernetesBinaries() []string {
	return []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"}
}

// linkFlags sets the version that binaries report, as Kubernetes' own build does.
func linkFlags() string {
	major, minor, _ := strings.Cut(strings.TrimPrefix(kubernetesVersion, "v"), ".")
	minor, _, _ = strings.Cut(minor, ".")
	flags := []string{"-s", "-w"}
	for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		for name, value := range map[string]string{
			"gitVersion": kubernetesVersion, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean",
		} {
			flags = append(flags, fmt.Sprintf("-X=%s.%s=%s", pkg, name, value))
		}
	}
	slices.Sort(flags[2:])
	return strings.Join(flags, " ")
}

// buildKubernetes builds the components once for a version.
func (p Place) buildKubernetes(ctx context.Context, report *Report) error {
	stamp := p.Bin(".kubernetes")
	want := kubernetesVersion + "\n" + linkFlags() + "\n"
	if text, err := os.ReadFile(stamp); err == nil && string(text) == want && p.haveBinaries() {
		return nil
	}
	report.Step("building Kubernetes %s: this takes minutes, once", kubernetesVersion)
	if err := os.Remove(stamp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("build Kubernetes: %w", err)
	}
	var packages []string
	for _, name := range kubernetesBinaries() {
		packages = append(packages, "k8s.io/kubernetes/cmd/"+name)
	}
	if err := p.goBuild(ctx, sourceFolder, append([]string{"-ldflags", linkFlags()}, packages...)...); err != nil {
		return fmt.Errorf("build Kubernetes: %w", err)
	}
	if err := os.WriteFile(stamp, []byte(want), 0o644); err != nil {
		return fmt.Errorf("build Kubernetes: %w", err)
	}
	return nil
}

func (p Place) haveBinaries() bool {
	for _, name := range kubernetesBinaries() {
		if _, err := os.Stat(p.Bin(name)); err != nil {
			return false
		}
	}
	return true
}

// buildOwn builds this program and those for the images. With a warm build cache it takes a part of a second.
func (p Place) buildOwn(ctx context.Context) error {
	if err := p.goBuild(ctx, sourceFolder, "-ldflags", "-s -w", ".", "./web", "./pause"); err != nil {
		return fmt.Errorf("build the cluster's own programs: %w", err)
	}
	return nil
}

// goBuild builds static binaries of the module in a folder of the repository into bin/.
func (p Place) goBuild(ctx context.Context, folder string, args ...string) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.Bin(""), 0o755); err != nil {
		return fmt.Errorf("folder for binaries: %w", err)
	}
	args = append([]string{"build", "-trimpath", "-buildvcs=false", "-o", p.Bin("") + "/"}, args...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join(root, folder)
	// Somebody who cross-compiles dayfly still wants a cluster for this machine.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=", "GOARCH=", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w:\n%s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
