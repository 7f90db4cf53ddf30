// Command bench measures dayfly beside kubectl debug: same cluster, same pod, same image, taking turns, in terminals of the same
// size. It prints a table of medians in Markdown and exits 1 when a bound is broken.
//
//	make bench
//	KUBECONFIG=… KUBECTL=… DAYFLY_BIN=… go run ./testdata/script/bench
//
// KUBECTL is the kubectl to compare with (default: the one in PATH), DAYFLY_BIN the binary (default: bin/dayfly), DAYFLY_E2E_WEB
// the image that is looked into.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// How often each thing is measured.
const (
	promptRuns = 9
	keyPresses = 200
	streamRuns = 9
	startRuns  = 20
)

// noise is what a ratio may miss its bound by: on a machine with two cores that does other things too, the medians of the same two
// binaries differ by as much from one bench to the next.
const noise = 0.1

func main() {
	broken, err := bench(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	for _, line := range broken {
		fmt.Fprintln(os.Stderr, "bench: bound broken:", line)
	}
	if len(broken) > 0 {
		os.Exit(1)
	}
}

// lab is what the measurements need.
type lab struct {
	*scratch.Namespace
	dayfly, kubectl string
	pod             string
	env             []string
}

const (
	tool   = "busybox:1.37"
	prompt = "/ # "
)

func bench(ctx context.Context) (broken []string, err error) {
	began := time.Now()
	l := &lab{pod: "web", dayfly: or("DAYFLY_BIN", "bin/dayfly"), kubectl: or("KUBECTL", "kubectl")}
	for _, program := range []*string{&l.dayfly, &l.kubectl} {
		if *program, err = exec.LookPath(*program); err != nil {
			return nil, fmt.Errorf("find the programs: %w", err)
		}
	}
	folder, err := os.MkdirTemp("", "dayfly-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if l.Namespace, err = scratch.New(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Delete(ctx)) }()
	kubeconfig := filepath.Join(folder, "kubeconfig")
	if err := l.Kubeconfig(kubeconfig); err != nil {
		return nil, err
	}
	l.env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "XDG_CONFIG_HOME="+folder, "XDG_STATE_HOME="+folder, "TERM=xterm-256color")
	image := or("DAYFLY_E2E_WEB", "registry.example/demo/web:1")
	if err := l.Run(ctx, l.pod, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: image}}}); err != nil {
		return nil, err
	}
	rows, err := l.measure(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Print(table(rows))
	fmt.Printf("\n%d s in all; %s.\n", int(time.Since(began).Seconds()), version(l.kubectl))
	for _, r := range rows {
		if words := r.broken(); words != "" {
			broken = append(broken, words)
		}
	}
	return broken, nil
}

// measure does everything, the quick things first.
func (l *lab) measure(ctx context.Context) ([]row, error) {
	var rows []row
	for _, part := range []func(context.Context) ([]row, error){l.startUp, l.prompts, l.sessions} {
		more, err := part(ctx)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

func or(variable, value string) string {
	if set := os.Getenv(variable); set != "" {
		return set
	}
	return value
}

func version(kubectl string) string {
	out, err := exec.Command(kubectl, "version", "--client").Output()
	if err != nil {
		return kubectl
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
