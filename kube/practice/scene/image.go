package scene

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/testdata/nixery"
)

// Images is every image that can be pulled.
type Images struct {
	Images []Image `json:"images"`

	// Slow is how long the image slow/NAME:TAG takes to pull, which otherwise is the image NAME; on every registry.
	Slow metav1.Duration `json:"slow"`

	Nixery *Nixery `json:"nixery"` // what there is below nixery.dev
}

// Image is what a registry has under some names, and what its program does.
type Image struct {
	Names      []string          `json:"names"` // registry/repository:tag
	Size       int64             `json:"size"`
	Pull       metav1.Duration   `json:"pull"`
	Present    bool              `json:"present"`   // on all nodes from the start
	Platforms  []string          `json:"platforms"` // amd64, arm64; all when empty
	User       string            `json:"user"`      // a number, or a name; root when empty
	Entrypoint []string          `json:"entrypoint"`
	Cmd        []string          `json:"cmd"`
	Files      map[string]string `json:"files"` // its root, as far as it is shown
	Links      map[string]string `json:"links"` // the symbolic links of it, and where they lead
	NoTar      bool              `json:"noTar"` // it has not the programs that list and copy files
	Programs   []Program         `json:"programs"`
}

// Program is how a container behaves whose command line has certain words.
type Program struct {
	When     string  `json:"when"` // part of the command line, its words joined by blanks; "" is every one
	Log      []Line  `json:"log"`
	Repeat   *Repeat `json:"repeat"`
	Exit     *Exit   `json:"exit"`     // nil: it runs until it is stopped
	Unready  string  `json:"unready"`  // what its readiness probe says, for ever; "": ready
	Term     *int    `json:"term"`     // its exit code on SIGTERM; nil: it takes no notice
	Farewell string  `json:"farewell"` // printed on SIGTERM
}

// Line is one line of a log, and how long after the start it is written.
type Line struct {
	At   metav1.Duration `json:"at"`
	Text string          `json:"text"`
}

// Repeat is lines that come in turn, one each period.
type Repeat struct {
	Every metav1.Duration `json:"every"`
	Lines []string        `json:"lines"`
}

// Exit is the end that a program comes to by itself.
type Exit struct {
	After metav1.Duration `json:"after"`
	Code  int             `json:"code"`
	OOM   bool            `json:"oom"`
}

// ErrNotFound is the answer of a registry that has no such image.
var ErrNotFound = errors.New("not found")

// ErrBroken is the answer of a registry that is out of order.
var ErrBroken = errors.New("500 Internal Server Error")

func readImages(text []byte) (*Images, error) {
	images := &Images{Nixery: &Nixery{}}
	if err := yaml.UnmarshalStrict(text, images); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	for i, image := range images.Images {
		if len(image.Names) == 0 {
			return nil, fmt.Errorf("image %d has no names", i+1)
		}
		for _, name := range image.Names {
			if full, err := Normalise(name); err != nil || full != name {
				return nil, fmt.Errorf("image name %q is not written in full", name)
			}
		}
		for _, program := range image.Programs {
			if program.Repeat != nil && (program.Repeat.Every.Duration < time.Second || len(program.Repeat.Lines) == 0) {
				return nil, fmt.Errorf("image %q: repeated lines need a period of a second or more, and lines", image.Names[0])
			}
		}
	}
	return images, nil
}

// Find is the image of a normalised reference, or what its registry says instead.
func (i *Images) Find(ref string) (Image, error) {
	host, rest, _ := strings.Cut(ref, "/")
	folder, base, inFolder := strings.Cut(rest, "/")
	switch {
	case host == nixery.Host:
		return i.Nixery.find(ref)
	case inFolder && folder == "broken":
		return Image{}, ErrBroken
	case inFolder && folder == "slow":
		base, _, _ = strings.Cut(base, ":")
		for _, image := range i.Images {
			if slices.ContainsFunc(image.Names, func(name string) bool { return repository(name) == base }) {
				image.Names, image.Pull, image.Present = []string{ref}, i.Slow, false
				return image, nil
			}
		}
		return Image{}, ErrNotFound
	}
	for _, image := range i.Images {
		if slices.Contains(image.Names, ref) {
			return image, nil
		}
	}
	return Image{}, ErrNotFound
}

// repository is the last part of a reference's name, without the tag.
func repository(ref string) string {
	name, _, _ := strings.Cut(ref[strings.LastIndexByte(ref, '/')+1:], ":")
	return name
}

// ID is the reference by digest that a node reports for a normalised one.
func ID(ref string) string {
	name, _, _ := strings.Cut(ref, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	return fmt.Sprintf("%s@sha256:%x", name, sha256.Sum256([]byte(ref)))
}

// Runs reports whether an image is for a node's architecture.
func (i Image) Runs(architecture string) bool {
	return len(i.Platforms) == 0 || slices.Contains(i.Platforms, architecture)
}

// Program is the behaviour of a command line; false when the image does not say.
func (i Image) Program(argv []string) (Program, bool) {
	line := strings.Join(argv, " ")
	for _, program := range i.Programs {
		if strings.Contains(line, program.When) {
			return program, true
		}
	}
	return Program{}, false
}

// Has reports whether a program is in an image whose programs are played: it is what the image starts, or one of its files.
func (i Image) Has(program string) bool {
	_, file := i.Files[program]
	return file || len(i.Entrypoint) == 0 || i.Entrypoint[0] == program
}

// Argv is the command line of a container of this image.
func (i Image) Argv(command, args []string) []string {
	switch {
	case len(command) > 0:
		return slices.Concat(command, args)
	case len(args) > 0:
		return slices.Concat(i.Entrypoint, args)
	default:
		return slices.Concat(i.Entrypoint, i.Cmd)
	}
}
