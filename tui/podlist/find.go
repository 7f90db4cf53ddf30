package podlist

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// recall looks at the list in the order of the last time in this context, and through a filter that is given.
func (s *Screen) recall(given string) {
	view := s.memory.View(s.cluster.Context)
	if s.node != "" { // of one node all are wanted
		view.OnlySick = false
	}
	s.list.sort, s.list.onlySick = parseOrder(view.Order), view.OnlySick
	if given != "" {
		s.list.onlySick = false
	}
	s.filter.Set(given)
	s.list.filter = parsePodFilter(given)
}

// Want looks for what a name on the command line can mean: among all pods, whatever was looked at last.
func (s *Screen) Want(name string) {
	s.wanted, s.list.onlySick = name, false
	s.filter.Clear()
	s.list.filter = podFilter{}
	if s.queryOf(s.list.filter) != s.query {
		s.watch(s.cluster)
	}
}

// remember notes how the list is looked at. What was typed to filter it is for this list only: it would hide other pods the next time.
func (s *Screen) remember() {
	if s.node != "" {
		return
	}
	view := View{OnlySick: s.list.onlySick}
	if s.list.sort != byNeed {
		view.Order = s.list.sort.String()
	}
	s.memory.KeepView(s.cluster.Context, view)
}

// typed takes a key while the filter's line has the keyboard. Letters narrow what is there; what the API server has to be asked for
// waits for the line to be done.
func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.Text()
	cmd := s.filter.Update(s.keys, msg)
	if s.filter.Text() != before {
		s.wrong = nil
	}
	if text := s.filter.Text(); text != before && text != "" {
		s.list.find(parsePodFilter(text))
		s.cursor.At, s.moved = 0, true
		s.choose()
	}
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, s.keys.FilterClear, s.keys.FilterDone) {
		return tea.Batch(cmd, s.filtered())
	}
	if s.filter.Text() == "" {
		s.stay(func() { s.list.find(podFilter{}) })
	}
	return cmd
}

// filtered takes the line as it is now, and asks the API server anew where it is the one to filter.
func (s *Screen) filtered() tea.Cmd {
	f := parsePodFilter(s.filter.Text())
	if s.wrong = f.wrong; s.wrong != nil {
		return s.filter.Edit()
	}
	s.stay(func() { s.list.find(f); s.list.refilter() })
	s.remember()
	if s.queryOf(f) == s.query {
		return nil
	}
	// What is there is no answer to the new question.
	s.list.apply([]lists.PodsUpdate{{Reset: true}}, s.Now())
	s.moved, s.listed, s.partial, s.trouble = false, false, false, nil
	return s.Restart(s.cluster)
}

// arrived says, when the list is whole, what a name on the command line can mean. The pod of that name is open already; when there is
// none, it is a filter.
func (s *Screen) arrived() {
	if s.wanted == "" || !s.listed || s.partial || s.trouble != nil {
		return
	}
	name := s.wanted
	s.wanted = ""
	if s.list.all[kube.PodKey{Namespace: s.namespace, Name: name}] != nil {
		return
	}
	f := parsePodFilter(name)
	s.list.find(f)
	if s.list.len() == 0 {
		s.list.find(podFilter{})
		return // the screen above says that there is none
	}
	s.filter.Set(name)
	s.cursor.At, s.moved = 0, true
	s.choose()
	s.Ask(NotPod{name, s.list.len(), kit.OpenPod{Cluster: s.cluster, Pod: s.chosen}})
}

// NotPod tells App that a name is not that of a pod, but matches some.
type NotPod struct {
	Name  string
	Found int
	First kit.OpenPod // the first of those
}
