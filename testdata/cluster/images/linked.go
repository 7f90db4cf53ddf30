package images

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// loadLinked reads programs of Debian's, and the loaders and libraries that they and their libraries are linked with, each under the name
// by which it is looked for. A static program is taken as it is.
func loadLinked(programs ...string) (Files, error) {
	files := Files{}
	for wanted := slices.Clone(programs); len(wanted) > 0; wanted = wanted[1:] {
		path := wanted[0]
		name := strings.TrimPrefix(path, "/")
		if _, have := files[name]; have {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read a program or library: %w", err)
		}
		needed, err := linkedWith(body)
		if err != nil {
			return nil, fmt.Errorf("libraries of %s: %w", path, err)
		}
		files[name] = program(body)
		wanted = append(wanted, needed...)
	}
	return files, nil
}

// linkedWith are the paths of what a program or library asks for itself.
func linkedWith(body []byte) ([]string, error) {
	file, err := elf.NewFile(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read it: %w", err)
	}
	var paths []string
	for _, part := range file.Progs {
		if part.Type != elf.PT_INTERP {
			continue
		}
		name, err := io.ReadAll(part.Open())
		if err != nil {
			return nil, fmt.Errorf("read the name of its loader: %w", err)
		}
		paths = append(paths, strings.TrimRight(string(name), "\x00"))
	}
	names, err := file.ImportedLibraries()
	if err != nil {
		return nil, fmt.Errorf("read their names: %w", err)
	}
	for _, name := range names {
		path, err := findLibrary(name, file.Machine)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// findLibrary looks where Debian has libraries, which may be there for several machines.
func findLibrary(name string, machine elf.Machine) (string, error) {
	found, err := filepath.Glob("/lib/*-linux-gnu*/" + name)
	for _, path := range found {
		file, opened := elf.Open(path)
		if opened != nil {
			err = errors.Join(err, opened)
			continue
		}
		same := file.Machine == machine
		if err := file.Close(); err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		if same {
			return path, nil
		}
	}
	return "", errors.Join(fmt.Errorf("there is no %s for %s", name, machine), err)
}
