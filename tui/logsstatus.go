package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// status says whose log is read, and how it is looked at.
func (s *logsScreen) status(width int) string {
	const narrow = 60
	st := &s.styles
	left := " " + s.whose(width)
	var how []string
	say := func(style ink, words string) { how = append(how, style.Render(words)) }
	if s.previous {
		say(st.warn, "previous instance")
	}
	if s.times {
		say(st.muted, "UTC")
	}
	switch {
	case s.pager.side > 0:
		say(st.muted, fmt.Sprintf("→ %d", s.pager.side))
	case !s.wrap:
		say(st.muted, "unwrapped")
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
		say(st.muted, lines)
	}
	if !s.previous {
		switch {
		case !s.pager.follow:
			say(st.warn, "paused")
		case s.feed.ended:
			say(st.muted, "ended")
		default:
			say(st.good, "● following")
		}
	}
	return spreadStyled(left, strings.Join(how, st.muted.Render(" · "))+" ", width, st.text)
}

// whose says which containers are read, and how the one is.
func (s *logsScreen) whose(width int) string {
	st := &s.styles
	if s.all {
		return st.title.Render(fmt.Sprintf("all %d containers", len(s.feed.request.Containers)))
	}
	words := st.title.Render(s.container)
	if s.pod == nil || s.gone || s.replaced() {
		return words
	}
	c, ok := s.pod.Container(s.container)
	if !ok {
		return words
	}
	style := st.warn
	switch {
	case c.Running:
		style = st.good
	case c.Exit != nil && c.Exit.Code == 0:
		style = st.muted
	case c.Exit != nil:
		style = st.bad
	}
	if over := strings.HasPrefix(c.State, "ended"); s.previous && c.Exit != nil && !over { // then the exit is the present instance's
		return words + st.muted.Render(fmt.Sprintf(" ended with exit %d %s %s ago", c.Exit.Code, c.Exit.Reason, age(s.now(), c.Exit.Finished)))
	}
	words += " " + style.Render(c.State)
	if since := age(s.now(), c.Since); since != "" && width >= 60 {
		words += st.muted.Render(" " + since)
	}
	return words
}

// noticed tells whether there is a line under the log.
func (s *logsScreen) noticed() bool {
	return s.ring.n > 0 && (!s.pager.follow || len(s.feed.notable()) > 0 || s.past() != "")
}

// past says that the pod is no more whose log this is.
func (s *logsScreen) past() string {
	switch {
	case s.lost():
		return "pod deleted: these lines are left"
	case s.replaced():
		return "replaced by another pod: r reads it"
	}
	return ""
}

// notice is what has happened to the log, and how much is below what is seen.
func (s *logsScreen) notice(width int) string {
	st := &s.styles
	var left, right string
	if words := s.past(); words != "" {
		left = " " + st.warn.Render("! "+words)
	} else if states := s.feed.notable(); len(states) > 0 {
		style, words := st.muted, states[0].Words
		if states[0].Trouble != nil {
			style, words = st.warn, kube.Explain(states[0].Trouble).What
		}
		if more := len(states) - 1; more > 0 {
			words = fmt.Sprintf("(and %d more) ", more) + words
		}
		left = " " + style.Render("! "+words)
	}
	if !s.pager.follow {
		right = st.muted.Render(s.position()+"  ") + st.accent.Render("G") + st.muted.Render(" end ")
		if below := s.pager.below(); below > 0 {
			right = st.good.Render("↓ "+thousands(below, "new line")) + st.accent.Render("  G") + st.muted.Render(" end ")
		}
	}
	return spreadStyled(left, right, width, st.text)
}

// position is how far down one is.
func (s *logsScreen) position() string {
	at := s.pager.start()
	if at.line <= s.ring.first && at.row == 0 {
		return "top"
	}
	return fmt.Sprintf("%d%%", 100*(at.line-s.ring.first)/max(s.ring.n, 1))
}

// foot are the lines of the search, and of what was saved where: a path is not cut off.
func (s *logsScreen) foot(width int) []string {
	var foot []string
	if s.saved != "" {
		style := s.styles.good
		if s.unsaved {
			style = s.styles.bad
		}
		foot = split(indent(wrapStyled(s.saved, width-2, style), 1))
	}
	if s.Typing() || s.search.on() {
		foot = append(foot, s.searchLine(width))
	}
	return foot
}

func (s *logsScreen) searchLine(width int) string {
	st := &s.styles
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
	return spread(" "+s.entry.view(st, max(width-30, 4)), st.muted.Render(right)+" ", width)
}

// empty says why there are no lines.
func (s *logsScreen) empty(width int) string {
	st := &s.styles
	states := s.feed.notable()
	for _, state := range states {
		if state.Trouble == nil {
			continue
		}
		text := problemText(st, s.advised(s, kube.Explain(state.Trouble), kube.Retry), width)
		if !state.Ended {
			text += "\n\n" + indent(st.muted.Render("Retrying."), 2)
		}
		return text
	}
	problem := s.state()
	switch {
	case len(states) > 0 && states[0].Ended:
		return "\n" + indent(wrapStyled(states[0].Words+". There are no lines in its log.", width-4, st.text), 2)
	case len(states) > 0:
		return "\n" + indent(wrapStyled(states[0].Words, width-4, st.text), 2) +
			"\n\n" + indent(wrapStyled("Its log is shown as soon as there is one.", width-4, st.muted), 2)
	case problem != nil && !s.feed.opened():
		return problemText(st, s.advised(s, problem), width)
	case s.feed.ended:
		return "\n  " + st.text.Render("The log is empty.")
	case s.feed.news != nil && !s.feed.opened() && s.now().Sub(s.since) > 2*time.Second:
		// A kubelet need not answer before there is a line.
		return "\n" + indent(wrapStyled(fmt.Sprintf("Opening the log, for %s now: there are no lines yet, or the API server is slow to answer.",
			age(s.now(), s.since)), width-4, st.muted), 2)
	case s.feed.opened():
		return "\n  " + st.text.Render("No lines yet.") + st.muted.Render(" They are shown as they are written.")
	}
	return "\n  " + st.muted.Render("Opening the log…")
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
