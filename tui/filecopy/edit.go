package filecopy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	tea "charm.land/bubbletea/v2"
	"github.com/aymanbagabas/go-udiff"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// mostEdited is how large a file may be that is edited.
const mostEdited = 4 << 20

// Edit takes a file to this machine, has it edited, and writes it back after its diff has been shown.
func (c *Copier) Edit(name string) tea.Cmd {
	if p := c.writes(); p != nil {
		return c.Flash(p.Message)
	}
	if c.busy() {
		return nil
	}
	ctx, cluster, place, kept := c.ctx, c.with.Cluster, c.at.Place, c.edits[name]
	c.trouble = nil
	return c.later(func() func() tea.Cmd {
		file := ""
		e, err := fetch(ctx, cluster, place, name)
		if err == nil {
			if kept.mine != nil {
				e.mine, e.kept = kept.mine, kept.kept
			}
			file, err = toTemporary(name, e.mine)
		}
		return func() tea.Cmd { return c.openEditor(e, file, err) }
	})
}

// openEditor gives the file to the person's editor.
func (c *Copier) openEditor(e edit, file string, err error) tea.Cmd {
	if err != nil {
		c.trouble = kube.Explain(err)
		return nil
	}
	return c.Ask(kit.EditFile{File: file, Done: func(err error) tea.Msg {
		return step{c, func() tea.Cmd { return c.takeBack(e, file, err) }}
	}})
}

// fetch reads a file that can be edited.
func fetch(ctx context.Context, c *kube.Cluster, p files.Place, name string) (edit, error) {
	e, err := files.Describe(ctx, c, p, name)
	shown := files.ShownName(path.Base(name))
	switch {
	case err != nil:
		return edit{}, err
	case !e.Mode.IsRegular():
		return edit{}, &kube.Problem{Message: shown + " is a " + files.KindWords(e.Mode) + ": only regular files are edited", Hint: "choose another"}
	case e.Size > mostEdited:
		return edit{}, &kube.Problem{Message: fmt.Sprintf("%s has %s: files of up to %s are edited here", shown, files.SizeWords(e.Size), files.SizeWords(mostEdited)), Hint: "download it, and upload what you have changed"}
	}
	var text bytes.Buffer
	if _, err := files.Download(ctx, c, files.Request{Place: p, Path: name, Retries: retries}, e, &limited{to: &text, left: mostEdited}); err != nil {
		return edit{}, err
	}
	if bytes.IndexByte(text.Bytes(), 0) >= 0 {
		return edit{}, &kube.Problem{Message: shown + " is no text: it has zero bytes", Hint: "download it, and upload what you have changed"}
	}
	return edit{path: name, entry: e, was: text.Bytes(), mine: text.Bytes()}, nil
}

// limited takes no more than it may.
type limited struct {
	to   io.Writer
	left int
}

// Write writes, or says that it is too much.
func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, &kube.Problem{Message: "the file is larger than it says", Hint: "download it"}
	}
	l.left -= len(p)
	return l.to.Write(p) //nolint:wrapcheck // of memory
}

// toTemporary puts a text where only its owner can read it, in a folder of its own.
func toTemporary(name string, text []byte) (file string, err error) {
	folder, err := os.MkdirTemp("", "dayfly-edit-")
	if err != nil {
		return "", local(err)
	}
	const private = 0o600
	file = filepath.Join(folder, localName(name))
	if err := os.WriteFile(file, text, private); err != nil {
		_ = os.RemoveAll(folder)
		return "", local(err)
	}
	return file, nil
}

// takeBack reads what has been made of the file, which does not stay on this machine.
func (c *Copier) takeBack(e edit, file string, failed error) tea.Cmd {
	at := c.where(e.path)
	return c.later(func() func() tea.Cmd {
		defer func() { _ = os.RemoveAll(filepath.Dir(file)) }()
		text, err := os.ReadFile(file)
		if err != nil && failed == nil {
			failed = err
		}
		if err == nil {
			e.mine = text
		}
		c.with.keep(&e, c.Now())
		e.diff = kube.SanitizeLines(udiff.Unified(at+" now", at+" as edited", string(e.was), string(e.mine)))
		return func() tea.Cmd { return c.showDiff(e, failed) }
	})
}

// showDiff shows what would be written.
func (c *Copier) showDiff(e edit, failed error) tea.Cmd {
	changed := !bytes.Equal(e.mine, e.was)
	if delete(c.edits, e.path); changed {
		c.edits[e.path] = e
	}
	switch {
	case failed != nil:
		c.trouble = &kube.Problem{Message: "the editor has ended with an error: " + kube.Sanitize(failed.Error()), Hint: "check EDITOR and VISUAL; nothing was written" + c.with.version(e)}
		return nil
	case !changed:
		return c.Flash(files.ShownName(path.Base(e.path)) + " was not changed")
	}
	return c.Ask(kit.Show{Screen: newDiff(c, e)})
}

// write writes an edit back, if the file is as it was.
func (c *Copier) write(e edit) tea.Cmd {
	if c.busy() {
		return nil
	}
	cluster, place, access, base := c.with.Cluster, c.at.Place, c.at.Access, path.Base(e.path)
	shown := files.ShownName(base)
	return c.carry("writing "+shown, func(ctx context.Context, t *transfer) (end outcome) {
		now, err := fetch(ctx, cluster, place, e.path)
		if err == nil && !bytes.Equal(now.was, e.was) {
			err = &kube.Problem{Message: shown + " has changed there since it was read: nothing was written", Hint: "edit it again: the diff is against what is there then"}
		}
		if err != nil {
			end.err = c.with.unwritten(e, err)
			return end
		}
		t.total.Store(int64(len(e.mine)))
		got, err := files.Send(ctx, cluster, files.Upload{
			Request: t.request(place, e.path, 0), Size: int64(len(e.mine)), Mode: e.entry.Mode, Owner: fmt.Sprintf("%d:%d", e.entry.UID, e.entry.GID), Keep: true,
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(e.mine)), nil },
		})
		if err != nil {
			end.err = c.with.unwritten(e, err)
			return end
		}
		if e.kept != "" {
			_ = os.Remove(e.kept)
		}
		access.Record(journal.Uploaded, place)
		end.report, end.shows, end.wrote = []Line{{true, fmt.Sprintf("%s is written · %s, owner and mode as before", shown, files.SizeWords(got.Bytes))}}, base, e.path
		return end
	})
}
