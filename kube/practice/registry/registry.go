// Package registry answers what registries are asked about images, for those of a scene: which there are, for which platforms, how
// large, with which user and programs. Their contents it has not.
package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/testdata/nixery"
)

// Registry is every registry there is, by its name. As a transport it takes the place of the network.
type Registry struct {
	images *scene.Images
	nixery *nixery.Server

	mu    sync.Mutex
	known map[string]document // by REPOSITORY@DIGEST
	all   bool                // known has all images of the scene
}

// New is the registries of a scene.
func New(images *scene.Images) *Registry {
	known := images.Nixery
	return &Registry{images: images, known: map[string]document{}, nixery: nixery.New(nixery.Options{
		Packages: func(name, arch string) (v1.Layer, bool) {
			return layer{name: name + " for " + arch, size: known.Size(name)}, known.Knows(name)
		},
		Build: func(_ context.Context, packages []string) error {
			if !known.Builds(packages) {
				return scene.ErrBroken
			}
			return nil
		},
	})}
}

// RoundTrip answers a request, whatever its host.
func (r *Registry) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		_ = request.Body.Close() // whoever asks sends nothing
	}
	if err := request.Context().Err(); err != nil {
		return nil, fmt.Errorf("ask %s: %w", request.URL.Host, err)
	}
	answer := &answer{code: http.StatusOK, header: http.Header{}}
	if host := request.URL.Host; host == nixery.Host {
		r.nixery.ServeHTTP(answer, request)
	} else {
		r.serve(answer, request, strings.Replace(host, "index.docker.io", "docker.io", 1))
	}
	body := answer.body.Bytes()
	if request.Method == http.MethodHead {
		body = nil
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", answer.code, http.StatusText(answer.code)), StatusCode: answer.code,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: answer.header, Request: request,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(answer.body.Len()),
	}, nil
}

// answer is a response while it is written.
type answer struct {
	code   int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(code int) { a.code = code }

func (a *answer) Write(text []byte) (int, error) { return a.body.Write(text) }

// serve answers for an ordinary registry.
func (r *Registry) serve(a *answer, request *http.Request, host string) {
	name, kind, item, ok := split(request.URL.Path)
	switch {
	case request.URL.Path == "/v2/":
		return
	case !ok:
		refuse(a, http.StatusNotFound, "UNSUPPORTED", "this registry is for looking at images only")
		return
	}
	ref := host + "/" + name + ":" + item
	if strings.HasPrefix(item, "sha256:") {
		ref = host + "/" + name + "@" + item
	}
	document, err := r.find(host+"/"+name, kind, item)
	switch {
	case errors.Is(err, scene.ErrBroken):
		refuse(a, http.StatusInternalServerError, "UNKNOWN", "this registry is out of order")
	case err != nil:
		refuse(a, http.StatusNotFound, "MANIFEST_UNKNOWN", "there is no "+ref)
	default:
		a.header.Set("Content-Type", string(document.kind))
		a.header.Set("Docker-Content-Digest", document.digest().String())
		a.body.Write(document.text)
	}
}

// split takes /v2/NAME/manifests/TAG and /v2/NAME/blobs/DIGEST apart.
func split(path string) (name, kind, item string, ok bool) {
	for _, kind := range []string{"manifests", "blobs"} {
		if name, item, ok := strings.Cut(strings.TrimPrefix(path, "/v2/"), "/"+kind+"/"); ok && !strings.Contains(item, "/") {
			return name, kind, item, true
		}
	}
	return "", "", "", false
}

func refuse(a *answer, code int, name, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	text, err := json.Marshal(map[string][]problem{"errors": {{name, message}}})
	if err != nil {
		text = nil // strings only: cannot be
	}
	a.header.Set("Content-Type", "application/json")
	a.code = code
	a.body.Write(text)
}
