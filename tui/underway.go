package tui

import tea "charm.land/bubbletea/v2"

// underWay is what goes on beside the screens, and has to be ended before dayfly ends: captures, whose files are made whole, and dumps, which are deleted in
// the pods; and what was added for them.
type underWay struct {
	all    []work
	ending bool // dayfly waits for their ends, to end itself
}

// work is one of them.
type work struct {
	stop func() // returns at once
	over <-chan struct{}
}

// underWayOverMsg tells that nothing goes on any more, and dayfly may end.
type underWayOverMsg struct{}

// add adds work that has begun.
func (u *underWay) add(stop func(), over <-chan struct{}) {
	u.all = append(u.running(), work{stop, over})
}

// running is what is not over.
func (u *underWay) running() []work {
	var some []work
	for _, w := range u.all {
		select {
		case <-w.over:
		default:
			some = append(some, w)
		}
	}
	return some
}

// endUnderWay ends what is under way before dayfly ends. nil: there is nothing to wait for, or a person does not want to.
func (a *App) endUnderWay() tea.Cmd {
	running := a.under.running()
	if len(running) == 0 || a.under.ending {
		return nil
	}
	a.under.ending = true
	for _, w := range running {
		w.stop()
	}
	a.Flash("ending what is under way, and what was added for it; again leaves at once")
	ctx := a.ctx
	return func() tea.Msg {
		for _, w := range running {
			select {
			case <-w.over:
			case <-ctx.Done():
			}
		}
		return underWayOverMsg{}
	}
}
