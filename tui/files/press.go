package files

import (
	"path"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// press takes a key on a folder.
func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	if s.Typing() {
		return s.typed(msg)
	}
	k := s.keys
	if key.Matches(msg, k.Parent) { // before the moves: h is none of them
		return s.parent()
	}
	if s.cursor.Move(k.KeyMap, msg, len(s.list.shown), s.page) {
		return nil
	}
	if s.marks.Press(k.KeyMap, msg, &s.cursor, len(s.list.shown), s.list.nameAt) {
		return nil
	}
	switch {
	case key.Matches(msg, k.Leaves):
		return s.escape()
	case key.Matches(msg, k.Filter):
		return s.filter.Start()
	case key.Matches(msg, k.Sort):
		s.stay(func() { s.list.sort = (s.list.sort + 1) % orders })
	case key.Matches(msg, k.Changed):
		return s.onlyChanged()
	case key.Matches(msg, k.Path):
		return s.askPath()
	case key.Matches(msg, k.Again):
		return s.walk(&visit{path: s.list.path})
	case key.Matches(msg, k.Usage):
		return s.measureFolders()
	case key.Matches(msg, k.Upload):
		return s.copier.Upload(s.list.path)
	case key.Matches(msg, k.Beside) && s.found.Place.Inside():
		return s.way.Beside()
	case s.under() == nil && s.Needs(msg):
		return s.Flash("nothing is selected")
	case key.Matches(msg, k.View):
		return s.enter()
	case key.Matches(msg, k.Download):
		s.marks.EndRange(s.cursor.At, len(s.list.shown), s.list.nameAt)
		return s.copier.Download(s.chosen())
	case key.Matches(msg, k.Edit):
		return s.copier.Edit(s.list.join(s.under().Name))
	}
	return nil
}

// parent goes up a folder.
func (s *Screen) parent() tea.Cmd {
	if s.list.path == "/" {
		return nil
	}
	s.leave()
	return s.walk(&visit{path: path.Dir(s.list.path), name: path.Base(s.list.path)})
}

// escape takes back what can be, and then leaves.
func (s *Screen) escape() tea.Cmd {
	switch {
	case s.copier.Cancel():
	case s.visit != nil && s.listed:
		s.visit.stop()
		s.visit = nil
	case s.measuring != nil:
		s.stopMeasuring()
	case s.marks.Len() > 0 || s.marks.Ranging():
		return s.Flash(s.marks.ClearWords())
	case s.filter.Text() != "" || s.list.onlyChanged:
		s.filter.Clear()
		s.stay(func() { s.list.filter, s.list.onlyChanged = "", false })
	case s.trouble != nil && s.listed:
		s.trouble = nil
	case s.copier.Clear():
	default:
		return s.Ask(kit.Leave{})
	}
	return nil
}

// onlyChanged shows what has changed since the container was started, or everything.
func (s *Screen) onlyChanged() tea.Cmd {
	if s.list.started.IsZero() {
		return s.Flash("it is not known since when the container runs")
	}
	s.stay(func() { s.list.onlyChanged = !s.list.onlyChanged })
	return nil
}

// askPath asks where to go.
func (s *Screen) askPath() tea.Cmd {
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › go to", Asks: "A folder or a file of the container, from / on or from this folder",
		Takes: s.keys.TakePath, Check: func(string) error { return nil },
		Done: func(text string) tea.Msg {
			to := absolute(s.list.path, text)
			return kit.Return{Result: wishMsg{s, func() tea.Cmd { return s.walk(&visit{path: to, file: true}) }}}
		},
	})})
}

// absolute is a path as it was typed in a folder.
func absolute(folder, text string) string {
	if path.IsAbs(text) {
		return path.Clean(text)
	}
	return path.Join(folder, text)
}

// measureFolders finds out what the folders take that are listed.
func (s *Screen) measureFolders() tea.Cmd {
	if s.measuring != nil {
		return s.Flash("still measuring: esc ends that")
	}
	s.measuring = measure(s.ctx, s.with.Cluster, s.found.Place, s.list.path)
	return s.measuring.listen()
}
