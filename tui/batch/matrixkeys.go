package batch

import (
	"fmt"
	"path/filepath"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Keys are those that do something now.
func (s *Matrix) Keys() []key.Binding {
	k := s.keys
	switch {
	case s.Typing():
		return []key.Binding{k.FilterDone, k.FilterClear}
	case len(s.lines) == 0: // the filter lets none through
		return []key.Binding{k.FilterClear, k.Filter, k.Back}
	}
	keys := []key.Binding{k.Output}
	if s.chosen.head {
		members := k.Members
		if s.isOpen(s.chosen.group) {
			members.SetHelp(members.Help().Key, "hide the pods")
		}
		keys = append(keys, members)
	}
	fold := k.Fold
	if s.flat {
		fold.SetHelp(fold.Help().Key, "fold")
	} else {
		fold.SetHelp(fold.Help().Key, "each by itself")
	}
	if s.attachable() {
		keys = append(keys, k.Attach)
	}
	if s.filter.Text() != "" {
		keys = append(keys, k.FilterClear)
	}
	keys = append(keys, k.Markdown, k.Save, fold, k.Filter, k.Sort)
	switch {
	case s.now.Over && len(s.missing()) > 0:
		again := k.Again
		again.SetHelp(again.Help().Key, fmt.Sprintf("run in the %d that failed", len(s.missing())))
		if slices.ContainsFunc(s.missing(), func(r batchrun.Row) bool { return r.Result.NotBegun }) {
			again.SetHelp(again.Help().Key, fmt.Sprintf("go on with %d", len(s.missing())))
		}
		keys = append([]key.Binding{again}, keys...)
	case !s.now.Over && !s.now.Halted:
		keys = append([]key.Binding{k.Stop}, keys...)
	case !s.now.Over && !s.now.Leaving:
		keys = append([]key.Binding{k.LeaveThose}, keys...)
	}
	return append(keys, k.Back)
}

func (s *Matrix) press(msg tea.KeyPressMsg) tea.Cmd {
	k := s.keys
	if s.Typing() {
		return s.typed(msg)
	}
	if s.cursor.Move(k.KeyMap, msg, len(s.lines), s.page) {
		s.moved = true
		s.choose()
		return nil
	}
	switch {
	case key.Matches(msg, k.Filter):
		return s.filter.Start()
	case key.Matches(msg, k.Back):
		s.filter.Clear()
		s.moved = true
		s.arrange()
	case key.Matches(msg, k.Sort):
		s.sort = (s.sort + 1) % orders
		s.arrange()
		return s.Flash("ordered by " + s.sort.String())
	case key.Matches(msg, k.Fold):
		s.flat = !s.flat
		s.moved = true
		s.arrange()
	case key.Matches(msg, k.Members):
		s.turn()
	case key.Matches(msg, k.Output):
		return s.showOutput()
	case key.Matches(msg, k.Attach):
		return s.attach()
	case key.Matches(msg, k.Save):
		return s.save()
	case key.Matches(msg, k.Again) && s.now.Over:
		return s.again()
	case key.Matches(msg, k.Stop) && !s.now.Over:
		return s.end()
	}
	return nil
}

// turn shows the members of the group under the cursor, or hides them.
func (s *Matrix) turn() {
	if s.chosen.group < 0 || s.flat || s.filter.Text() != "" {
		return
	}
	members := s.folded.Groups[s.chosen.group].Members
	if s.isOpen(s.chosen.group) {
		for _, m := range members {
			delete(s.open, m.Name)
		}
		s.chosen = line{name: members[0].Name, group: s.chosen.group, head: len(members) > 1}
	} else {
		s.open[members[0].Name] = true
	}
	s.moved = true
	s.arrange()
}

// end begins no more; a second time it leaves those that run.
func (s *Matrix) end() tea.Cmd {
	if s.now.Halted {
		s.work.Live.Leave()
		s.look()
		return s.Flash("those that run are left to themselves")
	}
	s.work.Live.Stop()
	s.look()
	return s.Flash("no more are begun; those that run are waited for")
}

// missing are those that have not ended with 0, but for those in which the command may still be running: it would run there twice.
func (s *Matrix) missing() []batchrun.Row {
	var rows []batchrun.Row
	for _, r := range s.now.Rows {
		if r.Result != nil && !r.Result.OK() && !r.Result.RunsOn {
			rows = append(rows, r)
		}
	}
	return rows
}

// again asks to run it in those that have not ended with 0.
func (s *Matrix) again() tea.Cmd {
	var pods []kube.PodKey
	var nodes []string
	for _, r := range s.missing() {
		if r.Item.Node != "" {
			nodes = append(nodes, r.Item.Node)
		} else if r.Item.Pod != nil {
			pods = append(pods, kube.PodKey{Namespace: r.Item.Namespace, Name: r.Item.Pod.Name})
		}
	}
	if len(pods)+len(nodes) == 0 {
		return s.Flash("all have succeeded")
	}
	return s.Ask(kit.Show{Screen: s.work.Again(pods, nodes)})
}

// attachable reports whether one can attach to what is under the cursor.
func (s *Matrix) attachable() bool {
	if len(s.lines) == 0 || s.chosen.head {
		return false
	}
	r := &s.now.Rows[s.chosen.row]
	running := r.State == batchrun.Running || r.Result != nil && r.Result.RunsOn
	return running && r.Item.Plan != nil && !r.Item.Shares() // which runs by exec
}

func (s *Matrix) attach() tea.Cmd {
	if !s.attachable() {
		return s.Flash("there is nothing to attach to: it does not run in a debug container now")
	}
	at := s.now.Rows[s.chosen.row].Item.Target
	return s.Ask(kit.Attach{Cluster: s.work.Live.Options().Cluster, Target: at, Container: kube.Container{Name: at.Container}})
}

// save writes all outputs into a new folder, with a summary as Markdown and a line of JSON for each.
func (s *Matrix) save() tea.Cmd {
	results := s.now.Finished()
	if len(results) == 0 {
		return s.Flash("nothing to save yet: none has ended")
	}
	o := s.work.Live.Options()
	base := filepath.Join(s.folder, "dayfly-batch-"+o.ID+"-"+s.Now().UTC().Format("20060102T150405Z"))
	context, facts, folded := o.Cluster.Context, s.facts(), s.folded.Folded
	s.Flash("saving…")
	return func() tea.Msg {
		folder, err := write(base, context, batchreport.Markdown(facts, folded, results), results)
		if err != nil {
			return savedMsg{s, "not saved: " + kube.Sanitize(err.Error())}
		}
		return savedMsg{s, fmt.Sprintf("saved %d: %s", len(results), kube.Sanitize(filepath.Base(folder)))}
	}
}
