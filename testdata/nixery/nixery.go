// Package nixery is a registry that composes images from packages as nixery.dev does, for tests and for the practice cluster: the same
// names, manifests and refusals, with packages that whoever starts it brings along.
//
// It speaks as much of the registry's protocol as those do who pull: manifests by tag and by digest, and blobs.
package nixery

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Host is the name of the registry that this one stands for.
const Host = "nixery.dev"

// Options say what a Server can compose. The functions are called from many goroutines.
type Options struct {
	// Packages is the layer of a package, for amd64 or arm64; false: there is no such package. Every image has cacert, those with a
	// shell have bash, coreutils, moreutils and nano too.
	Packages func(name, arch string) (v1.Layer, bool)

	// Build, if there is one, is called before the first answer for each combination of packages, which waits until it returns.
	// With an error the answer is that the build has failed, and the next request tries again.
	Build func(ctx context.Context, packages []string) error
}

// Server is the registry.
type Server struct {
	options Options

	mu    sync.Mutex
	built map[string]bool // combinations
	texts map[string][]byte
	files map[string]v1.Layer // texts and files are what can be asked for by digest
}

// New makes a registry that has composed nothing yet.
func New(o Options) *Server {
	return &Server{options: o, built: map[string]bool{}, texts: map[string][]byte{}, files: map[string]v1.Layer{}}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v2/" {
		return
	}
	name, kind, item, ok := split(r.URL.Path)
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead || !ok:
		w.WriteHeader(http.StatusNotFound)
	case strings.HasPrefix(item, "sha256:"):
		s.serveDigest(w, r, kind, item)
	case kind == "manifests":
		s.serveTag(w, r, name)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// split takes /v2/NAME/manifests/TAG and /v2/NAME/blobs/DIGEST apart.
func split(path string) (name, kind, item string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/v2/")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 3 {
		return "", "", "", false
	}
	last := len(parts) - 1
	kind, item = parts[last-1], parts[last]
	return strings.Join(parts[:last-1], "/"), kind, item, kind == "manifests" || kind == "blobs"
}

// serveTag composes an image. The tag means nothing, as on the public instance.
func (s *Server) serveTag(w http.ResponseWriter, r *http.Request, name string) {
	image := Parse(name)
	layers, missing := s.layers(image)
	if len(missing) > 0 {
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", fmt.Sprintf("Could not find Nix packages: %v", missing))
		return
	}
	if err := s.build(r.Context(), image); err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", "image build failure")
		return
	}
	manifest, err := s.keep(image, layers)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", "image build failure")
		return
	}
	serveManifest(w, manifest)
}

func (s *Server) layers(i Image) (layers []v1.Layer, missing []string) {
	for _, name := range i.Packages {
		if layer, ok := s.options.Packages(name, i.Arch); ok {
			layers = append(layers, layer)
		} else {
			missing = append(missing, name)
		}
	}
	return layers, missing
}

func (s *Server) build(ctx context.Context, i Image) error {
	key := i.Arch + "/" + strings.Join(i.Packages, "/")
	s.mu.Lock()
	built := s.built[key]
	s.mu.Unlock()
	if built || s.options.Build == nil {
		return nil
	}
	if err := s.options.Build(ctx, slices.Clone(i.Packages)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.built[key] = true
	return nil
}

// keep writes the manifest of an image, and keeps all that it names.
func (s *Server) keep(i Image, layers []v1.Layer) ([]byte, error) {
	manifest, config, err := i.write(layers)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range [][]byte{manifest, config} {
		s.texts[digestOf(text).String()] = text
	}
	for _, layer := range layers {
		digest, err := layer.Digest()
		if err != nil {
			return nil, fmt.Errorf("digest of a layer: %w", err)
		}
		s.files[digest.String()] = layer
	}
	return manifest, nil
}

func (s *Server) serveDigest(w http.ResponseWriter, r *http.Request, kind, digest string) {
	s.mu.Lock()
	text, layer := s.texts[digest], s.files[digest]
	s.mu.Unlock()
	switch {
	case kind == "manifests" && text != nil:
		serveManifest(w, text)
	case text != nil:
		_, _ = w.Write(text) // the client has gone
	case layer != nil && kind == "blobs":
		serveLayer(w, r, layer)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func serveManifest(w http.ResponseWriter, manifest []byte) {
	w.Header().Set("Content-Type", string(types.DockerManifestSchema2))
	w.Header().Set("Docker-Content-Digest", digestOf(manifest).String())
	w.Header().Set("Content-Length", fmt.Sprint(len(manifest)))
	_, _ = w.Write(manifest) // the client has gone
}

func serveLayer(w http.ResponseWriter, r *http.Request, layer v1.Layer) {
	size, err := layer.Size()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(size))
	if r.Method == http.MethodHead {
		return
	}
	packed, err := layer.Compressed()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	defer func() { _ = packed.Close() }() // it was only read
	_, _ = io.Copy(w, packed)             // the client has gone
}

// refuse answers with an error. Its content type is whatever Go makes of it: the real server sets the right one too late.
func refuse(w http.ResponseWriter, code int, name, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	text, err := json.Marshal(map[string][]problem{"errors": {{name, message}}})
	if err != nil {
		text = nil // strings only: cannot be
	}
	w.WriteHeader(code)
	_, _ = w.Write(text) // the client has gone
}

func digestOf(text []byte) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: fmt.Sprintf("%x", sha256.Sum256(text))}
}
