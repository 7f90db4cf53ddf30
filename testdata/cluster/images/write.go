package images

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// NixeryHost is the registry whose images are composed from packages. The program that does it is testdata/nixery/serve of the
// repository's main module, of which this module cannot be a part: both have versions of Kubernetes' libraries. Here are its
// packages, and the way to it.
const NixeryHost = "nixery.dev"

// Packages that no image can be built with, and that it takes long to build with.
const (
	BrokenPackage = "broken"
	SlowPackage   = "slow"
)

// WritePackages writes all packages as folders of a folder for each architecture that there is.
func (t Tools) WritePackages(root string) error {
	for _, arch := range []string{"amd64", "arm64"} {
		built, err := t.builtFor(arch)
		if err != nil {
			return fmt.Errorf("packages for %s: %w", arch, err)
		}
		for name, files := range built.packages() {
			if err := writeFiles(filepath.Join(root, arch, name), files); err != nil {
				return fmt.Errorf("package %s for %s: %w", name, arch, err)
			}
		}
	}
	return nil
}

// builtFor is the tools as they are for an architecture. Those of a foreign one are these, under its number: the kernel refuses to
// start them, which is all that can be done with them.
func (t Tools) builtFor(arch string) (Tools, error) {
	machines := map[string]uint16{"amd64": 62, "arm64": 183} // of the ELF header
	for _, program := range []*[]byte{&t.Busybox, &t.Bash} {
		if *program == nil {
			continue
		}
		const at = 18
		if len(*program) < at+2 {
			return Tools{}, errors.New("a program is too short to be one")
		}
		changed := append([]byte{}, *program...)
		binary.LittleEndian.PutUint16(changed[at:], machines[arch])
		*program = changed
	}
	return t, nil
}

// writeFiles makes a folder of files.
func writeFiles(root string, files Files) error {
	for name, file := range files {
		target := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		var err error
		switch {
		case file.Link != "":
			err = os.Symlink(file.Link, target)
		case file.Dir:
			err = os.MkdirAll(target, 0o755)
		default:
			err = os.WriteFile(target, file.Body, 0o644)
		}
		if err == nil && file.Link == "" { // the mode that a file is made with depends on the umask
			err = os.Chmod(target, fileMode(file.Mode))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fileMode is Go's for one of Unix, as far as it occurs here.
func fileMode(unix int64) os.FileMode {
	mode := os.FileMode(unix & 0o777)
	if unix&0o1000 != 0 {
		mode |= os.ModeSticky
	}
	return mode
}
