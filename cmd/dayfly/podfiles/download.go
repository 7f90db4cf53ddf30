package podfiles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// download copies a file or a folder of the container to this machine.
func (c *copier) download(ctx context.Context, from remote, to string) error {
	e, err := files.Describe(ctx, c.opened.Cluster, c.opened.Place, from.path)
	if err != nil {
		return err
	}
	if to == "-" {
		return c.print(ctx, from, e)
	}
	if at, err := os.Stat(to); err == nil && at.IsDir() && from.base() != "" {
		if !filepath.IsLocal(from.base()) || kube.Sanitize(from.base()) != from.base() {
			return &kube.Problem{Message: fmt.Sprintf("%q is no name for a file here", kube.Sanitize(from.base())), Hint: "name the copy: dayfly cp POD:PATH LOCAL/NAME"}
		}
		to = filepath.Join(to, from.base())
	}
	if e.Mode.IsDir() {
		return c.tree(ctx, from, to)
	}
	return c.file(ctx, from, e, to)
}

// print copies a file to stdout.
func (c *copier) print(ctx context.Context, from remote, e files.Entry) error {
	if e.Mode.IsDir() {
		return &kube.Problem{Message: fmt.Sprintf("%q is a folder: only a file is printed", kube.Sanitize(from.path)), Hint: "name a folder of this machine instead of -"}
	}
	got, err := files.Download(ctx, c.opened.Cluster, c.request(from.path), e, c.opened.Stdout)
	if got.Bytes > 0 {
		c.opened.Record(false)
	}
	return err
}

// file copies a file, which takes its place when it is whole.
func (c *copier) file(ctx context.Context, from remote, e files.Entry, to string) error {
	c.progress.total = e.Size
	got, err := files.Save(ctx, c.opened.Cluster, c.request(from.path), e, to)
	if err != nil {
		return local(err)
	}
	words := to
	if got.Equal {
		words += " (SHA-256 equal)"
	} else {
		words += " (not compared: " + got.Why + ")"
	}
	c.finish(false, words, got.Bytes)
	return nil
}

// tree copies a folder.
func (c *copier) tree(ctx context.Context, from remote, to string) error {
	const mode, private = 0o755, 0o700
	if err := os.MkdirAll(filepath.Dir(to), mode); err != nil {
		return local(err)
	}
	created := os.Mkdir(to, private)
	if err := created; err != nil && !errors.Is(err, fs.ErrExist) {
		return local(err)
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return local(err)
	}
	defer func() { _ = root.Close() }()
	got, err := files.DownloadTree(ctx, c.opened.Cluster, c.request(from.path), root, files.DefaultLimits())
	if created == nil {
		_ = os.Chmod(to, got.Mode)
	}
	c.progress.clear()
	for _, note := range got.Notes {
		c.say(note)
	}
	if err != nil {
		c.say(fmt.Sprintf("%s has %d files, and is not complete", to, got.Files))
		return local(err)
	}
	c.finish(false, fmt.Sprintf("%d files and %d links to %s", got.Files, got.Links, to), got.Bytes)
	if got.Skipped > 0 {
		return &kube.Problem{Message: fmt.Sprintf("%d files of %q were skipped, or have changed meanwhile", got.Skipped, kube.Sanitize(from.path)), Hint: "copy those that you need by their own names"}
	}
	return nil
}

// local is an error of a file of this machine, with what to do.
func local(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	if errors.As(err, &at) || errors.As(err, &link) {
		return &kube.Problem{Message: kube.Sanitize(err.Error()), Hint: "check the path on this machine, and whether there is room", Err: err}
	}
	return err
}
