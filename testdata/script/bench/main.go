// Command bench measures dayfly beside kubectl: same cluster, same pods, taking turns, in terminals of the same size. It prints a
// table of medians in Markdown and exits 1 when a bound is broken.
//
//	make bench
//	KUBECONFIG=… KUBECTL=… DAYFLY_BIN=… go run ./testdata/script/bench [-only sessions|triage|leftovers|nodes|crowd|many|files] [-standing]
//
// KUBECTL is the kubectl to compare with (default: the one in PATH), DAYFLY_BIN the binary (default: bin/dayfly), DAYFLY_E2E_WEB
// the image that is looked into. Sessions are measured on any cluster; triage, with its 50,000 pods, leftovers, with 10,000, and nodes, with 5,000 of
// them, on our own one only, whose folder DAYFLY_CLUSTER_DIR names. Many, one command in 20 pods, and files, which go in and out, are measured on any cluster,
// and crowd, one command in 1,000 pods, on a practice cluster that the bench starts.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

func main() {
	process.Main() // of the practice cluster
	only := flag.String("only", "", "measure one part only: "+strings.Join(parts(), ", "))
	standing := flag.Bool("standing", false, "the pods of triage or leftovers, or the nodes, stand already: neither make them nor take them away")
	flag.Parse()
	if *only != "" && !slices.Contains(parts(), *only) {
		fmt.Fprintf(os.Stderr, "bench: there is no part %q: use one of %s\n", *only, strings.Join(parts(), ", "))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	broken, err := bench(ctx, *only, *standing)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	for _, line := range broken {
		fmt.Fprintln(os.Stderr, "bench: bound broken:", line)
	}
	if err != nil || len(broken) > 0 {
		os.Exit(1)
	}
}

// The parts of the bench.
const (
	partSessions  = "sessions"
	partTriage    = "triage"
	partLeftovers = "leftovers"
	partNodes     = "nodes"
	partMany      = "many"
	partCrowd     = "crowd"
	partFiles     = "files"
)

func parts() []string {
	return []string{partSessions, partTriage, partLeftovers, partNodes, partMany, partCrowd, partFiles}
}

func bench(ctx context.Context, only string, standing bool) (broken []string, err error) {
	if only == partCrowd {
		return benchPractice(ctx)
	}
	if reason := foreign(); reason != nil && !slices.Contains([]string{partSessions, partMany, partFiles}, only) {
		if only != "" {
			return nil, reason
		}
		fmt.Fprintln(os.Stderr, "bench: sessions only:", reason)
		only = partSessions
	}
	began := time.Now()
	l := &lab{pod: "web", standing: standing, dayfly: or("DAYFLY_BIN", "bin/dayfly"), kubectl: or("KUBECTL", "kubectl")}
	for _, program := range []*string{&l.dayfly, &l.kubectl} {
		if *program, err = exec.LookPath(*program); err != nil {
			return nil, fmt.Errorf("find the programs: %w", err)
		}
	}
	if l.folder, err = os.MkdirTemp("", "dayfly-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(l.folder)) }()
	if l.Namespace, err = scratch.New(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Delete(context.WithoutCancel(ctx))) }()
	l.kubeconfig = filepath.Join(l.folder, "kubeconfig")
	if err := l.Kubeconfig(l.kubeconfig); err != nil {
		return nil, err
	}
	l.env = append(os.Environ(), "KUBECONFIG="+l.kubeconfig, "XDG_CONFIG_HOME="+l.folder, "XDG_STATE_HOME="+l.folder, "TERM=xterm-256color")
	rows, err := l.measure(ctx, only)
	return told(rows, fmt.Sprintf("%d s in all; %s.", int(time.Since(began).Seconds()), version(l.kubectl))), err
}

// benchPractice measures what needs no cluster of its own.
func benchPractice(ctx context.Context) (broken []string, err error) {
	l := &lab{dayfly: or("DAYFLY_BIN", "bin/dayfly")}
	if l.folder, err = os.MkdirTemp("", "dayfly-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(l.folder)) }()
	rows, err := l.crowd(ctx)
	return told(rows, "on a practice cluster."), err
}

// told prints rows, and tells which bounds are broken.
func told(rows []row, words string) (broken []string) {
	fmt.Print(table(rows)) // what was measured before something went wrong is worth seeing
	fmt.Println("\n" + words)
	for _, r := range rows {
		if words := r.broken(); words != "" {
			broken = append(broken, words)
		}
	}
	return broken
}

// measure does everything that is wanted, the quick things first, and the many pods when nothing else would be slowed by them.
func (l *lab) measure(ctx context.Context, only string) ([]row, error) {
	var parts []func(context.Context) ([]row, error)
	if only == "" || only == partSessions {
		image := or("DAYFLY_E2E_WEB", "registry.example/demo/web:1")
		if err := l.Run(ctx, l.pod, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: image}}}); err != nil {
			return nil, err
		}
		parts = append(parts, l.startUp, l.prompts, l.sessions)
	}
	if only == "" || only == partMany {
		parts = append(parts, l.many)
	}
	if only == "" || only == partFiles {
		parts = append(parts, l.files)
	}
	if only == "" || only == partCrowd {
		parts = append(parts, l.crowd)
	}
	if only == "" || only == partTriage {
		parts = append(parts, l.triage)
	}
	if only == "" || only == partLeftovers {
		parts = append(parts, l.leftovers)
	}
	if only == "" || only == partNodes {
		parts = append(parts, l.nodes)
	}
	var rows []row
	for _, part := range parts {
		more, err := part(ctx)
		rows = append(rows, more...)
		if err != nil {
			return rows, err
		}
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
