package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// shelf has packages in a folder, and packs each when it is first asked for.
type shelf struct {
	folder string

	mu     sync.Mutex
	packed map[string]v1.Layer
}

// find is the layer of a package. Names come from the network: only those of folders there are one.
func (s *shelf) find(name, arch string) (v1.Layer, bool) {
	if name == "" || filepath.Base(name) != name || name[0] == '.' {
		return nil, false
	}
	folder := filepath.Join(s.folder, arch, name)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if layer := s.packed[folder]; layer != nil {
		return layer, true
	}
	layer, err := pack(folder)
	if err != nil {
		log.Printf("pack %s: %v", folder, err)
		return nil, false
	}
	if s.packed == nil {
		s.packed = map[string]v1.Layer{}
	}
	s.packed[folder] = layer
	return layer, true
}

func pack(folder string) (v1.Layer, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	if err := w.AddFS(os.DirFS(folder)); err != nil {
		return nil, fmt.Errorf("add its files: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("end the archive: %w", err)
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil }
	layer, err := tarball.LayerFromOpener(open, tarball.WithCompressedCaching, tarball.WithCompressionLevel(gzip.BestSpeed))
	if err != nil {
		return nil, fmt.Errorf("make a layer: %w", err)
	}
	return layer, nil
}
