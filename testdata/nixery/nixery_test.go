package nixery_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dayfly-k8s/dayfly/testdata/nixery"
)

// packages are those that the tests have. Each is a layer with its own name and architecture in it.
func packages(name, arch string) (v1.Layer, bool) {
	known := []string{"bash", "cacert", "coreutils", "dig", "htop", "moreutils", "nano", "tcpdump"}
	return static.NewLayer([]byte(name+" "+arch), types.DockerLayer), slices.Contains(known, name)
}

func serve(t *testing.T, o nixery.Options) string {
	t.Helper()
	o.Packages = packages
	server := httptest.NewServer(nixery.New(o))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func reference(t *testing.T, image string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(image, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func pull(t *testing.T, image string) (v1.Image, error) {
	t.Helper()
	// One try: go-containerregistry repeats what is answered with 500, after a while.
	return remote.Image(reference(t, image), remote.WithContext(t.Context()), remote.WithRetryStatusCodes())
}

func contents(t *testing.T, image v1.Image) (all []string) {
	t.Helper()
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		packed, err := layer.Compressed()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(packed)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func TestImages(t *testing.T) {
	host := serve(t, nixery.Options{})
	for path, want := range map[string]struct {
		arch, layers string
		cmd          []string
	}{
		"shell":                    {"amd64", "bash cacert coreutils moreutils nano", []string{"bash"}},
		"dig":                      {"amd64", "cacert dig", nil},
		"shell/tcpdump/dig/dig":    {"amd64", "bash cacert coreutils dig moreutils nano tcpdump", []string{"bash"}},
		"arm64/dig":                {"arm64", "cacert dig", nil},
		"arm64/shell/htop:any-tag": {"arm64", "bash cacert coreutils htop moreutils nano", []string{"bash"}},
		"dig/bash":                 {"amd64", "bash cacert dig", nil},
	} {
		image, err := pull(t, host+"/"+path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		file, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		var layers []string
		for _, name := range strings.Fields(want.layers) {
			layers = append(layers, name+" "+want.arch)
		}
		if diff := cmp.Diff(layers, contents(t, image)); diff != "" {
			t.Errorf("%s: layers (-want +got):\n%s", path, diff)
		}
		config := v1.Config{Cmd: want.cmd, Env: []string{"SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt"}}
		if diff := cmp.Diff(config, file.Config); diff != "" || file.Architecture != want.arch || file.OS != "linux" {
			t.Errorf("%s: for %s/%s, configuration (-want +got):\n%s", path, file.OS, file.Architecture, diff)
		}
	}
}

// The order of packages makes no other image, and what was pulled by its tag can be pulled by its digest.
func TestDigest(t *testing.T) {
	host := serve(t, nixery.Options{})
	one, err := pull(t, host+"/shell/dig/htop")
	if err != nil {
		t.Fatal(err)
	}
	digest, err := one.Digest()
	if err != nil {
		t.Fatal(err)
	}
	other, err := pull(t, host+"/shell/htop/dig@"+digest.String())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := other.Digest(); err != nil || again != digest {
		t.Errorf("by digest it is %s, %v, want %s", again, err, digest)
	}
	head, err := remote.Head(reference(t, host+"/shell/htop/dig"))
	if err != nil || head.Digest != digest || head.MediaType != types.DockerManifestSchema2 {
		t.Errorf("its head is %+v, %v", head, err)
	}
}

// The words are those of the real server: they are read by programs.
func TestRefusals(t *testing.T) {
	host := serve(t, nixery.Options{Build: func(_ context.Context, packages []string) error {
		if slices.Contains(packages, "tcpdump") {
			return errors.New("it is broken")
		}
		return nil
	}})
	for path, want := range map[string]transport.Error{
		"shell/nosuch/dig/no.such-too": {StatusCode: http.StatusNotFound, Errors: []transport.Diagnostic{
			{Code: transport.ManifestUnknownErrorCode, Message: "Could not find Nix packages: [no.such-too nosuch]"}}},
		"git/shell": {StatusCode: http.StatusNotFound, Errors: []transport.Diagnostic{
			{Code: transport.ManifestUnknownErrorCode, Message: "Could not find Nix packages: [git shell]"}}},
		"shell/tcpdump": {StatusCode: http.StatusInternalServerError, Errors: []transport.Diagnostic{
			{Code: "UNKNOWN", Message: "image build failure"}}},
	} {
		_, err := pull(t, host+"/"+path)
		var got *transport.Error
		if !errors.As(err, &got) || got.StatusCode != want.StatusCode || cmp.Diff(want.Errors, got.Errors) != "" {
			t.Errorf("%s: %v, want %v", path, err, &want)
		}
	}
	for _, path := range []string{"/", "/v2/dig/tags/list", "/v2/dig/blobs/latest", "/v2/dig/blobs/sha256:" + strings.Repeat("0", 64), "/v2/manifests/x"} {
		response, err := http.Get("http://" + host + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s is answered %s", path, response.Status)
		}
	}
}

// A combination is built once, and who asks for it first waits.
func TestBuild(t *testing.T) {
	building, built := make(chan []string), make(chan error)
	host := serve(t, nixery.Options{Build: func(_ context.Context, packages []string) error {
		building <- packages
		return <-built
	}})
	answer := make(chan error, 1)
	ask := func() {
		_, err := pull(t, host+"/htop/dig")
		answer <- err
	}
	go ask()
	if diff := cmp.Diff([]string{"cacert", "dig", "htop"}, <-building); diff != "" {
		t.Errorf("builds (-want +got):\n%s", diff)
	}
	select {
	case err := <-answer:
		t.Fatalf("it answers before it has built: %v", err)
	default:
	}
	built <- errors.New("the first build fails")
	if err := <-answer; err == nil {
		t.Error("a failed build is answered with an image")
	}
	go ask()
	<-building
	built <- nil
	if err := <-answer; err != nil {
		t.Error(err)
	}
	go ask()
	select {
	case err := <-answer:
		if err != nil {
			t.Error(err)
		}
	case <-building:
		t.Error("it builds again")
	case <-time.After(10 * time.Second):
		t.Error("no answer")
	}
}
