package filecopy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// destination is where copies are to be put.
type destination struct {
	paths []string
	to    string // a folder if there are several, else the name of the copy
	into  bool   // to is a folder in which the copy gets the name of the original
}

// collisions are what is there already.
type collisions struct {
	taken []string
	err   error
}

// localName is the name of a file for this machine: what could do harm in a name is left out.
func localName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:`, r) || kube.Sanitize(string(r)) != string(r) {
			return '_'
		}
		return r
	}, path.Base(path.Clean("/"+name)))
	if clean == "" || !filepath.IsLocal(clean) || clean == "." {
		return "copy"
	}
	return clean
}

// home is a path of this machine as a person types it.
func (o *Options) home(text string) string {
	if rest, ok := strings.CutPrefix(text, "~"); ok && o.Home != "" && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		return filepath.Join(o.Home, rest)
	}
	if !filepath.IsAbs(text) {
		return filepath.Join(o.Folder, text)
	}
	return filepath.Clean(text)
}

// short is a path of this machine as it is shown.
func (o *Options) short(file string) string {
	if rest, ok := strings.CutPrefix(file, o.Home); ok && o.Home != "" && (rest == "" || rest[0] == filepath.Separator) {
		file = "~" + rest
	}
	return kube.Sanitize(file)
}

// Download asks where copies of paths are to be put, and makes them.
func (c *Copier) Download(paths []string) tea.Cmd {
	if len(paths) == 0 || c.busy() {
		return nil
	}
	asks, text := "Download "+files.ShownName(path.Base(paths[0]))+". Where to on this machine?", c.with.short(filepath.Join(c.with.Folder, localName(paths[0])))
	if len(paths) > 1 {
		asks, text = fmt.Sprintf("Download %d files and folders. To which folder of this machine?", len(paths)), c.with.short(c.with.Folder)
	}
	return c.Ask(kit.Show{Screen: kit.NewPrompt(c.Kit, kit.PromptOptions{
		Title: c.with.Title() + " › download", Asks: asks, Text: text, Takes: c.keys.GoOn, Check: func(string) error { return nil },
		Done: func(to string) tea.Msg {
			d := destination{paths: paths, to: c.with.home(to), into: strings.HasSuffix(to, "/")}
			return c.do(func() tea.Cmd { return c.lookAt(d) })
		},
	})})
}

// copies are where the copies of paths come.
func (d *destination) copies() map[string]string {
	all := map[string]string{}
	for _, name := range d.paths {
		all[name] = d.to
		if len(d.paths) > 1 {
			all[name] = filepath.Join(d.to, localName(name))
		}
	}
	return all
}

// clash are two whose copies would be the same file, here or where names differ by more than their case; empty: there are none.
func (d *destination) clash() (a, b string) {
	taken := map[string]string{}
	for _, name := range d.paths {
		to := strings.ToLower(localName(name))
		if other, ok := taken[to]; ok {
			return other, name
		}
		taken[to] = name
	}
	return "", ""
}

// lookAt looks what is there already, and then copies.
func (c *Copier) lookAt(d destination) tea.Cmd {
	if c.busy() {
		return nil
	}
	return c.later(func() func() tea.Cmd {
		found := d.look(&c.with)
		return func() tea.Cmd { return c.askReplace(d, found) }
	})
}

// look looks what is at a destination.
func (d *destination) look(o *Options) (found collisions) {
	if at, err := os.Stat(d.to); err == nil && at.IsDir() && len(d.paths) == 1 && (d.into || d.to == o.Folder) {
		d.to = filepath.Join(d.to, localName(d.paths[0]))
	}
	folder := filepath.Dir(d.to)
	if len(d.paths) > 1 {
		folder = d.to
	}
	if at, err := os.Stat(folder); err != nil || !at.IsDir() {
		found.err = &kube.Problem{Message: fmt.Sprintf("%s is no folder of this machine", o.short(folder)), Hint: "make it, or choose another"}
		return found
	}
	if a, b := d.clash(); a != "" {
		found.err = &kube.Problem{
			Message: fmt.Sprintf("%s and %s would get the same name here: nothing was copied", files.ShownName(path.Base(a)), files.ShownName(path.Base(b))), Hint: "copy them one after the other, each to a name of its own",
		}
		return found
	}
	for _, to := range d.copies() {
		at, err := os.Lstat(to)
		switch {
		case err != nil:
		case at.IsDir():
			found.err = &kube.Problem{Message: fmt.Sprintf("%s is a folder that is there already: it is not replaced", o.short(to)), Hint: "choose another name, or end it with / to put the copy into it"}
		default:
			found.taken = append(found.taken, filepath.Base(to))
		}
	}
	slices.Sort(found.taken)
	return found
}

// askReplace asks before a file of this machine is replaced.
func (c *Copier) askReplace(d destination, found collisions) tea.Cmd {
	switch {
	case found.err != nil:
		c.trouble = kube.Explain(found.err)
		return nil
	case c.busy():
		return nil
	case len(found.taken) == 0:
		return c.download(d)
	}
	asks := c.with.short(d.to) + " is there already. Replace it?"
	if len(d.paths) > 1 {
		asks = fmt.Sprintf("In %s there are already %s. Replace them?", c.with.short(d.to), kube.Sanitize(kube.List(found.taken)))
	}
	return c.Ask(kit.Show{Screen: kit.NewConfirm(c.Kit, kit.ConfirmOptions{
		Title: c.with.Title() + " › download", Asks: asks, Says: []string{"What is there stays until all of the new file has come."}, Yes: c.keys.Replace,
		Request: step{c, func() tea.Cmd { return c.download(d) }},
	})})
}

// download copies one after the other.
func (c *Copier) download(d destination) tea.Cmd {
	does := "downloading " + files.ShownName(path.Base(d.paths[0]))
	if len(d.paths) > 1 {
		does = fmt.Sprintf("downloading %d files and folders", len(d.paths))
	}
	cluster, place, access := c.with.Cluster, c.at.Place, c.at.Access
	return c.carry(does, func(ctx context.Context, t *transfer) (end outcome) {
		defer func() {
			if len(end.report) > 0 {
				access.Record(journal.Downloaded, place)
			}
		}()
		copies, entries := d.copies(), map[string]files.Entry{}
		total := int64(0)
		for _, name := range d.paths {
			e, err := files.Describe(ctx, cluster, place, name)
			if err != nil {
				end.err = err
				return end
			}
			if entries[name] = e; e.Mode.IsDir() || total < 0 {
				total = -1 // it is not known what is in it
				continue
			}
			total += e.Size
		}
		t.total.Store(max(total, 0))
		for _, name := range d.paths {
			lines, err := t.download(ctx, cluster, place, name, entries[name], copies[name], c.with.short(copies[name]))
			if end.report = append(end.report, lines...); err != nil {
				end.err = local(err)
				return end
			}
		}
		return end
	})
}

// download copies a file or a folder.
func (t *transfer) download(ctx context.Context, c *kube.Cluster, p files.Place, name string, e files.Entry, to, shown string) ([]Line, error) {
	request := t.request(p, name, t.done.Load())
	if !e.Mode.IsDir() {
		got, err := files.Save(ctx, c, request, e, to)
		if err != nil {
			return nil, err
		}
		compared := "SHA-256 equal"
		if !got.Equal {
			compared = "not compared: " + got.Why
		}
		return []Line{{true, fmt.Sprintf("%s · %s, %s", shown, files.SizeWords(got.Bytes), compared)}}, nil
	}
	got, err := files.SaveTree(ctx, c, request, to, files.DefaultLimits())
	if err != nil {
		return nil, err
	}
	lines := []Line{{true, fmt.Sprintf("%s · %s, %s", shown, kit.Count(got.Files, "file"), files.SizeWords(got.Bytes))}}
	const most = 2
	for _, note := range got.Notes[:min(len(got.Notes), most)] {
		lines = append(lines, Line{Text: note})
	}
	if more := got.Skipped - most; more > 0 {
		lines = append(lines, Line{Text: fmt.Sprintf("%d more were skipped", more)})
	}
	return lines, nil
}

// local is an error of this machine, with what to do.
func local(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	if errors.As(err, &at) || errors.As(err, &link) {
		return &kube.Problem{Message: kube.Sanitize(err.Error()), Hint: "check the path on this machine, and whether there is room", Err: err}
	}
	return err
}
