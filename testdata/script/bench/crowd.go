package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// The pods of a practice cluster in which one command is run, and how many are in a namespace.
const (
	crowdPods  = 1000
	crowdEach  = 100
	crowdRuns  = 3
	crowdLabel = "crowd"
)

// crowd measures one command in the debug containers of 1,000 pods of a practice cluster, of which each container is a process of this machine.
func (l *lab) crowd(ctx context.Context) ([]row, error) {
	whole := row{what: "1,000 pods: one command in each, 50 at a time, start to end", unit: "s", n: crowdRuns, bound: bound{kind: atMost, limit: 60}}
	until := row{what: "… until the first of them runs", unit: "s", n: crowdRuns}
	size := row{what: "… memory at most (RSS)", unit: "MB", n: crowdRuns, bound: bound{kind: atMost, limit: 150}}
	asked := row{what: "… requests for each pod", unit: "", n: crowdRuns}
	for range crowdRuns {
		one, err := l.crowdOnce(ctx)
		if err != nil {
			return nil, err
		}
		whole.dayfly, until.dayfly = append(whole.dayfly, one.whole.Seconds()), append(until.dayfly, one.prepared.Seconds())
		size.dayfly, asked.dayfly = append(size.dayfly, one.most), append(asked.dayfly, float64(one.requests)/crowdPods)
	}
	return []row{whole, until, size, asked}, nil
}

// crowded is how one run went.
type crowded struct {
	whole, prepared time.Duration
	most            float64 // memory, in MB
	requests        int64
}

func (l *lab) crowdOnce(ctx context.Context) (one crowded, err error) {
	var requests atomic.Int64
	var c *practice.Cluster
	if c, err = practice.Start(ctx, practice.Options{
		Scenes: manifests.FS, More: practiceCrowd(), Dir: l.folder, Audit: func(*http.Request) { requests.Add(1) },
	}); err != nil {
		return one, err
	}
	defer c.Close()
	env, err := l.crowdEnv(c.Kubeconfig)
	if err != nil {
		return one, err
	}
	requests.Store(0)
	cmd := exec.CommandContext(ctx, l.dayfly, "run", "-A", "-l", "app="+crowdLabel, "--max", "50", "--per-node", "50", "--yes", "--prefix", "--", "echo", "here")
	cmd.Env = env
	begin := time.Now()
	said := &watched{what: regexp.MustCompile(`(?m)^dayfly: this is batch`)}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, said
	if err := cmd.Start(); err != nil {
		return one, err
	}
	over := make(chan float64)
	stop := make(chan struct{})
	go func() { over <- highest(cmd.Process.Pid, stop) }()
	err = cmd.Wait()
	close(stop)
	one.most = <-over
	one.whole, one.prepared, one.requests = time.Since(begin), said.at.Sub(begin), requests.Load()
	if err != nil {
		return one, fmt.Errorf("dayfly run in %d pods: %w: %s", crowdPods, err, said.text.String())
	}
	if n := strings.Count(out.String(), "| here\n"); n != crowdPods {
		return one, fmt.Errorf("dayfly run in %d pods has printed %d lines", crowdPods, n)
	}
	return one, nil
}

// highest is the most memory of a process, in MB, until stop is closed. What the system tells at its end would count the bench's own memory too, of which
// the process is a fork.
func highest(pid int, stop <-chan struct{}) (most float64) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return most
		case <-tick.C:
			if size, err := resident(pid); err == nil {
				most = max(most, size)
			}
		}
	}
}

// crowdEnv is the environment of a dayfly that asks no registry.
func (l *lab) crowdEnv(kubeconfig string) ([]string, error) {
	folder, err := os.MkdirTemp(l.folder, "crowd-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(folder, "dayfly", "config.yaml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		return nil, err
	}
	err = os.WriteFile(config, []byte("registries: {ask: false}\n"), 0o600)
	return append(os.Environ(), "KUBECONFIG="+kubeconfig, "XDG_CONFIG_HOME="+folder, "XDG_STATE_HOME="+folder), err
}

// watched keeps what is written, and notes when something has come first.
type watched struct {
	what *regexp.Regexp
	text bytes.Buffer
	at   time.Time
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.text.Write(p)
	if w.at.IsZero() && w.what.Match(w.text.Bytes()) {
		w.at = time.Now()
	}
	return n, err
}

// practiceCrowd are the manifests of the pods.
func practiceCrowd() []fs.FS {
	var all strings.Builder
	for i := range crowdPods {
		namespace := fmt.Sprintf("%s-%d", crowdLabel, i/crowdEach)
		if i%crowdEach == 0 {
			fmt.Fprintf(&all, "---\n{apiVersion: v1, kind: Namespace, metadata: {name: %s}}\n", namespace)
		}
		fmt.Fprintf(&all, "---\n{apiVersion: v1, kind: Pod, metadata: {name: pod-%d, namespace: %s, labels: {app: %s}}, spec: {containers: [{name: app, image: %q}]}}\n",
			i, namespace, crowdLabel, "registry.example/demo/web:1")
	}
	return []fs.FS{fstest.MapFS{"crowd.yaml": {Data: []byte(all.String())}}}
}
