package nixery

import (
	"cmp"
	"slices"
	"strings"
)

// MaxName is how many characters a name may have, the registry's host included, the tag not. Newer readers of image names
// count only what is behind the host; containerd's older one, which many nodes have, counts both.
const MaxName = 255

// Image is what is asked of a Nixery registry.
type Image struct {
	Host     string // with a port if it has one; empty means the public instance
	Shell    bool   // bash, coreutils, moreutils and nano
	ARM64    bool   // for arm64 instead of amd64
	Packages []string
	Tag      string // may be empty
}

// Var is a variable of a container's environment.
type Var struct{ Name, Value string }

// Canonical is the same image as String writes it: host filled in, packages sorted and each once.
func (i Image) Canonical() Image {
	i.Host = cmp.Or(i.Host, Host)
	i.Packages = slices.Compact(slices.Sorted(slices.Values(i.Packages)))
	return i
}

// String is the canonical name, for any image; only one that passes Check can be asked for.
func (i Image) String() string {
	if i.Tag == "" {
		return i.name()
	}
	return i.name() + ":" + i.Tag
}

// Length is how many characters count against MaxName.
func (i Image) Length() int { return len(i.name()) }

// name is the canonical name without the tag.
func (i Image) name() string {
	i = i.Canonical()
	parts := []string{i.Host}
	if i.Shell {
		parts = append(parts, metaShell)
	}
	if i.ARM64 {
		parts = append(parts, metaARM64)
	}
	return strings.Join(append(parts, i.Packages...), "/")
}

// Check tells whether the image can be asked for: ErrEmpty, a *SyntaxError for the first part that is wrong, or a
// *TooLongError. Whether the packages exist only the registry knows.
func (i Image) Check() error {
	if !i.Shell && len(i.Packages) == 0 {
		return ErrEmpty
	}
	if err := checkHost(cmp.Or(i.Host, Host)); err != nil {
		return err
	}
	for _, name := range i.Packages {
		if err := CheckPackage(name); err != nil {
			return err
		}
	}
	if err := checkTag(i.Tag); err != nil {
		return err
	}
	if n := i.Length(); n > MaxName {
		return &TooLongError{Length: n, Limit: MaxName}
	}
	return nil
}

// Env is what the container needs and the image does not say: without PATH, bash finds nothing.
func (i Image) Env() []Var {
	return []Var{
		{"PATH", "/bin:/usr/bin:/sbin:/usr/sbin"},
		{"HOME", "/tmp"},
		{"LANG", "C.UTF-8"},
	}
}

// Command is what to start: nil without Shell, for there is nothing then that is surely there.
func (i Image) Command() []string {
	if i.Shell {
		return []string{"bash"}
	}
	return nil
}
