package registry

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	oci "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

var amd64, arm64 = Platform{"linux", "amd64"}, Platform{"linux", "arm64"}

// world is a server that stands for every host there is.
type world struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // METHOD path, /v2/ left out
}

// serve starts a world over TLS.
func serve(t *testing.T, handler http.Handler) *world {
	t.Helper()
	w := &world{}
	w.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" && r.Method == http.MethodGet {
			w.mu.Lock()
			w.asked = append(w.asked, r.URL.Path)
			w.mu.Unlock()
		}
		handler.ServeHTTP(rw, r)
	}))
	w.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.StartTLS()
	t.Cleanup(w.Close)
	return w
}

// pages serves fixed answers by path; /v2/ is a registry's unless it is among them.
func pages(answers map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if answer := answers[r.URL.Path]; answer != nil {
			answer(w, r)
		} else if r.URL.Path != "/v2/" {
			http.NotFound(w, r)
		}
	}
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (w *world) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// network leads every address to the world, whose certificate it trusts whatever the host is called.
func (w *world) network() *http.Transport {
	t := w.Client().Transport.(*http.Transport).Clone()
	t.TLSClientConfig.InsecureSkipVerify = true
	t.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, w.Listener.Addr().String())
	}
	return t
}

func (w *world) registry() *Registry {
	return New(Options{Transport: w.network(), Keychain: authn.NewMultiKeychain(), Nixery: []string{"registry.corp/nixery"}})
}

// push puts an image into a world that is an OCI registry.
func (w *world) push(t *testing.T, at string, what remote.Taggable) {
	t.Helper()
	ref, err := name.ParseReference(at)
	if err != nil {
		t.Fatal(err)
	}
	switch what := what.(type) {
	case v1.Image:
		err = remote.Write(ref, what, remote.WithTransport(w.network()))
	case v1.ImageIndex:
		err = remote.WriteIndex(ref, what, remote.WithTransport(w.network()))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func memoryRegistry() http.Handler { return oci.New(oci.Logger(log.New(io.Discard, "", 0))) }

// picture makes an image of two layers for a platform.
func picture(t *testing.T, p Platform, config v1.Config, steps ...string) v1.Image {
	t.Helper()
	image, err := random.Image(2048, 2)
	if err != nil {
		t.Fatal(err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Config, file.History = p.OS, p.Arch, config, nil
	for _, step := range steps {
		file.History = append(file.History, v1.History{CreatedBy: step, EmptyLayer: true})
	}
	image, err = mutate.ConfigFile(image, file)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func indexOf(images map[Platform]v1.Image) v1.ImageIndex {
	index := v1.ImageIndex(empty.Index)
	for _, p := range []Platform{{"unknown", "unknown"}, amd64, arm64, {"windows", "amd64"}} {
		if image := images[p]; image != nil {
			index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.OS, Architecture: p.Arch}}})
		}
	}
	return index
}

func sizeOf(t *testing.T, image v1.Image) int64 {
	t.Helper()
	m, err := image.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	sum := m.Config.Size
	for _, layer := range m.Layers {
		sum += layer.Size
	}
	return sum
}

func digestOf(t *testing.T, what interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	hash, err := what.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return hash.String()
}

// TestLookIndex picks the node's platform out of an index.
func TestLookIndex(t *testing.T) {
	w := serve(t, memoryRegistry())
	arm := picture(t, arm64, v1.Config{User: "1000:1000", Entrypoint: []string{"/init"}, Cmd: []string{"a\x1b[31m", "b"}}, "RUN /bin/sh -c make # buildkit")
	index := indexOf(map[Platform]v1.Image{
		{"unknown", "unknown"}: picture(t, Platform{"unknown", "unknown"}, v1.Config{}), amd64: picture(t, amd64, v1.Config{}), arm64: arm,
	})
	w.push(t, "registry.corp/team/tools:2", index)
	var heard []string
	got, err := w.registry().Look(t.Context(), "registry.corp/team/tools:2", arm64, func(s string) { heard = append(heard, s) })
	if err != nil {
		t.Fatal(err)
	}
	want := Image{
		Name: "registry.corp/team/tools:2", Digest: digestOf(t, index), Platform: arm64, Platforms: []Platform{amd64, arm64}, Size: sizeOf(t, arm),
		User: "1000:1000", Entrypoint: []string{"/init"}, Command: []string{"a␛[31m", "b"}, Shell: "/bin/sh",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(heard, []string{"asking registry.corp"}) {
		t.Errorf("news: %q", heard)
	}
	config, _ := arm.ConfigName()
	asked := []string{"/v2/team/tools/manifests/2", "/v2/team/tools/manifests/" + digestOf(t, arm), "/v2/team/tools/blobs/" + config.String()}
	if diff := cmp.Diff(asked, w.requests()); diff != "" {
		t.Errorf("no layer is needed: %s", diff)
	}
}

// TestLookPlain reads images of one platform, and guesses their shells.
func TestLookPlain(t *testing.T) {
	w := serve(t, memoryRegistry())
	for _, test := range []struct {
		image, shell string
		config       v1.Config
		steps        []string
	}{
		{image: "busybox:1.37", config: v1.Config{Cmd: []string{"sh"}}, shell: "/bin/sh"},
		{image: "nicolaka/netshoot", config: v1.Config{Cmd: []string{"zsh"}}, shell: "/bin/zsh"},
		{image: "a.b/c@", config: v1.Config{Entrypoint: []string{"/usr/local/bin/bash", "-c"}}, shell: "/usr/local/bin/bash"},
		{image: "a.b/static", config: v1.Config{Entrypoint: []string{"/serve"}}, steps: []string{"COPY /serve / # buildkit", `/bin/sh -c #(nop)  CMD ["/serve"]`}},
		{image: "nixery.dev/shell/git", config: v1.Config{Cmd: []string{"bash"}}, shell: "/bin/bash"},
		{image: "nixery.dev/arm64/shell/jq", shell: "/bin/bash"},
		{image: "nixery.dev/git/shell"},
		{image: "registry.corp/nixery/shell/git", shell: "/bin/bash"},
		{image: "registry.corp/nixery2/shell/git"},
		{image: "registry.corp/shell/git"},
		{image: "other.dev/shell/git"},
	} {
		made := picture(t, amd64, test.config, test.steps...)
		if name, found := strings.CutSuffix(test.image, "@"); found {
			w.push(t, name, made)
			test.image += digestOf(t, made)
		} else {
			w.push(t, test.image, made)
		}
		got, err := w.registry().Look(t.Context(), test.image, amd64, nil)
		if err != nil {
			t.Errorf("%s: %v", test.image, err)
			continue
		}
		want := Image{
			Name: test.image, Digest: digestOf(t, made), Platform: amd64, Platforms: []Platform{amd64}, Size: sizeOf(t, made),
			Entrypoint: test.config.Entrypoint, Command: test.config.Cmd, Shell: test.shell,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", test.image, diff)
		}
	}
}

// TestSize counts what there is, and no further than can be counted.
func TestSize(t *testing.T) {
	m := manifest{Config: descriptor{Size: 3}, Layers: descriptors{{Size: 4}, {Size: -9}, {Size: 5}}}
	if got := m.size(); got != 12 {
		t.Errorf("%d", got)
	}
	m.Layers = append(m.Layers, descriptor{Size: math.MaxInt64})
	if got := m.size(); got != math.MaxInt64 {
		t.Errorf("%d", got)
	}
	if words := cleaned(slices.Repeat([]string{"x\n"}, 1000)); len(words) != 51 || words[0] != "x" || words[50] != "…" {
		t.Errorf("%d words: %q", len(words), words)
	}
}

// TestLookAnyArchitecture takes what there is when the node is not known.
func TestLookAnyArchitecture(t *testing.T) {
	w := serve(t, memoryRegistry())
	w.push(t, "a.b/arm", indexOf(map[Platform]v1.Image{arm64: picture(t, arm64, v1.Config{}), {"windows", "amd64"}: picture(t, Platform{"windows", "amd64"}, v1.Config{})}))
	w.push(t, "a.b/both", indexOf(map[Platform]v1.Image{arm64: picture(t, arm64, v1.Config{}), amd64: picture(t, amd64, v1.Config{})}))
	for image, want := range map[string]Platform{"a.b/arm": arm64, "a.b/both": amd64} {
		if got, err := w.registry().Look(t.Context(), image, Platform{}, nil); err != nil || got.Platform != want {
			t.Errorf("%s: %v, %v", image, got.Platform, err)
		}
	}
}

// TestLookThroughARedirectAndGzip follows blobs to another host, without the credentials, and reads compressed answers.
func TestLookThroughARedirectAndGzip(t *testing.T) {
	store := memoryRegistry()
	w := serve(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch user, password, _ := r.BasicAuth(); {
		case r.Host == "storage.corp" && r.Header.Get("Authorization") != "":
			rw.WriteHeader(http.StatusTeapot)
		case r.Host == "registry.corp" && r.Method == http.MethodGet && (user != "ann" || password != "s3cret"):
			rw.Header().Set("WWW-Authenticate", `Basic realm="corp"`)
			rw.WriteHeader(http.StatusUnauthorized)
		case r.Host == "registry.corp" && r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/"):
			http.Redirect(rw, r, "https://storage.corp"+r.URL.Path+"?signature=x", http.StatusTemporaryRedirect)
		default:
			gzipped(store).ServeHTTP(rw, r)
		}
	}))
	ann := keychain{authn.FromConfig(authn.AuthConfig{Username: "ann", Password: "s3cret"}), nil}
	ref, _ := name.ParseReference("registry.corp/team/tools")
	if err := remote.Write(ref, picture(t, amd64, v1.Config{User: "ann"}), remote.WithTransport(w.network()), remote.WithAuthFromKeychain(ann)); err != nil {
		t.Fatal(err)
	}
	got, err := New(Options{Transport: w.network(), Keychain: ann}).Look(t.Context(), "registry.corp/team/tools", amd64, nil)
	if err != nil || got.User != "ann" {
		t.Errorf("%+v, %v", got, err)
	}
}

// keychain is one person's.
type keychain struct {
	who authn.Authenticator
	err error
}

func (k keychain) Resolve(authn.Resource) (authn.Authenticator, error) { return k.who, k.err }

// gzipped compresses what is asked for compressed.
func gzipped(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		handler.ServeHTTP(record, r)
		for key, values := range record.Header() {
			w.Header()[key] = values
		}
		body := record.Body.Bytes()
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write(body)
			_ = z.Close()
			body = packed.Bytes()
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Del("Content-Length")
		}
		w.WriteHeader(record.Code)
		_, _ = w.Write(body)
	})
}

// TestLookWithToken shakes hands as Docker Hub does, whose host is not docker.io.
func TestLookWithToken(t *testing.T) {
	store := memoryRegistry()
	w := serve(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host == "auth.docker.io":
			if r.FormValue("scope") != "repository:library/busybox:pull" || r.FormValue("service") != "hub" {
				rw.WriteHeader(http.StatusForbidden)
			}
			_, _ = io.WriteString(rw, `{"token":"t0ken"}`)
		case r.Method == http.MethodGet && r.Header.Get("Authorization") != "Bearer t0ken":
			rw.Header().Set("WWW-Authenticate", `Bearer realm="https://auth.docker.io/token",service="hub"`)
			rw.WriteHeader(http.StatusUnauthorized)
		default:
			store.ServeHTTP(rw, r)
		}
	}))
	made := picture(t, amd64, v1.Config{})
	plain := httptest.NewServer(store)
	defer plain.Close()
	address, _ := url.Parse(plain.URL)
	ref, _ := name.ParseReference(address.Host + "/library/busybox")
	if err := remote.Write(ref, made); err != nil {
		t.Fatal(err)
	}
	got, err := w.registry().Look(t.Context(), "busybox", amd64, nil)
	if err != nil || got.Digest != digestOf(t, made) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestNews has a Nixery that builds: it is told after three seconds, and not of other hosts. Time is fake here.
func TestNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := roundTripper(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(10 * time.Second):
				return nil, io.ErrNoProgress
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		r := New(Options{Transport: slow, Keychain: authn.NewMultiKeychain(), Nixery: []string{"nixery.corp", "mirror.corp/nixery/"}})
		for image, want := range map[string]string{
			"nixery.dev/shell/git": "0s asking nixery.dev, 3s building…", "nixery.corp/git": "0s asking nixery.corp, 3s building…", "a.b/git": "0s asking a.b",
			"mirror.corp/nixery/shell/git": "0s asking mirror.corp, 3s building…", "mirror.corp/git": "0s asking mirror.corp",
		} {
			var heard []string
			start := time.Now()
			_, err := r.Look(t.Context(), image, amd64, func(s string) { heard = append(heard, time.Since(start).String()+" "+s) })
			if got := strings.Join(heard, ", "); got != want {
				t.Errorf("%s: %q, want %q", image, got, want)
			}
			var p *Problem
			if !errors.As(err, &p) {
				t.Errorf("%s: %v", image, err)
			}
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
