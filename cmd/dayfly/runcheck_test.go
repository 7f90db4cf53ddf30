//go:build unix

package main

import (
	"io"
	"io/fs"
	"log"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	noImage "github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	upload "github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// strictPod runs only what does not run as root.
const strictPod = `{apiVersion: v1, kind: Pod, metadata: {name: strict, namespace: shop}, spec: {securityContext: {runAsNonRoot: true}, containers: [
  {name: app, image: "registry.example/demo/web:1", args: [-user], securityContext: {runAsUser: 1000}}]}}`

// withStrictPod is the practice cluster with one pod more.
func withStrictPod(t *testing.T) fs.FS {
	t.Helper()
	all := fstest.MapFS{"more.yaml": {Data: []byte(strictPod)}}
	files, err := fs.Glob(manifests.FS, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(manifests.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = &fstest.MapFile{Data: data}
	}
	return all
}

// imageFor puts an image into a registry of the test's own and returns its name.
func imageFor(t *testing.T, arch, user string) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	image, err := mutate.ConfigFile(noImage.Image, &v1.ConfigFile{OS: "linux", Architecture: arch, Config: v1.Config{User: user}})
	if err != nil {
		t.Fatal(err)
	}
	reference, err := name.ParseReference(at.Host + "/tool:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := upload.Write(reference, image); err != nil {
		t.Fatal(err)
	}
	return reference.String()
}

// What is known to fail is not added: nothing stays in the pod. What may fail is said, and --force adds it all the same.
func TestRunStopsBeforeItAdds(t *testing.T) {
	t.Parallel()
	b := practisedWith(t, withStrictPod(t))
	root, other, user := imageFor(t, "amd64", ""), imageFor(t, "s390x", ""), imageFor(t, "amd64", "1000")
	for name, c := range map[string]struct{ args, says string }{
		"a preset that runs as root":      {"strict -- id", "the pod asks for a non-root user, and the image runs as root: it will not start"},
		"an image that runs as root":      {"strict --image " + root + " -- id", "the pod asks for a non-root user, and the image runs as root: it will not start"},
		"an image for other nodes":        {"annotated --image " + other + " -- id", "the image is made for linux/s390x, and the node is linux/amd64: it will not start there"},
		"rights that are missing":         {"annotated --context practice-viewer -- id", "you may not add a debug container to pod annotated"},
		"the policy of the namespace":     {"-n restricted safe --profile sysadmin -- id", "restricted"},
		"a user that only an image names": {"strict --preset kafka -- id", `the image only names its user, "appuser"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"run"}, strings.Fields(c.args)...)
			got := b.runs(nil, args...)
			if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, c.says) || !strings.Contains(got.stderr, "--force") || strings.Contains(got.stderr, "kubectl debug") {
				t.Errorf("exit code %d, printed %q and %q, want 1 and %q", got.code, got.stdout, got.stderr, c.says)
			}
			r := reportOf(t, b.runs(nil, append([]string{"run", "-o", "json"}, args[1:]...)...).stderr)
			if !strings.Contains(r.Error, c.says) || !strings.Contains(r.Hint, "--force") || r.Leaves != "" || r.ExitCode != nil {
				t.Errorf("the report is %+v", r)
			}
		})
	}
	t.Run("one that may fail", func(t *testing.T) {
		t.Parallel()
		got := b.runs(nil, "run", "strict", "--image", "registry.invalid/tool:1", "--timeout", "1ms", "--", "id")
		if got.code == 1 || strings.Contains(got.stderr, "--force") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("an image with a user", func(t *testing.T) {
		t.Parallel()
		got := b.runs(nil, "run", "strict", "--image", user, "--", "id")
		if strings.Contains(got.stderr, "non-root") || !strings.Contains(got.stderr, "kubectl debug") { // the practice node does not know the image
			t.Errorf("%+v", got)
		}
	})
	t.Cleanup(func() {
		for _, pod := range []string{"annotated"} {
			if list := b.runs(nil, "attach", pod, "-o", "json"); list.code != 0 || strings.TrimSpace(list.stdout) != "[]" {
				t.Errorf("there are debug containers: %+v", list)
			}
		}
	})
}

// With --force the cluster has the last word, what is known is said all the same, and what stays is said before and after.
func TestRunForced(t *testing.T) {
	t.Parallel()
	b := practisedWith(t, withStrictPod(t))
	const known = "the pod asks for a non-root user, and the image runs as root: it will not start"
	got := b.runs(nil, "run", "strict", "--force", "--", "id")
	if got.code != 1 || !strings.Contains(got.stderr, known) || !strings.Contains(got.stderr, "kubectl debug") || !strings.Contains(got.stderr, "CreateContainer") || strings.Contains(got.stderr, "profile general") {
		t.Errorf("%+v", got)
	}
	r := reportOf(t, b.runs(nil, "run", "strict", "--force", "-o", "json", "--", "id").stderr)
	if !strings.Contains(strings.Join(r.Notes, "\n"), known) || !strings.Contains(r.Leaves, "stays in pod strict") || r.Error == "" {
		t.Errorf("the report is %+v", r)
	}
}

// TestRunTellsWhatStays before the command and after it, unless nothing is to be said.
func TestRunTellsWhatStays(t *testing.T) {
	t.Parallel()
	b := practised(t)
	got := b.runs(nil, "run", "annotated", "--", "true")
	lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "dayfly: the entry of debug container debugger-") || !strings.HasSuffix(lines[2], " of pod annotated until the pod is deleted") {
		t.Errorf("%+v", got)
	}
	if quiet := b.runs(nil, "run", "annotated", "-q", "--", "true"); quiet.stderr != "" {
		t.Errorf("%+v", quiet)
	}
	r := reportOf(t, b.runs(nil, "run", "annotated", "-o", "json", "--", "true").stderr)
	if !strings.Contains(r.Leaves, r.Container+" stays in pod annotated until the pod is deleted") {
		t.Errorf("the report is %+v", r)
	}
}

// TestPassedOn: what a program of another system ends with fits into the code of a process, and never looks like success.
func TestPassedOn(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]int{1: 1, 7: 7, 255: 255, 256: 255, 512: 255, 3221225786: 255, -1: 255, -256: 255} {
		if err := passedOn(code); err == nil || exitOf(err) != want {
			t.Errorf("%d becomes %v, want %d", code, err, want)
		}
	}
	if err := passedOn(0); err != nil {
		t.Errorf("0 becomes %v", err)
	}
}
