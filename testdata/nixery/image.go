package nixery

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Image is what a name asks for.
type Image struct {
	Arch     string // amd64 or arm64
	Shell    bool
	Packages []string // sorted, each once, with those that are there without being named
}

// Parse reads the name of an image, without registry and tag. The meta-packages count only before all others.
func Parse(name string) Image {
	i := Image{Arch: "amd64"}
	words := strings.Split(name, "/")
	for len(words) > 0 && (words[0] == "shell" || words[0] == "arm64") {
		if words[0] == "shell" {
			i.Shell = true
		} else {
			i.Arch = "arm64"
		}
		words = words[1:]
	}
	i.Packages = append(slices.Clone(words), "cacert")
	if i.Shell {
		i.Packages = append(i.Packages, "bash", "coreutils", "moreutils", "nano")
	}
	slices.Sort(i.Packages)
	i.Packages = slices.Compact(i.Packages)
	return i
}

// write makes the manifest of an image of these layers, and its configuration.
func (i Image) write(layers []v1.Layer) (manifest, config []byte, err error) {
	file := v1.ConfigFile{OS: "linux", Architecture: i.Arch, RootFS: v1.RootFS{Type: "layers"}}
	file.Config.Env = []string{"SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt"}
	if i.Shell {
		file.Config.Cmd = []string{"bash"}
	}
	list := v1.Manifest{SchemaVersion: 2, MediaType: types.DockerManifestSchema2, Layers: []v1.Descriptor{}}
	for _, layer := range layers {
		descriptor, diff, err := describe(layer)
		if err != nil {
			return nil, nil, fmt.Errorf("describe a layer: %w", err)
		}
		list.Layers, file.RootFS.DiffIDs = append(list.Layers, descriptor), append(file.RootFS.DiffIDs, diff)
	}
	if config, err = json.Marshal(file); err != nil {
		return nil, nil, fmt.Errorf("write the configuration: %w", err)
	}
	list.Config = v1.Descriptor{MediaType: types.DockerConfigJSON, Size: int64(len(config)), Digest: digestOf(config)}
	if manifest, err = json.Marshal(list); err != nil {
		return nil, nil, fmt.Errorf("write the manifest: %w", err)
	}
	return manifest, config, nil
}

func describe(layer v1.Layer) (descriptor v1.Descriptor, diff v1.Hash, err error) {
	descriptor.MediaType = types.DockerLayer
	if descriptor.Digest, err = layer.Digest(); err != nil {
		return descriptor, diff, err
	}
	if descriptor.Size, err = layer.Size(); err != nil {
		return descriptor, diff, err
	}
	diff, err = layer.DiffID()
	return descriptor, diff, err
}
