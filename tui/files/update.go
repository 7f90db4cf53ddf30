package files

import (
	"context"
	"path"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/filecopy"
	"github.com/dayfly-k8s/dayfly/tui/fileview"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

type (
	// listedMsg is a folder.
	listedMsg struct {
		of   *visit
		read files.Listing
		name string // that gets the cursor
		view bool
		err  error
	}
	// wishMsg is what a person has said, in another screen.
	wishMsg struct {
		of *Screen
		do func() tea.Cmd
	}
)

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd { return tea.Batch(s.update(msg), s.followLinks()) }

func (s *Screen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case listedMsg:
		if msg.of == s.visit {
			return s.takeListing(msg)
		}
	case wishMsg:
		if msg.of == s {
			return msg.do()
		}
	case leadsMsg:
		if msg.of == s {
			s.takeLeads(msg)
		}
	case measuredMsg:
		return s.takeMeasured(msg)
	case filecopy.Over:
		if msg.Of == s.copier {
			return s.copied(msg)
		}
	case tea.KeyPressMsg:
		if s.open() {
			return s.press(msg)
		}
		return s.opens(msg)
	default:
		if s.Typing() {
			return s.typed(msg)
		}
		return tea.Batch(s.copier.Update(msg), s.opens(msg))
	}
	return nil
}

// opens takes what is about the way to the files; once there is one, the folder is read by it.
func (s *Screen) opens(msg tea.Msg) tea.Cmd {
	cmd := s.way.Update(msg)
	found, ok := s.way.Found()
	if !ok || found.Place == s.found.Place {
		return cmd
	}
	s.found = found
	s.list.started = found.Started
	s.copier.Use(filecopy.At{Place: found.Place, Access: found.Access})
	return tea.Batch(cmd, s.walk(&visit{path: s.list.path}))
}

// copied shows what has come of a copy.
func (s *Screen) copied(over filecopy.Over) tea.Cmd {
	if over.OK {
		s.marks = kit.Marks[string]{}
	}
	if over.Shows != "" {
		return s.walk(&visit{path: s.list.path, name: over.Shows})
	}
	return nil
}

// walk reads a folder, in the place of the one that is being read.
func (s *Screen) walk(v *visit) tea.Cmd {
	if s.visit != nil {
		s.visit.stop()
	}
	var ctx context.Context
	ctx, v.stop = context.WithCancel(s.ctx)
	s.visit, s.trouble = v, nil
	c, place := s.with.Cluster, s.found.Place
	return func() tea.Msg {
		msg := listedMsg{of: v, name: v.name, view: v.view}
		folder := v.path
		if v.file {
			e, err := files.Describe(ctx, c, place, folder)
			if err != nil {
				msg.err = err
				return msg
			}
			if !e.Mode.IsDir() {
				folder, msg.name, msg.view = path.Dir(folder), path.Base(folder), true
			}
		}
		msg.read, msg.err = files.List(ctx, c, place, folder)
		return msg
	}
}

// takeListing shows a folder that was read. The one that was shown before stays where it could not be read.
func (s *Screen) takeListing(msg listedMsg) tea.Cmd {
	s.visit.stop()
	s.visit = nil
	if msg.err == nil && len(msg.read.Entries) == 0 && msg.read.Note != "" {
		msg.err = &kube.Problem{
			Message: "nothing can be read in " + files.ShownName(msg.read.Path) + ": " + msg.read.Note, Hint: "a debug container may run as a user who may read it", Help: []kube.Help{kube.ChooseProfile},
		}
	}
	if msg.err != nil {
		s.trouble = kube.Explain(msg.err)
		return nil
	}
	same := s.listed && msg.read.Path == s.list.path
	name := msg.name
	switch e := s.under(); {
	case name != "":
	case same && e != nil:
		name = e.Name
	default:
		name = s.spots[msg.read.Path]
	}
	if !same {
		s.filter.Clear()
		s.list.filter, s.list.onlyChanged = "", false
		s.marks = kit.Marks[string]{}
		s.stopMeasuring()
	}
	sizes := map[string]int64{}
	if same {
		for _, e := range s.list.all {
			sizes[e.Name] = e.usage
		}
	}
	s.list.replace(msg.read, s.found.Mounts)
	s.list.measured(sizes)
	s.listed = true
	s.marks.Keep(s.list.there)
	s.cursor = kit.Cursor{At: max(s.list.at(name), 0), Top: map[bool]int{true: s.cursor.Top}[same]}
	s.remeasure()
	if msg.view && s.list.at(name) >= 0 {
		return s.enter()
	}
	return nil
}

// leave notes where the cursor was in the folder that is left.
func (s *Screen) leave() {
	if e := s.under(); e != nil {
		s.spots[s.list.path] = e.Name
	}
}

// enter opens the folder, or looks at the file, under the cursor.
func (s *Screen) enter() tea.Cmd {
	e := s.under()
	if e == nil {
		return nil
	}
	at := s.list.join(e.Name)
	leads, known := s.list.leadsTo(e)
	switch {
	case s.list.isFolder(e):
		s.leave()
		return s.walk(&visit{path: at})
	case e.Link != "" && known && !leads.OK:
		return s.Flash("it leads to nothing: there is no " + files.ShownName(e.Link))
	case e.Link != "" && !known: // it may be either
		s.leave()
		return s.walk(&visit{path: at, file: true})
	case e.Link != "" && !leads.Mode.IsRegular(), e.Link == "" && !e.Mode.IsRegular():
		mode := e.Mode
		if e.Link != "" {
			mode = leads.Mode
		}
		return s.Flash("it is a " + files.KindWords(mode) + ": there is nothing to view in it")
	}
	return s.view(at)
}

// view looks at a file.
func (s *Screen) view(at string) tea.Cmd {
	return s.Ask(kit.Show{Screen: fileview.New(s.ctx, s.Kit, fileview.Options{
		Cluster: s.with.Cluster, Place: s.found.Place, Path: at, Title: s.with.Pod.Name + " › " + s.way.Container + " › " + files.ShownName(at), Command: s.CopyCommand(),
		Download: wishMsg{s, func() tea.Cmd { return s.copier.Download([]string{at}) }}, Edit: wishMsg{s, func() tea.Cmd { return s.copier.Edit(at) }},
	})})
}

// typed takes a key while the filter's line has the keyboard.
func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.Text()
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	if text := s.filter.Text(); text != before {
		s.stay(func() { s.list.filter = text })
	}
	return cmd
}

// stay keeps the cursor on its entry when the list changes.
func (s *Screen) stay(change func()) {
	name := ""
	if e := s.under(); e != nil {
		name = e.Name
	}
	change()
	s.list.arrange()
	s.cursor.At = max(s.list.at(name), 0)
	s.remeasure()
}

// Click opens what has the cursor already.
func (s *Screen) Click(_, y int) tea.Cmd {
	if !s.open() || s.Typing() {
		return nil
	}
	if _, again := s.cursor.Click(y-s.first, len(s.list.shown), s.page); again {
		return s.press(kit.PressOf(s.keys.View))
	}
	return nil
}

func (s *Screen) takeMeasured(msg measuredMsg) tea.Cmd {
	if msg.of != s.measuring {
		return nil
	}
	sizes := map[string]int64{}
	for _, news := range msg.news.Items {
		switch {
		case news.name != "":
			sizes[news.name] = news.bytes
		case news.err != nil:
			s.trouble = kube.Explain(news.err)
		case news.note != "":
			s.Flash("not all could be measured: " + news.note)
		case msg.of.found+len(sizes) == 0:
			s.Flash("there are no folders to measure here")
		}
	}
	msg.of.found += len(sizes)
	s.stay(func() { s.list.measured(sizes) })
	if msg.news.Ended {
		s.stopMeasuring()
		return nil
	}
	return msg.of.listen()
}

// stopMeasuring ends it; what is known stays.
func (s *Screen) stopMeasuring() {
	if s.measuring != nil {
		s.measuring.stop()
		s.measuring = nil
	}
}
