// Package filecopy copies files between a container and this machine for the screen of files: downloads, uploads, and edits that are written back after their diff
// has been on the screen. One copy is on its way at a time.
package filecopy

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/fileaccess"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Options are what copies are made with.
type Options struct {
	Cluster *kube.Cluster
	Pod     string
	Folder  string // of this machine, in which copies are put if nothing else is said
	Home    string // the person's own, for which ~ is typed
	State   string // dayfly's own, where edits are kept that are not written; empty: there is none
	Title   func() string
	There   func(folder, name string) (files.Entry, bool) // what is known to be in a folder of the container
}

// edit is a file that a person changes.
type edit struct {
	path  string
	entry files.Entry // of what the path leads to
	was   []byte
	mine  []byte
	diff  string
	kept  string // the file of this machine that has it until it is written; empty: none
}

// At is by which way, and as whom, the files are reached.
type At struct {
	Place  files.Place
	Access fileaccess.Access
}

// Copier makes copies.
type Copier struct {
	*kit.Kit
	keys     keyMap
	ctx      context.Context //nolint:containedctx // of the screen's life: commands run in it
	with     Options
	at       At
	transfer *transfer     // that is on its way; nil: none is
	report   []Line        // what has come of the last one
	trouble  *kube.Problem // why it has come to nothing
	edits    map[string]edit
}

// New has copied nothing yet.
func New(ctx context.Context, k *kit.Kit, o Options) *Copier {
	return &Copier{Kit: k, keys: newKeyMap(), ctx: ctx, with: o, edits: map[string]edit{}}
}

// Use has the next copies go by a way.
func (c *Copier) Use(at At) { c.at = at }

// Line is one on what has come of a copy.
type Line struct {
	Good bool
	Text string
}

// Report is what has come of the last copy, and why it has come to nothing, if it has.
func (c *Copier) Report() ([]Line, *kube.Problem) { return c.report, c.trouble }

// Clear forgets that; false: there was nothing.
func (c *Copier) Clear() bool {
	was := len(c.report) > 0 || c.trouble != nil
	c.report, c.trouble = nil, nil
	return was
}

// Busy says how far the copy is that is on its way; empty: none is.
func (c *Copier) Busy() string {
	if c.transfer == nil {
		return ""
	}
	return c.transfer.words(c.Now())
}

// Cancel ends the copy that is on its way; false: there is none.
func (c *Copier) Cancel() bool {
	if c.transfer == nil {
		return false
	}
	c.transfer.stop()
	c.Flash("cancelling…")
	return true
}

// Rest is closed when no copy is on its way any more, and nothing of one is left to be taken away.
func (c *Copier) Rest() <-chan struct{} {
	if c.transfer == nil {
		rest := make(chan struct{})
		close(rest)
		return rest
	}
	return c.transfer.rest
}

// Over tells that a copy has ended, to whoever shows the folder.
type Over struct {
	Of    *Copier
	Shows string // a name in the folder that has been written; empty: nothing in it has changed
	OK    bool
}

// step is the next step of what a person has asked for: what was found out, or said, is taken by it.
type step struct {
	of   *Copier
	then func() tea.Cmd
}

// do is a step that begins when a person has said something.
func (c *Copier) do(then func() tea.Cmd) tea.Msg { return kit.Return{Result: step{c, then}} }

// Update takes messages. The screen gets them first.
func (c *Copier) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case step:
		if msg.of == c {
			return msg.then()
		}
	case progressMsg:
		if msg.of == c.transfer && msg.of != nil {
			return c.After(progressPace, msg)
		}
	}
	return nil
}

// progressMsg is a moment at which somebody may look how far a copy is.
type progressMsg struct{ of *transfer }

// outcome is what has come of a copy.
type outcome struct {
	report []Line
	err    error
	shows  string // see Over
	wrote  string // the path of an edit that is there; empty: none
}

// carry has a copy done. Only one is on its way at a time: two would share the link, and both take longer.
func (c *Copier) carry(does string, do func(ctx context.Context, t *transfer) outcome) tea.Cmd {
	ctx, cancel := context.WithCancel(c.ctx)
	t := &transfer{does: does, began: c.Now(), cancel: cancel, rest: make(chan struct{})}
	c.transfer, c.report, c.trouble = t, nil, nil
	return tea.Batch(c.After(progressPace, progressMsg{t}), func() tea.Msg {
		defer close(t.rest)
		defer cancel()
		came := do(ctx, t)
		return step{c, func() tea.Cmd { return c.ended(t, came) }}
	})
}

// ended takes what has come of a copy.
func (c *Copier) ended(t *transfer, came outcome) tea.Cmd {
	c.transfer, c.report = nil, came.report
	delete(c.edits, came.wrote)
	var left *files.LeftError
	switch {
	case came.err != nil && t.over.Load() && errors.As(came.err, &left):
		c.report = append(c.report, Line{Text: "cancelled " + t.does + "; what had arrived may still be there, as " + left.Name})
	case came.err != nil && t.over.Load():
		c.report = append(c.report, Line{Text: "cancelled " + t.does + "; no part of a file was left"})
	case came.err != nil:
		c.trouble = kube.Explain(came.err)
	}
	return c.Ask(Over{Of: c, Shows: came.shows, OK: came.err == nil})
}

// later is a step that takes what a command has found out.
func (c *Copier) later(find func() (then func() tea.Cmd)) tea.Cmd {
	return func() tea.Msg { return step{c, find()} }
}

// busy reports whether a copy is on its way, and says so.
func (c *Copier) busy() bool {
	if c.transfer == nil {
		return false
	}
	c.Flash("one at a time: still " + c.transfer.does + ", esc cancels it")
	return true
}

// where is a path in the container, for people.
func (c *Copier) where(name string) string {
	return c.with.Pod + "/" + c.at.Place.Target.Container + ":" + files.ShownName(name)
}

// writes is why nothing may be written here; nil: it may.
func (c *Copier) writes() *kube.Problem {
	g := c.with.Cluster.Guard()
	if p := g.Closed(); p != nil {
		return p
	}
	if g.Protected {
		return &kube.Problem{
			Message: runner.Protected(c.with.Cluster.Context) + ": its files are not written from here",
			Hint:    "dayfly cp writes them, when the pod's name is confirmed",
		}
	}
	return nil
}
