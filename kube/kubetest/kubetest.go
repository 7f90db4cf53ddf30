// Package kubetest opens clusters for the tests of packages that use package kube: on an API server in the hands of the test, and on practice clusters.
package kubetest

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// Serve opens a cluster whose API server is handler. It waits between attempts only as long as the scheduler does.
func Serve(t testing.TB, handler http.Handler) *kube.Cluster {
	t.Helper()
	return OpenAt(t, apitest.Serve(t, handler))
}

// Converse opens a cluster whose API server is the test itself: each request comes out of the channel.
func Converse(t *testing.T) (*kube.Cluster, <-chan *apitest.Exchange) {
	t.Helper()
	requests := make(chan *apitest.Exchange)
	return Serve(t, apitest.Conversation(t, requests)), requests
}

// OpenAt opens a cluster whose API server is at url.
func OpenAt(t testing.TB, url string) *kube.Cluster {
	t.Helper()
	c, err := kube.New("test", "shop", &rest.Config{Host: url}, kube.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	c.SetPatience(func(int) time.Duration { return time.Millisecond })
	return c
}

// ServeGuarded opens a cluster with a guard, whose API server is at a path of its host.
func ServeGuarded(t *testing.T, g kube.Guard, next http.Handler, path string) (*kube.Cluster, *apitest.Witness) {
	t.Helper()
	w := &apitest.Witness{Next: next}
	c, err := kube.New("prod-eu", "shop", &rest.Config{Host: apitest.Serve(t, http.StripPrefix(path, w)) + path}, g)
	if err != nil {
		t.Fatal(err)
	}
	c.SetPatience(func(int) time.Duration { return time.Millisecond })
	return c, w
}

// WantGuarded wants the error of a guard rail, with this sentence.
func WantGuarded(t *testing.T, what string, err error, sentence string) {
	t.Helper()
	var problem *kube.Problem
	if !errors.As(err, &problem) || !errors.Is(err, kube.ErrGuarded) {
		t.Errorf("%s: the error is %v", what, err)
		return
	}
	if problem.Message != sentence || problem.Hint == "" && len(problem.Help) == 0 {
		t.Errorf("%s: the problem is %q, want %q", what, problem.Message, sentence)
	}
}

// WantProblem wants a *kube.Problem whose What begins like what and which says what to do.
func WantProblem(t *testing.T, err error, what string) *kube.Problem {
	t.Helper()
	var p *kube.Problem
	if !errors.As(err, &p) {
		t.Fatalf("the error is %v (%T), want a *kube.Problem", err, err)
	}
	if !strings.HasPrefix(p.Message, what) {
		t.Errorf("the problem is\n%q, want it to begin\n%q", p.Message, what)
	}
	if p.Hint == "" && len(p.Help) == 0 {
		t.Errorf("%q comes without a hint", p.Message)
	}
	for _, text := range []string{p.Message, p.Hint} {
		if text != kube.Sanitize(text) {
			t.Errorf("%q is not clean", text)
		}
	}
	return p
}

// WantNoSecret wants none of the tests' passwords in a text.
func WantNoSecret(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "hunter2") || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("admin:"+"hunter2"))) {
		t.Errorf("%s has a secret", text)
	}
}

// Practise opens a context of a practice cluster, whose API server judges for itself.
func Practise(t *testing.T, context string) *kube.Cluster {
	t.Helper()
	return practise(t, context, practice.Options{Scenes: manifests.FS, Manual: true, Dir: t.TempDir()})
}

// PractiseLive is [Practise] of a cluster whose time goes on: what is added to it starts.
func PractiseLive(t *testing.T, context string) *kube.Cluster {
	t.Helper()
	return PractiseGuarded(t, context, kube.Guard{})
}

// PractiseGuarded is [PractiseLive] under rules.
func PractiseGuarded(t *testing.T, context string, g kube.Guard) *kube.Cluster {
	t.Helper()
	return practiseUnder(t, context, practice.Options{Scenes: manifests.FS, Dir: t.TempDir()}, g)
}

func practise(t *testing.T, context string, o practice.Options) *kube.Cluster {
	t.Helper()
	return practiseUnder(t, context, o, kube.Guard{})
}

func practiseUnder(t *testing.T, context string, o practice.Options, g kube.Guard) *kube.Cluster {
	t.Helper()
	started, err := practice.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.Close)
	config := Kubeconfig(t, started.Kubeconfig)
	config.Guard = func(string) kube.Guard { return g }
	return Open(t, config, context)
}

// Kubeconfig reads a kubeconfig, as --kubeconfig does.
func Kubeconfig(t testing.TB, file string) *kube.Kubeconfig {
	t.Helper()
	flags, set := &kube.Flags{}, pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Set("kubeconfig", file); err != nil {
		t.Fatal(err)
	}
	config, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// Open opens a context of a kubeconfig; an empty one is the current.
func Open(t testing.TB, config *kube.Kubeconfig, context string) *kube.Cluster {
	t.Helper()
	cluster, err := config.Open(context)
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// Main runs the tests of a package that practises: practice clusters and credential plugins start this program again, as another.
func Main(m *testing.M) {
	if signal.Ignored(syscall.SIGHUP) { // as nohup leaves it, also to the programs of tests, which are to hear it
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	background.Main()
	process.Main()
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	m.Run()
}
