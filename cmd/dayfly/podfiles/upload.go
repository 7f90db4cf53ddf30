package podfiles

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// upload copies a file or a folder of this machine, or stdin, into the container.
func (c *copier) upload(ctx context.Context, stdin io.Reader, from string, to remote) error {
	u := files.Upload{Request: c.request(to.path), Owner: c.owner}
	if from == "-" {
		u.Once, u.Open = true, func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }
		return c.send(ctx, u, to)
	}
	whole, err := filepath.Abs(from)
	if err != nil {
		return local(err)
	}
	if u.Base = filepath.Base(whole); u.Base == string(filepath.Separator) {
		u.Base = ""
	}
	at, err := os.Stat(from)
	switch {
	case err != nil:
		return local(err)
	case at.IsDir():
		return c.sendTree(ctx, u, from, to)
	case !at.Mode().IsRegular():
		return &kube.Problem{Message: fmt.Sprintf("%s is not a regular file", from), Hint: "give it on stdin: dayfly cp - POD:PATH"}
	}
	u.Size, c.progress.total = at.Size(), at.Size()
	if !c.noPreserve {
		u.Mode = at.Mode().Perm()
	}
	u.Open = func() (io.ReadCloser, error) {
		f, err := os.Open(from)
		if err != nil {
			return nil, local(err)
		}
		return f, nil
	}
	return c.send(ctx, u, to)
}

func (c *copier) send(ctx context.Context, u files.Upload, to remote) error {
	got, err := files.Send(ctx, c.opened.Cluster, u)
	if err != nil {
		return local(err)
	}
	words := to.pod + ":" + to.path
	if got.Equal {
		words += " (SHA-256 equal)"
	}
	c.finish(true, words, got.Bytes)
	return nil
}

func (c *copier) sendTree(ctx context.Context, u files.Upload, from string, to remote) error {
	root, err := os.OpenRoot(from)
	if err != nil {
		return local(err)
	}
	defer func() { _ = root.Close() }()
	total := int64(0)
	count := u.Progress
	u.Progress = func(done int64) {
		total = done
		count(done)
	}
	seen := map[string]bool{}
	err = files.SendTree(ctx, c.opened.Cluster, u, root, files.Packing{NoModes: c.noPreserve, Skipped: func(name string) {
		if !seen[name] {
			seen[name] = true
			c.progress.clear()
			c.say(fmt.Sprintf("skipped %q: it is a device, a FIFO, or a socket", name))
		}
	}})
	if err != nil {
		return local(err)
	}
	c.finish(true, from+" to "+to.pod+":"+to.path, total)
	if skipped := len(seen); skipped > 0 {
		return &kube.Problem{Message: fmt.Sprintf("%d files of %s were skipped", skipped, from), Hint: "copy only regular files, folders and links"}
	}
	return nil
}
