package tui

import (
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/themes"
)

// styles are the theme's tokens as styles. Styles are pure values; nothing here asks the terminal.
type styles struct {
	text, muted, accent, good, warn, bad ink
	title                                ink // bold text
	bar                                  ink // header and footer
	selection                            ink // only a background
	danger                               ink // the header where a mistake would cost much; words on it have no colour of their own
}

// depth is how much of a theme a terminal can show.
type depth int

const (
	allColours depth = iota // 256 or more: the theme's own
	fewColours              // 16, whose looks are the terminal's affair
	noColours
)

func depthOf(p colorprofile.Profile) depth {
	switch {
	case p == colorprofile.Unknown, p >= colorprofile.ANSI256:
		return allColours
	case p == colorprofile.ANSI:
		return fewColours
	}
	return noColours
}

func newStyles(t themes.Theme, d depth) styles {
	if d != allColours {
		return plainStyles(t.Basic, d)
	}
	text := func(token themes.Colour) ink {
		return newInk(lipgloss.NewStyle().Foreground(lipgloss.Color(string(token))))
	}
	ground := func(token themes.Colour) ink {
		return newInk(lipgloss.NewStyle().Background(lipgloss.Color(string(token))))
	}
	return styles{
		text: text(t.Text), muted: text(t.Muted), accent: text(t.Accent),
		good: text(t.Good), warn: text(t.Warn), bad: text(t.Bad),
		title:     text(t.Text).Bold(),
		bar:       ground(t.Bar),
		selection: ground(t.Selection),
		danger:    sole(newInk(lipgloss.NewStyle().Background(lipgloss.Color(string(t.Bad))).Foreground(lipgloss.Color(string(t.Ground))))),
	}
}

// sole makes an ink a ground on which words leave their own colour.
func sole(i ink) ink {
	i.sole = true
	return i
}

// plainStyles are for terminals with few colours or none. Words are in the terminal's own colour, and selection and bars are its two
// colours reversed, with no third in them: that is legible whatever they are.
func plainStyles(basic themes.Basic, d depth) styles {
	named := func(token themes.Named) ink {
		style := lipgloss.NewStyle()
		if n, ok := token.Index(); ok && d == fewColours {
			style = style.Foreground(ansi.BasicColor(n))
		}
		return newInk(style)
	}
	reversed := sole(newInk(lipgloss.NewStyle().Reverse(true)))
	own := newInk(lipgloss.NewStyle())
	return styles{
		text: own, muted: own, accent: named(basic.Accent), good: named(basic.Good), warn: named(basic.Warn), bad: named(basic.Bad),
		title: own.Bold(), bar: reversed, selection: reversed,
		danger: sole(newInk(named(basic.Bad).style.Reverse(true))),
	}
}

// severity is the symbol of a pod, which means the same without its colour.
func (s *styles) severity(v lists.Severity) (symbol string, style ink) {
	switch {
	case v.Broken():
		return "✗", s.bad
	case v.Sick():
		return "!", s.warn
	case v == lists.Changing:
		return "…", s.warn
	case v == lists.Healthy:
		return "●", s.good
	}
	return "✓", s.muted
}

// row is how a line of a list begins, and what is laid over its cells, when the cursor is on it and when not.
func (s *styles) row(selected bool) (lead string, over ink) {
	if selected {
		return s.accent.Over(s.selection).Render("▸"), s.selection
	}
	return " ", ink{}
}
