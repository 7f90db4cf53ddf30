package registry

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// document is one thing that can be asked for: an index, a manifest, a configuration.
type document struct {
	kind types.MediaType
	text []byte
}

func (d document) digest() v1.Hash { return digestOf(d.text) }

func digestOf(text []byte) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: fmt.Sprintf("%x", sha256.Sum256(text))}
}

func (d document) descriptor() v1.Descriptor {
	return v1.Descriptor{MediaType: d.kind, Size: int64(len(d.text)), Digest: d.digest()}
}

// find is a document of an image, by its tag or by its digest.
func (r *Registry) find(repository, kind, item string) (document, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(item, "sha256:") {
		if err := r.learnAll(); err != nil {
			return document{}, err
		}
		if d, ok := r.known[repository+"@"+item]; ok {
			return d, nil
		}
		return document{}, scene.ErrNotFound
	}
	image, err := r.images.Find(repository + ":" + item)
	if err == nil && kind != "manifests" {
		err = scene.ErrNotFound
	}
	if err != nil {
		return document{}, err
	}
	return r.learn(repository, image)
}

// learnAll remembers what the scene names, so that it can be asked for by digests that are known from elsewhere.
func (r *Registry) learnAll() error {
	if r.all {
		return nil
	}
	for _, image := range r.images.Images {
		for _, ref := range image.Names {
			if _, err := r.learn(ref[:strings.LastIndexByte(ref, ':')], image); err != nil {
				return err
			}
		}
	}
	r.all = true
	return nil
}

// learn remembers all documents of an image, and returns the one that its tag means.
func (r *Registry) learn(repository string, image scene.Image) (document, error) {
	documents, err := documentsOf(image)
	if err != nil {
		return document{}, err
	}
	for _, d := range documents {
		r.known[repository+"@"+d.digest().String()] = d
	}
	return documents[0], nil
}

// documentsOf writes all documents of an image. The first is what its tag means: an index, or the manifest of its only platform.
func documentsOf(image scene.Image) ([]document, error) {
	platforms := image.Platforms
	if len(platforms) == 0 {
		platforms = []string{"amd64", "arm64"}
	}
	index := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	var all []document
	for _, arch := range platforms {
		manifest, config, err := write(image, arch)
		if err != nil {
			return nil, err
		}
		all = append(all, manifest, config)
		descriptor := manifest.descriptor()
		descriptor.Platform = &v1.Platform{OS: "linux", Architecture: arch}
		index.Manifests = append(index.Manifests, descriptor)
	}
	if len(platforms) == 1 {
		return all, nil
	}
	text, err := json.Marshal(index)
	if err != nil {
		return nil, fmt.Errorf("write an index: %w", err)
	}
	return append([]document{{types.OCIImageIndex, text}}, all...), nil
}

// write makes the manifest of an image for an architecture, and its configuration. All of it is one layer.
func write(image scene.Image, arch string) (manifest, config document, err error) {
	only := layer{name: fmt.Sprintf("%s for %s", image.Names[0], arch), size: image.Size}
	file := v1.ConfigFile{
		OS: "linux", Architecture: arch, RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{digestOf([]byte(only.name + ", unpacked"))}},
		Config: v1.Config{
			User: image.User, Entrypoint: image.Entrypoint, Cmd: image.Cmd,
			Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		},
	}
	config.kind, manifest.kind = types.OCIConfigJSON, types.OCIManifestSchema1
	if config.text, err = json.Marshal(file); err != nil {
		return manifest, config, fmt.Errorf("write a configuration: %w", err)
	}
	manifest.text, err = json.Marshal(v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Config: config.descriptor(),
		Layers: []v1.Descriptor{{MediaType: types.OCILayer, Size: only.size, Digest: digestOf([]byte(only.name))}},
	})
	if err != nil {
		return manifest, config, fmt.Errorf("write a manifest: %w", err)
	}
	return manifest, config, nil
}

// layer is one that nobody can have.
type layer struct {
	name string
	size int64
}

var errNoContents = errors.New("the images of the practice cluster have no contents")

func (l layer) Digest() (v1.Hash, error)             { return digestOf([]byte(l.name)), nil }
func (l layer) DiffID() (v1.Hash, error)             { return digestOf([]byte(l.name + ", unpacked")), nil }
func (l layer) Size() (int64, error)                 { return l.size, nil }
func (l layer) MediaType() (types.MediaType, error)  { return types.DockerLayer, nil }
func (l layer) Compressed() (io.ReadCloser, error)   { return nil, errNoContents }
func (l layer) Uncompressed() (io.ReadCloser, error) { return nil, errNoContents }
