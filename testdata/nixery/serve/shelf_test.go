package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShelf(t *testing.T) {
	folder := t.TempDir()
	bin := filepath.Join(folder, "amd64", "dig", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "dig"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("dig", filepath.Join(bin, "host")); err != nil {
		t.Fatal(err)
	}
	s := &shelf{folder: folder}
	layer, ok := s.find("dig", "amd64")
	if !ok {
		t.Fatal("dig is not found")
	}
	packed, err := layer.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	got := map[string]string{}
	for r := tar.NewReader(packed); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		got[header.Name] = header.FileInfo().Mode().String() + " " + header.Linkname
	}
	want := map[string]string{"bin/": "drwxr-xr-x ", "bin/dig": "-rwxr-xr-x ", "bin/host": "Lrwxrwxrwx dig"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the layer (-want +got):\n%s", diff)
	}
	if again, _ := s.find("dig", "amd64"); again != layer {
		t.Error("it is packed again")
	}
	for _, name := range []string{"", ".", "..", "nosuch", "dig/bin", "../amd64/dig"} {
		if _, ok := s.find(name, "amd64"); ok {
			t.Errorf("%q is a package", name)
		}
	}
	if _, ok := s.find("dig", "arm64"); ok {
		t.Error("dig is there for arm64")
	}
}
