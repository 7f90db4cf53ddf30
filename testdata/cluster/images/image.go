package images

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"path"
	"runtime"
	"sort"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Files are the contents of a layer, by path without a leading slash. Folders above them are made as needed.
type Files map[string]File

// File is an ordinary file, or a symbolic link when Link is set, or a folder when Dir is.
type File struct {
	Body []byte
	Mode int64
	Link string
	Dir  bool
}

func program(body []byte) File { return File{Body: body, Mode: 0o755} }
func text(body string) File    { return File{Body: []byte(body), Mode: 0o644} }
func link(target string) File  { return File{Link: target, Mode: 0o777} }
func folder(mode int64) File   { return File{Dir: true, Mode: mode} }

// newLayer packs files in a fixed order with a fixed time, so that equal files give an equal digest.
func newLayer(files Files) (v1.Layer, error) {
	all := Files{}
	for name, file := range files {
		all[name] = file
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := files[dir]; !ok {
				all[dir] = folder(0o755)
			}
		}
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, name := range names {
		if err := writeEntry(w, name, all[name]); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack layer: %w", err)
	}
	opener := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil }
	layer, err := tarball.LayerFromOpener(opener, tarball.WithCompressedCaching,
		tarball.WithCompressionLevel(gzip.BestSpeed))
	if err != nil {
		return nil, fmt.Errorf("pack layer: %w", err)
	}
	return layer, nil
}

func writeEntry(w *tar.Writer, name string, file File) error {
	header := &tar.Header{Name: name, Mode: file.Mode, Size: int64(len(file.Body)), Typeflag: tar.TypeReg}
	switch {
	case file.Link != "":
		header.Typeflag, header.Linkname = tar.TypeSymlink, file.Link
	case file.Dir:
		header.Typeflag, header.Name = tar.TypeDir, name+"/"
	}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	_, err := w.Write(file.Body)
	return err
}

// newImage is an image for this machine's architecture.
func newImage(config v1.Config, layers ...v1.Layer) (v1.Image, error) {
	image, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		return nil, fmt.Errorf("assemble image: %w", err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("assemble image: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Config = "linux", runtime.GOARCH, config
	file.Created = v1.Time{Time: time.Unix(0, 0).UTC()}
	image, err = mutate.ConfigFile(image, file)
	if err != nil {
		return nil, fmt.Errorf("assemble image: %w", err)
	}
	return image, nil
}
