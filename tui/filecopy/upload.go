package filecopy

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// source is what is to be uploaded.
type source struct {
	from string // on this machine
	into string // the folder of the container
	info os.FileInfo
}

// Upload asks what is to be copied into a folder of the container, says what would be written, and does it.
func (c *Copier) Upload(into string) tea.Cmd {
	if p := c.writes(); p != nil {
		return c.Flash(p.Message)
	}
	if c.busy() {
		return nil
	}
	return c.Ask(kit.Show{Screen: kit.NewPrompt(c.Kit, kit.PromptOptions{
		Title: c.with.Title() + " › upload", Asks: "Upload to " + c.where(into) + ". Which file or folder of this machine?", Takes: c.keys.GoOn,
		Check: func(string) error { return nil },
		Done: func(text string) tea.Msg {
			return c.do(func() tea.Cmd { return c.lookUp(source{from: c.with.home(text), into: into}) })
		},
	})})
}

// lookUp looks at what was named.
func (c *Copier) lookUp(s source) tea.Cmd {
	return c.later(func() func() tea.Cmd {
		info, err := os.Stat(s.from)
		switch {
		case err != nil:
			err = local(err)
		case !info.IsDir() && !info.Mode().IsRegular():
			err = &kube.Problem{Message: c.with.short(s.from) + " is not a regular file, nor a folder", Hint: "choose another"}
		}
		s.info = info
		return func() tea.Cmd { return c.askUpload(s, err) }
	})
}

// askUpload says what would be written.
func (c *Copier) askUpload(s source, err error) tea.Cmd {
	if err != nil {
		c.trouble = kube.Explain(err)
		return nil
	}
	name := filepath.Base(s.from)
	says := []string{"Owner: the user of container " + c.at.Place.Target.Container + ". Mode: as on this machine."}
	switch there, ok := c.with.There(s.into, name); {
	case !ok:
		says = append(says, "There is no "+files.ShownName(name)+" in the folder.")
	case s.info.IsDir():
		says = append(says, "There is a "+files.ShownName(name)+" already: files of the same names in it are replaced.")
	default:
		says = append(says, "It replaces the "+files.KindWords(there.Mode)+" "+files.ShownName(name)+" that is there.")
	}
	what, upload := files.SizeWords(s.info.Size()), c.uploadFile
	if s.info.IsDir() {
		what, upload = "a folder with all that is in it", c.uploadTree
	}
	return c.Ask(kit.Show{Screen: kit.NewConfirm(c.Kit, kit.ConfirmOptions{
		Title: c.with.Title() + " › upload", Asks: fmt.Sprintf("Upload %s (%s) to %s?", c.with.short(s.from), what, c.where(path.Join(s.into, name))), Says: says, Yes: c.keys.Write,
		Request: step{c, func() tea.Cmd {
			if c.busy() {
				return nil
			}
			return upload(s)
		}},
	})})
}

func (c *Copier) uploadFile(s source) tea.Cmd {
	name := filepath.Base(s.from)
	cluster, place, access := c.with.Cluster, c.at.Place, c.at.Access
	return c.carry("uploading "+files.ShownName(name), func(ctx context.Context, t *transfer) (end outcome) {
		t.total.Store(s.info.Size())
		got, err := files.Send(ctx, cluster, files.Upload{
			Request: t.request(place, path.Join(s.into, name), 0), Size: s.info.Size(), Mode: s.info.Mode().Perm(), Open: func() (io.ReadCloser, error) { return os.Open(s.from) },
		})
		if err != nil {
			end.err = local(err)
			return end
		}
		access.Record(journal.Uploaded, place)
		compared := "not compared: the container cannot tell a SHA-256"
		if got.Equal {
			compared = "SHA-256 equal"
		}
		end.report, end.shows = []Line{{true, fmt.Sprintf("%s is there · %s, %s", files.ShownName(name), files.SizeWords(got.Bytes), compared)}}, name
		return end
	})
}

func (c *Copier) uploadTree(s source) tea.Cmd {
	name := filepath.Base(s.from)
	cluster, place, access := c.with.Cluster, c.at.Place, c.at.Access
	return c.carry("uploading "+files.ShownName(name), func(ctx context.Context, t *transfer) (end outcome) {
		root, err := os.OpenRoot(s.from)
		if err != nil {
			end.err = local(err)
			return end
		}
		defer func() { _ = root.Close() }()
		seen := map[string]bool{}
		err = files.SendTree(ctx, cluster, files.Upload{Request: t.request(place, s.into, 0), Base: name}, root, files.Packing{Skipped: func(file string) { seen[file] = true }})
		if err != nil {
			end.err = local(err)
			return end
		}
		access.Record(journal.Uploaded, place)
		end.report, end.shows = []Line{{true, fmt.Sprintf("%s is there · %s were sent", files.ShownName(name), files.SizeWords(t.done.Load()))}}, name
		if skipped := len(seen); skipped > 0 {
			end.report = append(end.report, Line{Text: fmt.Sprintf("%d were skipped: they are devices, FIFOs, or sockets", skipped)})
		}
		return end
	})
}
