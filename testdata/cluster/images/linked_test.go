package images

import (
	"bytes"
	"debug/elf"
	"maps"
	"path"
	"slices"
	"testing"
)

// A program of Debian's own brings along all that it needs, also what only its libraries need.
func TestLinkedProgramsAreWhole(t *testing.T) {
	files, err := loadLinked("/bin/ls")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for name := range files {
		have[path.Base(name)] = true
	}
	if !have["libc.so.6"] || files["bin/ls"].Mode != 0o755 {
		t.Errorf("for ls there are %v", slices.Sorted(maps.Keys(files)))
	}
	for name, file := range files {
		read, err := elf.NewFile(bytes.NewReader(file.Body))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		needed, err := read.ImportedLibraries()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, library := range needed {
			if !have[library] {
				t.Errorf("%s needs %s, which is not there", name, library)
			}
		}
	}
}
