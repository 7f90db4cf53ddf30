package report

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Who may read what is written: only who has made it.
const (
	fileMode   = 0o600
	folderMode = 0o700
)

// Name is how a report is called: by the pod and the time when it was read.
func (r *Report) Name() string {
	return "dayfly-" + strings.ReplaceAll(r.Pod.Name, "/", "_") + "-" + r.Read.UTC().Format("20060102T150405Z")
}

// Write writes the report to a zip, if the place ends with .zip, else to a new folder. Nothing is overwritten. What was begun and could not be
// finished is taken away.
func (r *Report) Write(place string) (err error) {
	defer func() {
		if err != nil {
			err = written(place, err)
		}
	}()
	if !strings.HasSuffix(strings.ToLower(place), ".zip") {
		return r.folder(place)
	}
	file, err := os.OpenFile(place, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	if err := errors.Join(r.Zip(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(place))
	}
	return nil
}

// written is the error of a place that could not be written.
func written(place string, err error) error {
	if errors.Is(err, os.ErrExist) {
		return &kube.Problem{Message: fmt.Sprintf("%q is there already", place), Hint: "choose another name: dayfly overwrites nothing", Err: err}
	}
	return fmt.Errorf("write the report: %w", err)
}

// Zip writes the report as a zip, in which there is one folder.
func (r *Report) Zip(out io.Writer) error {
	archive := zip.NewWriter(out)
	for _, f := range r.Files() {
		header := &zip.FileHeader{Name: r.Name() + "/" + f.Name, Method: zip.Deflate, Modified: r.Read.UTC()}
		header.SetMode(fileMode)
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(f.Data); err != nil {
			return err
		}
	}
	return archive.Close()
}

func (r *Report) folder(place string) error {
	if err := os.Mkdir(place, folderMode); err != nil {
		return err
	}
	for _, f := range r.Files() {
		path := filepath.Join(place, filepath.FromSlash(f.Name))
		err := os.MkdirAll(filepath.Dir(path), folderMode)
		if err == nil {
			err = os.WriteFile(path, f.Data, fileMode)
		}
		if err != nil {
			return errors.Join(err, os.RemoveAll(place))
		}
	}
	return nil
}
