package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/paint"
)

// The smallest terminal in which screens are drawn.
const leastWidth, leastHeight = 36, 8

// View gives the frame to the painter: Bubble Tea calls it after each message, and draws nothing itself.
func (a *App) View() tea.View {
	defer a.letGo()
	if a.painter != nil {
		a.painter.Show(a.draw())
	}
	return tea.View{}
}

// letGo gives the terminal back when there is a panic, and lets that go on: Bubble Tea prints it, which is to be on the main screen.
func (a *App) letGo() {
	bug := recover()
	if bug == nil {
		return
	}
	if a.painter != nil {
		a.painter.Pause(paint.StopPatience)
	}
	panic(bug)
}

// guarded is a command whose panic, on a goroutine of its own, lets the terminal go too.
func (a *App) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer a.letGo()
		msg := cmd()
		if some, ok := msg.(tea.BatchMsg); ok {
			for i := range some {
				some[i] = a.guarded(some[i])
			}
		}
		return msg
	}
}

// draw draws the header, the top screen and the footer.
func (a *App) draw() string {
	if a.width <= 0 || a.height <= 0 {
		return "" // the first view comes before the first size
	}
	if a.tooSmall() {
		return kit.Box(kit.Wrap(fmt.Sprintf("dayfly needs %d×%d cells, this terminal has %d×%d: make it larger, or press q.",
			leastWidth, leastHeight, a.width, a.height), a.width), a.width, a.height)
	}
	rows, foot := a.body(), a.footer()
	switch {
	case a.reminded():
		foot = a.reminder() + "\n" + foot
	case a.hinted():
		foot = a.hintLine() + "\n" + foot
	}
	body := kit.Box(a.top().View(a.width, rows), a.width, rows) // before the header, which says what part of it is seen
	return a.header() + "\n" + body + "\n" + foot
}

// body is how many rows the top screen has, below the header.
func (a *App) body() int {
	if a.reminded() || a.hinted() {
		return a.height - 3
	}
	return a.height - 2
}

// tooSmall reports whether nothing can be seen of the screens; then they take no keys either.
func (a *App) tooSmall() bool {
	return a.width > 0 && (a.width < leastWidth || a.height < leastHeight)
}

func (a *App) header() string {
	st := &a.Styles
	bar := st.Bar
	if a.cluster.Guard().Protected {
		bar = st.Danger
	}
	title := ""
	if t, ok := a.top().(kit.Titled); ok {
		title = t.Title()
	}
	place := placeWords(a.cluster.Context, title, a.width)
	brand := st.Accent.Bold().Over(bar).Render("dayfly") + bar.Render("  ")
	link := bar.Render("  ") + a.link.view(st)
	var sum string
	if s, ok := a.top().(kit.Summed); ok && s.Summary() != "" {
		sum = st.Text.Over(bar).Render(s.Summary())
	}
	if live := a.sessionsWords(); live != "" {
		sum = st.Good.Over(bar).Render(live) + bar.Render("  ") + sum
	}
	if words := guardWords(a.cluster.Guard()); words != "" {
		sum = st.Title.Over(bar).Render(words) + bar.Render("  ") + sum
	}
	if mark := a.mark(); kit.Width(place)+kit.Width(mark)+kit.Width(sum)+len("  ") <= a.width {
		sum = st.Muted.Over(bar).Render(mark) + sum
	}
	// Where one is, and how many are sick, is worth more than the name of the program and how quick the server is.
	room := a.width - kit.Width(place) - kit.Width(sum) - len("   ")
	if room < 0 {
		place = placeWords(a.cluster.Context, title, max(a.width-kit.Width(sum)-len("   "), leastPlace))
	}
	if kit.Width(brand)+kit.Width(link) > room {
		brand = ""
	}
	if kit.Width(link) > room && !a.link.lost {
		link = ""
	}
	left := bar.Render(" ") + brand + st.Text.Over(bar).Render(place)
	return kit.PadStyled(kit.SpreadStyled(left, sum+link+bar.Render(" "), a.width, bar), a.width, bar)
}

// leastPlace is how many cells are for where one is, whatever else there is to tell.
const leastPlace = 24

// placeWords is where one is, in at most width cells: the context, the names above, and the name of the screen. What is long is cut in its
// middle, the context first, so that the namespace and the end of each name are seen.
func placeWords(context, title string, width int) string {
	const arrow = " › "
	switch room := width - kit.Width(title) - len("  ") - 1; {
	case title == "":
		return kit.FitMiddle(context, width)
	case context == "":
		return kit.FitMiddle(title, width)
	case kit.Width(context) <= room:
		return context + arrow + title
	default:
		const least = 12 // of a context, to be known by its end
		context = kit.FitMiddle(context, max(room, min(least, width/3)))
		names := strings.Split(title, arrow)
		left := width - kit.Width(context) - len(names)*kit.Width(arrow)
		for i, name := range names {
			share := left / (len(names) - i) // what short names leave is for those behind them
			names[i] = kit.FitMiddle(name, share)
			left -= kit.Width(names[i])
		}
		return kit.FitMiddle(context+arrow+strings.Join(names, arrow), width)
	}
}

// mark says which part of a list or a text is on the screen; empty: all of it is.
func (a *App) mark() string {
	if p, ok := a.top().(kit.Placed); ok && p.Place() != "" {
		return p.Place() + "  "
	}
	return ""
}

// offersSessions reports whether there are sessions to go to from here, by a key that means that here.
func (a *App) offersSessions() bool {
	return !listsSessions(a.top()) && len(a.Runner.Sessions()) > 0 && !key.Matches(kit.PressOf(a.keys.Sessions), a.top().Keys()...)
}

// sessionsWords is how many sessions run, and whether one of them has something to say; empty where the screen itself is about them.
func (a *App) sessionsWords() string {
	live, batch := a.Runner.Live(), a.batches.words(a.top())
	if listsSessions(a.top()) || len(live) == 0 {
		return batch
	}
	words := strings.TrimSpace(batch + "  ◉ " + fmt.Sprint(len(live)))
	for _, r := range live {
		if r.Look().Unread > 0 {
			return words + "•"
		}
	}
	return words
}

func (a *App) footer() string {
	st := &a.Styles
	bar := st.Bar
	if len(a.ahead.keys) > 0 {
		return a.waiting()
	}
	if a.flash != "" && a.Now().Before(a.flashUntil) {
		return kit.PadStyled(a.flashed(), a.width, bar)
	}
	hint := func(keys, what string) string {
		return st.Accent.Over(bar).Render(keys) + st.Muted.Over(bar).Render(" "+what)
	}
	right := ""
	if t, ok := a.top().(kit.Typist); !ok || !t.Typing() {
		right = hint("?", "help") + bar.Render("  ") + hint("q", "quit") + bar.Render(" ")
		if a.offersSessions() {
			right = hint(short(a.keys.Sessions.Help().Key), a.keys.Sessions.Help().Desc) + bar.Render("  ") + right
		}
	}
	left, room := bar.Render(" "), a.width-kit.Width(right)-1
	for _, b := range a.top().Keys() {
		next := hint(short(b.Help().Key), b.Help().Desc) + bar.Render("  ")
		if kit.Width(left)+kit.Width(next) > room {
			break // the help has them all
		}
		left += next
	}
	return kit.PadStyled(kit.SpreadStyled(left, right, a.width, bar), a.width, bar)
}

// flashed is a remark, as far as there is room for it, and where the rest is.
func (a *App) flashed() string {
	st := &a.Styles
	text, more := " "+a.flash, a.flashMore
	if len(a.allNotices()) < 2 && kit.Width(text) <= a.width {
		more = ""
	}
	return st.Warn.Over(st.Bar).Render(kit.Fit(text, min(kit.Width(text), max(a.width-kit.Width(more), 0)))) + st.Accent.Over(st.Bar).Render(more)
}

// short is the first of the keys that a binding shows: the help has them all.
func short(keys string) string {
	first, _, _ := strings.Cut(keys, " ")
	return first
}

// guardWords are the rules that a person has to know of all the time.
func guardWords(g kube.Guard) string {
	switch {
	case g.ReadOnly:
		return "READ-ONLY"
	case g.Protected:
		return "PROTECTED"
	}
	return ""
}

// waiting says in the footer which keys wait.
func (a *App) waiting() string {
	st := &a.Styles
	text := " waiting for the cluster: " + a.ahead.words()
	if a.ahead.dropped {
		text = " too many keys, the last are ignored: " + a.ahead.words()
	}
	discard := st.Accent.Over(st.Bar).Render("esc") + st.Muted.Over(st.Bar).Render(" discard ")
	room := max(a.width-kit.Width(discard)-1, 0)
	return kit.PadStyled(kit.SpreadStyled(st.Warn.Over(st.Bar).Render(kit.Fit(text, min(kit.Width(text), room))), discard, a.width, st.Bar), a.width, st.Bar)
}
