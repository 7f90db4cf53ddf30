package main

import (
	"debug/elf"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// dashPath is Debian's shell, which redraws nothing when its terminal changes. There is none that is static.
const dashPath = "/bin/dash"

// loadDash reads dash and what it is linked with, each under the name by which it is looked for.
func loadDash() (Files, error) {
	dash, err := elf.Open(dashPath)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dashPath, err)
	}
	defer dash.Close()
	needed, err := dash.ImportedLibraries()
	if err != nil {
		return nil, fmt.Errorf("libraries of %s: %w", dashPath, err)
	}
	paths := []string{dashPath}
	for _, program := range dash.Progs {
		if program.Type != elf.PT_INTERP {
			continue
		}
		name, err := io.ReadAll(program.Open())
		if err != nil {
			return nil, fmt.Errorf("loader of %s: %w", dashPath, err)
		}
		paths = append(paths, strings.TrimRight(string(name), "\x00"))
	}
	for _, library := range needed {
		found, err := filepath.Glob("/lib/*-linux-gnu*/" + library)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("libraries of %s: there is no %s", dashPath, library)
		}
		paths = append(paths, found[0])
	}
	files := Files{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read what dash needs: %w", err)
		}
		files[strings.TrimPrefix(path, "/")] = program(body)
	}
	return files, nil
}

func (t Tools) dash(shell v1.Layer) (v1.Image, error) {
	own, err := newLayer(t.Dash)
	if err != nil {
		return nil, err
	}
	return newImage(v1.Config{
		Cmd: []string{"dash"}, Env: []string{defaultPath},
		Labels: map[string]string{standIn: "busybox and Debian's dash"},
	}, shell, own)
}
