package files

import (
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube/files"
)

// leadsMsg is where links lead.
type leadsMsg struct {
	of    *Screen
	path  string // of the folder
	leads map[string]files.Leads
	asked []string
}

// followLinks finds out where the links on the screen lead, for a few at a time.
func (s *Screen) followLinks() tea.Cmd {
	const atLeast = 40 // before it has been drawn
	if !s.open() || s.leading {
		return nil
	}
	asked := s.list.unfollowed(s.cursor.Top, s.cursor.Top+max(s.page, atLeast))
	if len(asked) == 0 {
		return nil
	}
	s.leading = true
	ctx, c, place, folder := s.ctx, s.with.Cluster, s.found.Place, s.list.path
	return func() tea.Msg {
		leads, err := files.Follow(ctx, c, place, asked)
		if err != nil {
			leads = nil
		}
		return leadsMsg{s, folder, leads, asked}
	}
}

func (s *Screen) takeLeads(msg leadsMsg) {
	s.leading = false
	if msg.path != s.list.path {
		return
	}
	for _, at := range msg.asked {
		if leads, ok := msg.leads[at]; ok {
			s.list.leads[at] = leads
		} else { // what could not be found out is not asked again and again
			s.list.leads[at] = files.Leads{OK: true}
		}
	}
	s.remeasure()
}
