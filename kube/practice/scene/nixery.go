package scene

import (
	"hash/fnv"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/testdata/nixery"
)

// Nixery is a registry that composes images of the packages in their names.
type Nixery struct {
	Pull     metav1.Duration `json:"pull"`
	Packages []string        `json:"packages"`
	Broken   []string        `json:"broken"` // those that it knows and cannot build
}

// Knows reports whether there is a package.
func (n *Nixery) Knows(name string) bool {
	return slices.Contains(n.Packages, name) || slices.Contains(n.Broken, name)
}

// Builds reports whether packages can be built.
func (n *Nixery) Builds(packages []string) bool {
	return !slices.ContainsFunc(packages, func(name string) bool { return slices.Contains(n.Broken, name) })
}

// Size is how large the layer of a package is, in bytes: made up, and the same each time.
func (n *Nixery) Size(name string) int64 {
	const least, most = 200_000, 30_000_000
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	return least + int64(sum.Sum32())%(most-least)
}

// find is the image of a reference below the registry's host.
func (n *Nixery) find(ref string) (Image, error) {
	name, _, _ := strings.Cut(strings.TrimPrefix(ref, nixery.Host+"/"), ":")
	name, _, _ = strings.Cut(name, "@")
	asked := nixery.Parse(name)
	image := Image{Names: []string{ref}, Pull: n.Pull, Platforms: []string{asked.Arch}}
	for _, name := range asked.Packages {
		if !n.Knows(name) {
			return Image{}, ErrNotFound
		}
		image.Size += n.Size(name)
	}
	if !n.Builds(asked.Packages) {
		return Image{}, ErrBroken
	}
	if asked.Shell {
		image.Cmd = []string{"bash"}
	}
	return image, nil
}
