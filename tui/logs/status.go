package logs

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// status says whose log is read, and how it is looked at.
func (s *Screen) status(width int) string {
	const narrow = 60
	st := &s.Styles
	left := " " + s.whose(width)
	var how []string
	say := func(style kit.Style, words string) { how = append(how, style.Render(words)) }
	if s.previous {
		say(st.Warn, "previous instance")
	}
	if s.times {
		say(st.Muted, "UTC")
	}
	switch {
	case s.pager.side > 0:
		say(st.Muted, fmt.Sprintf("→ %d", s.pager.side))
	case !s.wrap:
		say(st.Muted, "unwrapped")
	}
	lines := thousands(s.ring.n, "line")
	switch {
	case width < narrow:
	case s.ring.first > 0:
		lines += ", " + thousands(s.ring.first, "older one") + " dropped"
	case s.hasOlder():
		lines = "last " + lines
	}
	if width >= narrow && s.ring.n > 0 {
		say(st.Muted, lines)
	}
	if !s.previous {
		switch {
		case !s.pager.follow:
			say(st.Warn, "paused")
		case s.feed.ended:
			say(st.Muted, "ended")
		default:
			say(st.Good, "● following")
		}
	}
	return kit.SpreadStyled(left, strings.Join(how, st.Muted.Render(" · "))+" ", width, st.Text)
}

// whose says which containers are read, and how the one is.
func (s *Screen) whose(width int) string {
	st := &s.Styles
	if s.all {
		return st.Title.Render(fmt.Sprintf("all %d containers", len(s.feed.request.Containers)))
	}
	words := st.Title.Render(s.container)
	if s.Pod == nil || s.Gone || s.replaced() {
		return words
	}
	c, ok := s.Pod.Container(s.container)
	if !ok {
		return words
	}
	style := st.Warn
	switch {
	case c.Running:
		style = st.Good
	case c.Exit != nil && c.Exit.Code == 0:
		style = st.Muted
	case c.Exit != nil:
		style = st.Bad
	}
	if over := strings.HasPrefix(c.State, "ended"); s.previous && c.Exit != nil && !over { // then the exit is the present instance's
		return words + st.Muted.Render(fmt.Sprintf(" ended with exit %d %s %s ago", c.Exit.Code, c.Exit.Reason, kit.Age(s.Now(), c.Exit.Finished)))
	}
	words += " " + style.Render(c.State)
	if since := kit.Age(s.Now(), c.Since); since != "" && width >= 60 {
		words += st.Muted.Render(" " + since)
	}
	return words
}

// noticed reports whether there is a line under the log.
func (s *Screen) noticed() bool {
	return s.ring.n > 0 && (!s.pager.follow || len(s.feed.notable()) > 0 || s.past() != "")
}

// past says that the pod is no more whose log this is.
func (s *Screen) past() string {
	switch {
	case s.lost():
		return "pod deleted: these lines are left"
	case s.replaced():
		return "replaced by another pod: r reads it"
	}
	return ""
}

// notice is what has happened to the log, and how much is below what is seen.
func (s *Screen) notice(width int) string {
	st := &s.Styles
	var left, right string
	if words := s.past(); words != "" {
		left = " " + st.Warn.Render("! "+words)
	} else if states := s.feed.notable(); len(states) > 0 {
		style, words := st.Muted, states[0].Words
		if states[0].Trouble != nil {
			style, words = st.Warn, kube.Explain(states[0].Trouble).Message
		}
		if more := len(states) - 1; more > 0 {
			words = fmt.Sprintf("(and %d more) ", more) + words
		}
		left = " " + style.Render("! "+words)
	}
	if !s.pager.follow {
		right = st.Muted.Render(s.position()+"  ") + st.Accent.Render("G") + st.Muted.Render(" end ")
		if below := s.pager.below(); below > 0 {
			right = st.Good.Render("↓ "+thousands(below, "new line")) + st.Accent.Render("  G") + st.Muted.Render(" end ")
		}
	}
	return kit.SpreadStyled(left, right, width, st.Text)
}

// position is how far down one is.
func (s *Screen) position() string {
	at := s.pager.start()
	if at.line <= s.ring.first && at.row == 0 {
		return "top"
	}
	return fmt.Sprintf("%d%%", 100*(at.line-s.ring.first)/max(s.ring.n, 1))
}

// foot are the lines of the search, and of what was saved where: a path is not cut off.
func (s *Screen) foot(width int) []string {
	var foot []string
	if s.saved != "" {
		style := s.Styles.Good
		if s.unsaved {
			style = s.Styles.Bad
		}
		foot = kit.Lines(kit.Indent(kit.WrapStyled(s.saved, width-2, style), 1))
	}
	if s.Typing() || s.search.on() {
		foot = append(foot, s.searchLine(width))
	}
	return foot
}

func (s *Screen) searchLine(width int) string {
	st := &s.Styles
	right := ""
	n, nth := s.search.found(s.ring.first)
	switch {
	case !s.search.on():
	case s.search.more(&s.ring):
		right = "searching… " + thousands(n, "line")
	case n == 0:
		right = "not found"
	case nth > 0:
		right = fmt.Sprintf("%s of %s", thousands(nth, ""), thousands(n, "line"))
	default:
		right = thousands(n, "line")
	}
	return kit.Spread(" "+s.entry.View(st, max(width-30, 4)), st.Muted.Render(right)+" ", width)
}

// empty says why there are no lines.
func (s *Screen) empty(width int) string {
	st := &s.Styles
	states := s.feed.notable()
	for _, state := range states {
		if state.Trouble == nil {
			continue
		}
		text := kit.ProblemText(st, s.Advised(s, kube.Explain(state.Trouble), kube.Retry), width)
		if !state.Ended {
			text += "\n\n" + kit.Indent(st.Muted.Render("Retrying."), 2)
		}
		return text
	}
	problem := s.State()
	switch {
	case len(states) > 0 && states[0].Ended:
		return "\n" + kit.Indent(kit.WrapStyled(states[0].Words+". There are no lines in its log.", width-4, st.Text), 2)
	case len(states) > 0:
		return "\n" + kit.Indent(kit.WrapStyled(states[0].Words, width-4, st.Text), 2) +
			"\n\n" + kit.Indent(kit.WrapStyled("Its log is shown as soon as there is one.", width-4, st.Muted), 2)
	case problem != nil && !s.feed.opened():
		return kit.ProblemText(st, s.Advised(s, problem), width)
	case s.feed.ended:
		return "\n  " + st.Text.Render("The log is empty.")
	case s.feed.news != nil && !s.feed.opened() && s.Now().Sub(s.since) > 2*time.Second:
		// A kubelet need not answer before there is a line.
		return "\n" + kit.Indent(kit.WrapStyled(fmt.Sprintf("Still opening the log after %s: there are no lines yet, or the API server is slow to answer.",
			kit.Age(s.Now(), s.since)), width-4, st.Muted), 2)
	case s.feed.opened():
		return "\n  " + st.Text.Render("No lines yet.") + st.Muted.Render(" They are shown as they are written.")
	}
	return "\n  " + st.Muted.Render("Opening the log…")
}

// thousands is a count that can be read: "1,240 lines".
func thousands(n int, noun string) string {
	words := fmt.Sprint(n)
	for at := len(words) - 3; at > 0; at -= 3 {
		words = words[:at] + "," + words[at:]
	}
	if noun == "" {
		return words
	}
	if n != 1 {
		noun += "s"
	}
	return words + " " + noun
}
