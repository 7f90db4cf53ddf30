package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"strings"

	"github.com/opencontainers/go-digest"
)

// descriptor points to content.
type descriptor struct {
	MediaType string
	Digest    string
	Size      int64
	Platform  *struct {
		OS           string
		Architecture string
	}
}

// manifest is an image or an index of images; both of Docker and of the OCI
// (https://github.com/opencontainers/image-spec/blob/main/manifest.md).
type manifest struct {
	SchemaVersion int
	MediaType     string
	Config        descriptor
	Layers        descriptors
	Manifests     descriptors
}

// What is read of a list at most: real ones have a dozen images, or a hundred layers.
const (
	mostEntries   = 1000
	mostPlatforms = 50 // that are told
)

// descriptors is a list that is given up when it is too long, before it takes memory.
type descriptors []descriptor

// UnmarshalJSON reads the entries one by one.
func (d *descriptors) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('[') {
		return errNoAnswer
	}
	list := descriptors{}
	for decoder.More() {
		if len(list) == mostEntries {
			return &notImageError{fmt.Sprintf("a list of more than %d entries", mostEntries)}
		}
		var one descriptor
		if err := decoder.Decode(&one); err != nil {
			return err
		}
		list = append(list, one)
	}
	*d = list
	return nil
}

// notImageError says what is there instead of an image.
type notImageError struct{ what string }

func (e *notImageError) Error() string { return e.what }

// platformError says for which platforms an image is.
type platformError struct{ platforms []Platform }

func (e *platformError) Error() string { return "not for this platform" }

func (m manifest) isIndex() bool { return m.Manifests != nil }

// check tells images from what else registries hold.
func (m manifest) check() error {
	switch {
	case m.SchemaVersion == 1:
		return &notImageError{"an image in a format that was given up in 2016 (schema 1)"}
	case m.SchemaVersion != 2:
		return errNoAnswer
	case m.isIndex():
		return nil
	}
	switch kind := m.Config.MediaType; kind {
	case "", "application/octet-stream", "application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json":
	default:
		return &notImageError{"not a container image but " + brief(kind)}
	}
	if digest.Digest(m.Config.Digest).Validate() != nil {
		return errNoAnswer
	}
	return nil
}

// size is what a node downloads that has none of it.
func (m manifest) size() int64 {
	sum := max(m.Config.Size, 0)
	for _, layer := range m.Layers {
		if layer.Size > math.MaxInt64-sum {
			return math.MaxInt64
		}
		sum += max(layer.Size, 0)
	}
	return sum
}

// choose picks the manifest for a platform out of an index, and lists the first platforms of all.
func (m manifest) choose(p Platform) (id string, all []Platform, err error) {
	best, seen := -1, map[Platform]bool{}
	for _, d := range m.Manifests {
		if d.Platform == nil || d.Platform.OS == "unknown" || digest.Digest(d.Digest).Validate() != nil {
			continue // "unknown" are attestations
		}
		has := Platform{OS: brief(d.Platform.OS), Arch: brief(d.Platform.Architecture)}
		if !seen[has] && len(all) < mostPlatforms {
			all = append(all, has)
		}
		seen[has] = true
		fit := 0
		switch {
		case has.OS != p.OS:
			continue
		case has.Arch == p.Arch:
			fit = 2
		case p.Arch != "":
			continue
		case has.Arch == "amd64":
			fit = 1
		}
		if fit > best {
			best, id = fit, d.Digest
		}
	}
	switch {
	case id != "":
		return id, all, nil
	case len(all) > 0:
		return "", nil, &platformError{all}
	case len(m.Manifests) == 1 && digest.Digest(m.Manifests[0].Digest).Validate() == nil:
		return m.Manifests[0].Digest, nil, nil // its configuration says the platform
	}
	return "", nil, errNotImages
}

// configuration is what an image says of itself.
type configuration struct {
	OS           string
	Architecture string
	Config       struct {
		User       string
		Entrypoint []string
		Cmd        []string
	}
	History []struct {
		CreatedBy string `json:"created_by"`
	}
}

func (c configuration) image() Image {
	p := Platform{OS: brief(c.OS), Arch: brief(c.Architecture)}
	image := Image{
		Platform: p, User: brief(c.Config.User), Entrypoint: cleaned(c.Config.Entrypoint), Command: cleaned(c.Config.Cmd), Shell: c.shell(),
	}
	if p != (Platform{}) {
		image.Platforms = []Platform{p}
	}
	return image
}

// shell is one that is likely to be there: the image starts it, or was built with it.
func (c configuration) shell() string {
	for _, command := range [][]string{c.Config.Entrypoint, c.Config.Cmd} {
		if len(command) == 0 {
			continue
		}
		switch shell := brief(command[0]); path.Base(shell) {
		case "sh", "bash", "ash", "dash", "zsh", "ksh", "fish":
			if path.IsAbs(shell) {
				return shell
			}
			return "/bin/" + path.Base(shell)
		}
	}
	for _, step := range c.History {
		run := strings.TrimPrefix(step.CreatedBy, "RUN ")
		if strings.HasPrefix(run, "/bin/sh -c ") && !strings.HasPrefix(run, "/bin/sh -c #(nop)") {
			return "/bin/sh"
		}
	}
	return ""
}

// cleaned is a command made fit for the screen.
func cleaned(words []string) []string {
	const many = 50
	var list []string
	for i, word := range words {
		if i == many {
			return append(list, "…")
		}
		list = append(list, brief(word))
	}
	return list
}

// hasShell reports whether the name of a Nixery image asks for a shell.
func hasShell(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "shell" {
			return true
		}
		if part != "arm64" {
			return false
		}
	}
	return false
}
