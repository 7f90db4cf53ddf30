package registry_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/dayfly-k8s/dayfly/kube/practice/registry"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

func load(t *testing.T) (*registry.Registry, *scene.Images) {
	t.Helper()
	s, err := scene.Load(manifests.FS)
	if err != nil {
		t.Fatal(err)
	}
	return registry.New(s.Images), s.Images
}

// ask is what an ordinary client of registries learns of an image.
func ask(t *testing.T, r http.RoundTripper, image, arch string) (*v1.ConfigFile, int64, error) {
	t.Helper()
	ref, err := name.ParseReference(image)
	if err != nil {
		t.Fatal(err)
	}
	// One try: the client repeats what is answered with 500, after a while.
	found, err := remote.Image(ref, remote.WithContext(t.Context()), remote.WithTransport(r), remote.WithRetryStatusCodes(),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: arch}))
	if err != nil {
		return nil, 0, err
	}
	config, err := found.ConfigFile()
	if err != nil {
		return nil, 0, err
	}
	manifest, err := found.Manifest()
	if err != nil {
		return nil, 0, err
	}
	size := int64(0)
	for _, layer := range manifest.Layers {
		size += layer.Size
	}
	return config, size, nil
}

// What a registry says of each image is what a kubelet of the practice cluster makes of it.
func TestImages(t *testing.T) {
	r, images := load(t)
	refs := []string{"nixery.dev/shell/dig:latest", "nixery.dev/arm64/htop:latest", "docker.io/slow/busybox:tag"}
	for _, image := range images.Images {
		refs = append(refs, image.Names...)
	}
	for _, ref := range refs {
		want, err := images.Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, arch := range []string{"amd64", "arm64"} {
			config, size, err := ask(t, r, ref, arch)
			if len(want.Platforms) != 1 && err == nil && config.Architecture != arch {
				t.Errorf("%s for %s is for %s", ref, arch, config.Architecture)
			}
			if err != nil || size != want.Size || !want.Runs(config.Architecture) || config.Config.User != want.User ||
				cmp.Diff(want.Entrypoint, config.Config.Entrypoint) != "" || cmp.Diff(want.Cmd, config.Config.Cmd) != "" {
				t.Errorf("%s for %s: %+v, %d bytes, %v; want %+v", ref, arch, config, size, err, want)
			}
		}
	}
}

func TestByDigest(t *testing.T) {
	r, _ := load(t)
	for _, image := range []string{"busybox:1.37", "nixery.dev/shell/htop"} {
		ref, err := name.ParseReference(image)
		if err != nil {
			t.Fatal(err)
		}
		head, err := remote.Head(ref, remote.WithTransport(r))
		if err != nil {
			t.Fatal(err)
		}
		config, _, err := ask(t, r, ref.Context().Name()+"@"+head.Digest.String(), "amd64")
		if err != nil || config.Architecture != "amd64" {
			t.Errorf("%s by its digest: %+v, %v", image, config, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	r, _ := load(t)
	for image, want := range map[string]struct {
		code int
		text string
	}{
		"nosuch:1":                         {404, "MANIFEST_UNKNOWN: there is no docker.io/library/nosuch:1"},
		"ghcr.io/team/tool:1":              {404, "there is no ghcr.io/team/tool:1"},
		"busybox@sha256:" + zeros:          {404, "there is no docker.io/library/busybox@sha256:000"},
		"registry.example/broken/web:1":    {500, "out of order"},
		"nixery.dev/shell/nosuch/dig/nope": {404, "Could not find Nix packages: [nope nosuch]"},
		"nixery.dev/shell/terraform":       {500, "image build failure"},
	} {
		_, _, err := ask(t, r, image, "amd64")
		var refused *transport.Error
		if !errors.As(err, &refused) || refused.StatusCode != want.code || !strings.Contains(err.Error(), want.text) {
			t.Errorf("%s: %v, want %d: %s", image, err, want.code, want.text)
		}
	}
}

var zeros = strings.Repeat("0", 64)

// Contents are not to be had, and that is an answer too.
func TestContents(t *testing.T) {
	r, _ := load(t)
	client := &http.Client{Transport: r}
	for _, address := range []string{
		"https://index.docker.io/v2/library/busybox/blobs/sha256:" + zeros, "https://index.docker.io/v2/library/busybox/blobs/1.37",
		"https://nixery.dev/v2/shell/blobs/sha256:" + zeros, "https://example.com/", "https://quay.io/v2/a/tags/list",
	} {
		response, err := client.Get(address)
		if err != nil {
			t.Error(err)
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s %s, %v", address, response.Status, text, err)
		}
	}
}
