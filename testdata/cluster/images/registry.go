package images

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Folders of repositories on which the registry plays a part. What it does not know is a 404, as everywhere.
const (
	slowFolder   = "slow"   // slow/NAME:TAG is the image NAME with a layer that takes slowDelay, once for every tag
	brokenFolder = "broken" // broken/NAME is a 500
	slowDelay    = 8 * time.Second
)

// Registry is one registry for all names. The container runtime says in ?ns= which registry it means, and images lie under
// that name.
type Registry struct {
	store  http.Handler
	nixery http.Handler // has all of NixeryHost
	images []Image
	delay  time.Duration

	mu      sync.Mutex
	delayed map[string]bool // digests of layers to be slow with
	made    map[string]bool // slow images made so far
}

// NewRegistry holds the images in memory. Another handler has those of NixeryHost.
func NewRegistry(images []Image, nixery http.Handler, logger *log.Logger) (*Registry, error) {
	r := &Registry{
		store:  registry.New(registry.Logger(logger)),
		nixery: nixery, images: images, delay: slowDelay,
		delayed: map[string]bool{}, made: map[string]bool{},
	}
	for _, image := range images {
		for _, ref := range image.Names {
			if err := r.push(ref, image); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// push stores an image as host/repository:tag by way of the registry's own protocol, without a network.
func (r *Registry) push(ref string, image v1.Image) error {
	// "library" is added to short names of Docker Hub only, so the place of the host is taken by a made-up one.
	tag, err := name.NewTag("store.invalid/"+ref, name.Insecure)
	if err != nil {
		return fmt.Errorf("name of image %s: %w", ref, err)
	}
	if err := remote.Write(tag, image, remote.WithTransport(loop{r.store})); err != nil {
		return fmt.Errorf("store image %s: %w", ref, err)
	}
	return nil
}

// loop is a transport that calls a handler.
type loop struct{ handler http.Handler }

func (l loop) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body == nil {
		request = request.Clone(request.Context())
		request.Body = io.NopCloser(strings.NewReader(""))
	}
	recorder := httptest.NewRecorder()
	l.handler.ServeHTTP(recorder, request)
	response := recorder.Result()
	response.Request = request
	return response, nil
}

// ServeHTTP puts the registry's name before the repository and lets the two folders play their part.
func (r *Registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if request.URL.Query().Get("ns") == NixeryHost {
		r.nixery.ServeHTTP(w, request)
		return
	}
	repository, kind, item, ok := splitPath(request.URL.Path)
	if !ok {
		r.store.ServeHTTP(w, request)
		return
	}
	folder, _, _ := strings.Cut(repository, "/")
	full := path.Join(request.URL.Query().Get("ns"), repository)
	switch folder {
	case brokenFolder:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintln(w, `{"errors":[{"code":"UNKNOWN","message":"this part of the registry is broken on purpose"}]}`)
		return
	case slowFolder:
		if err := r.prepareSlow(full, kind, item); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if request.Method == http.MethodGet && !r.wait(request, item) {
			return
		}
	}
	inner := request.Clone(request.Context())
	inner.URL.Path, inner.URL.RawPath = path.Join("/v2", full, kind, item), ""
	r.store.ServeHTTP(w, inner)
}

// splitPath takes /v2/REPOSITORY/KIND/ITEM apart.
func splitPath(url string) (repository, kind, item string, ok bool) {
	rest, ok := strings.CutPrefix(url, "/v2/")
	if !ok {
		return "", "", "", false
	}
	parts := strings.Split(rest, "/")
	if len(parts) < 3 || !slices.Contains([]string{"manifests", "blobs", "tags"}, parts[len(parts)-2]) {
		return "", "", "", false
	}
	return strings.Join(parts[:len(parts)-2], "/"), parts[len(parts)-2], parts[len(parts)-1], true
}

// prepareSlow makes the image for a slow name when it is asked for first. Each tag has a layer that no other image has, so
// that it is never there already; use a tag of your own to be sure of the wait.
func (r *Registry) prepareSlow(repository, kind, tag string) error {
	if kind != "manifests" || strings.HasPrefix(tag, "sha256:") {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ref := repository + ":" + tag
	if r.made[ref] {
		return nil
	}
	base := r.find(path.Base(repository))
	if base == nil {
		return nil // becomes a 404
	}
	own, err := newLayer(Files{"etc/slow": text(ref + "\n")})
	if err != nil {
		return err
	}
	digest, err := own.Digest()
	if err != nil {
		return fmt.Errorf("slow image %s: %w", ref, err)
	}
	image, err := mutate.AppendLayers(base, own)
	if err != nil {
		return fmt.Errorf("slow image %s: %w", ref, err)
	}
	if err := r.push(ref, image); err != nil {
		return err
	}
	r.delayed[digest.String()], r.made[ref] = true, true
	return nil
}

// find is the image whose repository ends in this name.
func (r *Registry) find(short string) v1.Image {
	for _, image := range r.images {
		for _, ref := range image.Names {
			repository, _, _ := strings.Cut(ref, ":")
			if path.Base(repository) == short {
				return image.Image
			}
		}
	}
	return nil
}

// wait holds a request for a slow layer back. It is false when the client has gone meanwhile.
func (r *Registry) wait(request *http.Request, item string) bool {
	r.mu.Lock()
	slow := r.delayed[item]
	r.mu.Unlock()
	if !slow {
		return true
	}
	select {
	case <-time.After(r.delay):
		return true
	case <-request.Context().Done():
		return false
	}
}
