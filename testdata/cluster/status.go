package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Status prints what runs. It is an error when the cluster cannot be used.
func Status(ctx context.Context, p Place, out io.Writer) error {
	for _, name := range append(componentNames(), nameKwok) {
		process, err := p.readPID(name)
		state := "not started"
		if err == nil {
			state = "ended, see " + p.Log(name)
			if process.Alive() {
				state = "process " + strconv.Itoa(process.PID)
			}
		}
		fmt.Fprintf(out, "%-24s %s\n", name, state)
	}
	fmt.Fprintf(out, "%-24s %s\n", "image registry", p.RegistryURL())
	fmt.Fprintf(out, "%-24s %s\n", "folder", p.Dir)
	if err := p.healthy(ctx, 3*time.Second); err != nil {
		return fmt.Errorf("the cluster is not usable: %w: `go run . up` brings it up", err)
	}
	fmt.Fprintf(out, "ready: export KUBECONFIG=%s\n", p.KubeConfig())
	return nil
}

// Enter replaces this program by one that runs inside the node, a shell by default.
func Enter(p Place, args []string) error {
	process, err := p.readPID(nameNode)
	if err != nil || !process.Alive() {
		return fmt.Errorf("there is no node to enter: `go run . up` brings it up")
	}
	if len(args) == 0 {
		args = []string{"/bin/sh"}
	}
	nsenter, err := exec.LookPath("nsenter")
	if err != nil {
		return fmt.Errorf("enter the node: %w: it is in Debian's package util-linux", err)
	}
	flags := []string{nsenter, "-t", strconv.Itoa(process.PID), "-m", "-n", "-p", "-u", "-i", "--"}
	return syscall.Exec(nsenter, append(flags, args...), append(os.Environ(), "PATH="+toolPath))
}
