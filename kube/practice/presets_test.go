package practice_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

// opens is the cluster as dayfly opens it.
func opens(t *testing.T, c *practice.Cluster) *kube.Cluster {
	t.Helper()
	flags, set := &kube.Flags{}, pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.AddTo(set)
	if err := set.Set("kubeconfig", c.Kubeconfig); err != nil {
		t.Fatal(err)
	}
	config, err := flags.Load()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := config.Open(config.Current())
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// Every tool that dayfly brings along starts in the practice cluster, and a registry would have its image.
func TestShippedPresetsStart(t *testing.T) {
	c := start(t, practice.Options{Manual: true})
	cluster := opens(t, c)
	list, mistakes := presets.Load(t.TempDir())
	if len(list) == 0 || len(mistakes) > 0 {
		t.Fatalf("%d presets, mistakes: %v", len(list), mistakes)
	}
	ends := map[string]bool{}    // by the containers: whether they end by themselves
	tools := map[string]string{} // by the container's name
	for _, preset := range list {
		if code := answers(t, c.Registry(), preset.Image); code != http.StatusOK {
			t.Errorf("%s: the registry answers %d for %s", preset.Name, code, preset.Image)
		}
		pod, err := cluster.Pod(t.Context(), "shop", "annotated")
		if err != nil {
			t.Fatal(err)
		}
		request := preset.Request("tool-"+preset.Name, "app")
		plan, err := debug.NewPlan(pod, request)
		if err != nil {
			t.Errorf("%s: %v", preset.Name, err)
			continue
		}
		progress := launch.CarryOut(t.Context(), cluster, plan)
		if first := <-progress; first.Step != launch.Accepted {
			t.Errorf("%s: %v", preset.Name, first.Err)
			continue
		}
		go func() { // the rest is read from the pod
			for range progress {
				continue
			}
		}()
		if ends[request.Name] = preset.Many; !preset.Many {
			tools[request.Name] = preset.Name
		}
	}
	c.Clock.Advance(5 * time.Minute) // pulls wait for each other
	pod, err := cluster.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	for container, many := range ends {
		if got, ok := pod.Container(container); many && (!ok || !got.Running && !got.Ended()) {
			t.Errorf("%s has not started: %+v", container, got)
		}
	}
	for container, preset := range tools {
		if got, ok := pod.Container(container); !ok || !got.Running {
			t.Errorf("%s does not run: %+v", preset, got)
		}
	}
}

// Every command that a tool of this machine's kind suggests works in the practice cluster.
func TestShippedHintsWork(t *testing.T) {
	c := start(t, practice.Options{})
	cluster := opens(t, c)
	list, _ := presets.Load(t.TempDir())
	played := []string{"busybox", "files", "alpine", "volumes", "nonroot"} // the programs of others are not on this machine
	ran := 0
	for _, preset := range list {
		if !slices.Contains(played, preset.Name) {
			continue
		}
		pod, err := cluster.Pod(t.Context(), "shop", "annotated")
		if err != nil {
			t.Fatal(err)
		}
		around := debug.ReadPodEnvironment(t.Context(), cluster, pod)
		plan, err := debug.NewPlan(pod, preset.Request("asks-"+preset.Name, "app"))
		if err != nil {
			t.Fatal(err)
		}
		facts := around.Facts(pod)
		place := plan.Place(facts)
		app, _ := pod.Container("app")
		hints := preset.Hints(presets.Subject{
			PID: place.PID, Root: place.Root, HTTP: app.Serves.HTTP, TCP: app.Serves.TCP, NoNetwork: facts.Node.Bare,
		})
		if len(hints) < 2 {
			t.Errorf("%s suggests %q", preset.Name, hints)
		}
		for i, hint := range hints {
			ran++
			request := preset.Request(fmt.Sprintf("hint-%s-%d", preset.Name, i), "app")
			request.Command = []string{"sh", "-c", hint}
			runs(t, cluster, request, hint)
		}
	}
	if ran == 0 {
		t.Error("nothing was tried")
	}
}

// runs wants a command to end well.
func runs(t *testing.T, cluster *kube.Cluster, request debug.Request, hint string) {
	t.Helper()
	pod, err := cluster.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := debug.NewPlan(pod, request)
	if err != nil {
		t.Fatal(err)
	}
	for p := range launch.CarryOut(t.Context(), cluster, plan) {
		if p.Err != nil {
			t.Fatal(p.Err)
		}
	}
	ending, err := cluster.AwaitExit(t.Context(), plan.Debug)
	if err != nil || ending.Exit == nil || ending.Exit.Code != 0 {
		t.Errorf("%q of %s: %+v, %v", hint, request.Name, ending.Exit, err)
	}
}

// All that the composer offers is known, and a name that nobody has is refused by registry and kubelet alike.
func TestCatalogueIsKnown(t *testing.T) {
	c := start(t, practice.Options{Manual: true})
	catalogue, err := nixery.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range catalogue.Groups {
		for _, p := range group.Packages {
			if code := answers(t, c.Registry(), "nixery.dev/shell/"+p.Name); code != http.StatusOK {
				t.Errorf("%s: the registry answers %d; it belongs into testdata/manifests/practice-images.yaml", p.Name, code)
			}
		}
	}
	cluster := opens(t, c)
	pod, err := cluster.Pod(t.Context(), "shop", "annotated")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := debug.NewPlan(pod, debug.Request{Name: "composed", Image: "nixery.dev/shell/dig/nosuch"})
	if err != nil {
		t.Fatal(err)
	}
	progress := launch.CarryOut(t.Context(), cluster, plan)
	if first := <-progress; first.Step != launch.Accepted {
		t.Fatal(first.Err)
	}
	c.Clock.Advance(time.Second)
	var last launch.Progress
	for last = range progress {
		continue
	}
	if last.Step != launch.Failed || !strings.Contains(last.Err.Error(), `failed to resolve reference "nixery.dev/shell/dig/nosuch:latest"`) {
		t.Errorf("an image that nobody has is at step %v: %v", last.Step, last.Err)
	}
}

// answers is the status with which a registry answers for an image.
func answers(t *testing.T, r http.RoundTripper, image string) int {
	t.Helper()
	ref, err := name.ParseReference(image)
	if err != nil {
		t.Fatal(err)
	}
	_, err = remote.Get(ref, remote.WithContext(t.Context()), remote.WithTransport(r), remote.WithRetryStatusCodes())
	var refused *transport.Error
	if errors.As(err, &refused) {
		return refused.StatusCode
	} else if err != nil {
		t.Fatal(err)
	}
	return http.StatusOK
}
