package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// earlier is what is still there of a person's earlier sessions in a cluster.
type earlier struct {
	cluster *kube.Cluster
	items   []inventory.Item
	hidden  bool // a person has read it
	looked  time.Time
}

// lookEarlierAgain is how often it is looked whether what was found is still there: nobody else would say so.
const lookEarlierAgain = time.Minute

// earlierMsg is that, when it has been looked up.
type earlierMsg earlier

// lookEarlier looks what is left of earlier sessions in the cluster that is shown. Nobody waits for it.
func (a *App) lookEarlier() tea.Cmd {
	ctx, engine, cluster, folder := a.ctx, a.Runner, a.cluster, a.stateFolder
	if folder == "" || a.fleeting {
		return nil
	}
	return func() tea.Msg { return earlierMsg{cluster: cluster, items: engine.Earlier(ctx, cluster, folder)} }
}

// earlierAgain looks once more, as long as there is something to be told of.
func (a *App) earlierAgain() tea.Cmd {
	if len(a.earlier.items) == 0 || a.Now().Sub(a.earlier.looked) < lookEarlierAgain {
		return nil
	}
	a.earlier.looked = a.Now()
	return a.lookEarlier()
}

// takeEarlier keeps it, if it is still of the cluster that is shown. What a person has put aside stays so, unless something has come to it.
func (a *App) takeEarlier(msg earlierMsg) {
	if msg.cluster != a.cluster {
		return
	}
	hidden := a.earlier.hidden && a.earlier.cluster == msg.cluster && len(msg.items) <= len(a.earlier.items)
	a.earlier = earlier{msg.cluster, msg.items, hidden, a.Now()}
	a.enableHide()
}

// enableHide has the key that hides a row above the footer as long as there is one.
func (a *App) enableHide() {
	a.keys.Hide.SetEnabled(a.guide || len(a.earlier.items) > 0 && !a.earlier.hidden)
}

// reminded reports whether the row above the footer tells of earlier sessions.
func (a *App) reminded() bool {
	return len(a.earlier.items) > 0 && !a.earlier.hidden && a.earlier.cluster == a.cluster && a.width >= hintWidth && a.height >= hintHeight && !listsLeftovers(a.top())
}

// reminder is that row.
func (a *App) reminder() string {
	st := &a.Styles
	right := st.Accent.Render(short(a.keys.Leftovers.Help().Key)) + st.Muted.Render(" clean up  ") + st.Accent.Render(short(a.keys.Hide.Help().Key)) + st.Muted.Render(" hides ")
	lead := st.Warn.Render(" ! ")
	room := a.width - kit.Width(lead) - kit.Width(right) - 2
	return kit.SpreadStyled(lead+st.Text.Render(kit.Fit(a.earlier.words(room), max(room, 1))), right, a.width, st.Text)
}

// words say what is left, the worst of it by name, in a width. Another dayfly of the same person may still be at it: nobody can tell.
func (e *earlier) words(width int) string {
	first, more := &e.items[0], ""
	if left := leftWords(e.cluster, first); left != "" {
		more = " (" + left + ")"
	}
	if n := len(e.items) - 1; n > 0 {
		more += fmt.Sprintf(" and %d more", n)
	}
	const lead = "still there: "
	words := lead + itemWords(first) + more
	if kit.Width(words) > width {
		words = lead + kit.FitMiddle(first.Target.String(), max(width-kit.Width(lead+more), 1)) + more
	}
	return words
}

// itemWords name an item.
func itemWords(i *inventory.Item) string {
	return i.Kind.String() + " " + i.Target.Namespace + "/" + i.Target.String()
}

// leftWords is when the cluster takes it away by itself; empty: it does not.
func leftWords(cluster *kube.Cluster, i *inventory.Item) string {
	if i.Until.IsZero() {
		return ""
	}
	return "ends in " + kit.Span(max(i.Until.Sub(cluster.Now()), 0))
}

// exitLines are what a person should know of it who ends dayfly.
func (e *earlier) exitLines() []string {
	if len(e.items) == 0 {
		return nil
	}
	lines := []string{"Still there, of other or earlier sessions of yours:"}
	for i := range e.items {
		line := "  " + itemWords(&e.items[i])
		if left := leftWords(e.cluster, &e.items[i]); left != "" {
			line += ", " + left
		}
		lines = append(lines, line)
	}
	return append(lines, "To remove it: "+kube.Dayfly(e.cluster.Context, "", "leftovers", "--mine"))
}
