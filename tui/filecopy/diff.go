package filecopy

import (
	"fmt"
	"path"
	"path/filepath"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// diffScreen shows what an edit would change, before it is written.
type diffScreen struct {
	*kit.Pager
	of   *Copier
	edit edit
}

func newDiff(c *Copier, e edit) *diffScreen {
	intro := fmt.Sprintf("Write this to %s? Owner %d:%d and mode %s stay.\n", c.where(e.path), e.entry.UID, e.entry.GID, files.ModeWords(e.entry.Mode))
	return &diffScreen{kit.NewPager(c.Kit, kit.PagerOptions{
		Title: c.with.Title() + " › " + files.ShownName(path.Base(e.path)) + " › diff", Text: intro, Diff: e.diff, Copies: e.diff,
	}), c, e}
}

// Keys are those that do something now.
func (d *diffScreen) Keys() []key.Binding {
	k := d.of.keys
	return []key.Binding{k.Write, d.of.Bindings.Up, d.of.Bindings.Down, k.Leave}
}

// HoldsBack has esc keep the edit.
func (d *diffScreen) HoldsBack() bool { return true }

// Update takes a key.
func (d *diffScreen) Update(msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil
	case key.Matches(press, d.of.keys.Write):
		return d.of.Ask(d.of.do(func() tea.Cmd { return d.of.write(d.edit) }))
	case key.Matches(press, d.of.keys.Leave):
		return d.of.Ask(d.of.do(func() tea.Cmd {
			if d.edit.kept == "" {
				return d.of.Flash("nothing was written; edit it again to go on with your version")
			}
			return d.of.Flash("not written, but kept: edit it again, or see " + d.of.with.short(filepath.Dir(d.edit.kept)))
		}))
	}
	return d.Pager.Update(msg)
}
