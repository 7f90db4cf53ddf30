package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
)

// nixeryHost is the registry whose images are composed from packages. The program that does it is testdata/nixery/serve of the
// repository's main module, of which this module cannot be a part: both have versions of Kubernetes' libraries. Here are its
// packages, and the way to it.
const nixeryHost = "nixery.dev"

// Packages that no image can be built with, and that it takes long to build with.
const (
	brokenPackage = "broken"
	slowPackage   = "slow"
)

func (p Place) nixery() Component {
	return Component{Name: nameNixery, Path: p.Bin(nameNixery), Args: []string{
		"--listen=" + p.nixeryAddr(), "--packages=" + p.Run("nixery"),
		"--broken=" + brokenPackage, "--slow=" + slowPackage, "--delay=3s",
	}}
}

// nixeryAddr is for the support daemon only, through which everybody else goes.
func (p Place) nixeryAddr() string { return fmt.Sprintf("127.0.0.1:%d", p.Port(portNixery)) }

// nixeryFolder is the program's source below the repository's root.
const nixeryFolder = "testdata/nixery"

// buildNixery builds it with the requirements of the main module. With a warm build cache it takes a part of a second.
func (p Place) buildNixery(ctx context.Context) error {
	if err := p.goBuild(ctx, ".", "-o", p.Bin(nameNixery), "-ldflags", "-s -w", "./"+nixeryFolder+"/serve"); err != nil {
		return fmt.Errorf("build the registry that composes images: %w", err)
	}
	return nil
}

// forwardNixery hands requests on to it.
func (p Place) forwardNixery() http.Handler {
	return httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: p.nixeryAddr()})
}

// startImages starts what has images, and returns how to wait for it.
func (p Place) startImages() (ready func(context.Context) error, err error) {
	nixery, err := p.start(p.nixery())
	if err != nil {
		return nil, err
	}
	support, err := p.start(p.support())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return support.await(ctx, "image registry", func(ctx context.Context) error {
			select {
			case <-nixery.ended:
				return fmt.Errorf("%s ended:\n%s", nixery.Name, tail(nixery.log, 20))
			default:
				return p.registryAnswers(ctx)
			}
		})
	}, nil
}

// writePackages writes all packages as folders, for both architectures that there are.
func (p Place) writePackages(t Tools) error {
	for _, arch := range []string{"amd64", "arm64"} {
		built, err := t.builtFor(arch)
		if err != nil {
			return fmt.Errorf("packages for %s: %w", arch, err)
		}
		for name, files := range built.packages() {
			if err := writeFiles(p.Run("nixery", arch, name), files); err != nil {
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
