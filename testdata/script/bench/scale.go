package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// fleet is our own cluster's program, which makes many pods and changes them.
type fleet struct {
	program  string
	standing bool // the pods are left as they are
}

// clusterFolder names the variable that leads to our own cluster.
const clusterFolder = "DAYFLY_CLUSTER_DIR"

// foreign says why there cannot be a fleet: 50,000 pods, and what makes them in etcd, are for a cluster of ours only.
func foreign() error {
	folder := os.Getenv(clusterFolder)
	if folder == "" {
		return fmt.Errorf("triage is measured on our own cluster only, and %s does not name its folder: `make bench` without KUBECONFIG does", clusterFolder)
	}
	ours, err := os.Stat(filepath.Join(folder, "run", "kubeconfig"))
	if err != nil {
		return fmt.Errorf("triage is measured on our own cluster only: find it: %w", err)
	}
	given, err := os.Stat(os.Getenv("KUBECONFIG"))
	if err != nil || !os.SameFile(ours, given) {
		return fmt.Errorf("triage is measured on our own cluster only, and KUBECONFIG is not that of %s", folder)
	}
	return nil
}

// newFleet builds the program, so that signals reach it and not a go run around it.
func (l *lab) newFleet(ctx context.Context) (*fleet, error) {
	f := &fleet{program: filepath.Join(l.folder, "cluster"), standing: l.standing}
	cmd := exec.CommandContext(ctx, "go", "build", "-C", "testdata/cluster", "-o", f.program, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the cluster's program: %w\n%s", err, out)
	}
	return f, nil
}

// scale makes so many pods, or takes away what is too many.
func (f *fleet) scale(ctx context.Context, pods int) error {
	if f.standing {
		return nil
	}
	cmd := exec.CommandContext(ctx, f.program, "scale", strconv.Itoa(pods))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("scale to %d pods: %w", pods, err)
	}
	return nil
}

// scaleNodes makes so many fake nodes, with so many pods on some of them.
func (f *fleet) scaleNodes(ctx context.Context, nodes, pods int) error {
	if f.standing {
		return nil
	}
	cmd := exec.CommandContext(ctx, f.program, "scale", "--nodes", strconv.Itoa(nodes), strconv.Itoa(pods))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("scale to %d nodes: %w", nodes, err)
	}
	return nil
}

// churn changes so many pods a second until stop, which tells an error when they were fewer. It returns when it has begun.
func (f *fleet) churn(rate int) (stop func() error, err error) {
	cmd := exec.Command(f.program, "churn", strconv.Itoa(rate))
	cmd.Stderr = os.Stderr
	begun, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("change pods: %w", err)
	}
	if _, err := bufio.NewReader(begun).ReadString('\n'); err != nil {
		return nil, fmt.Errorf("change pods: %w", cmd.Wait())
	}
	return func() error {
		_ = cmd.Process.Signal(os.Interrupt) // one that has ended already says why
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("change pods: %w", err)
		}
		return nil
	}, nil
}
