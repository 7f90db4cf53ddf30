package kit

import (
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/themes"
)

// Styles are the theme's tokens as styles. Styles are pure values; nothing here asks the terminal.
type Styles struct {
	Text, Muted, Accent, Good, Warn, Bad Style
	Title                                Style // bold text
	Bar                                  Style // header and footer
	Selection                            Style // only a background
	Danger                               Style // the header where a mistake would cost much; words on it have no colour of their own
}

// Depth is how much of a theme a terminal can show.
type Depth int

// The depths, the deepest first.
const (
	AllColours Depth = iota // 256 or more: the theme's own
	FewColours              // 16, whose looks are the terminal's affair
	NoColours
)

// DepthOf is how much of a theme a terminal with such colours shows.
func DepthOf(p colorprofile.Profile) Depth {
	switch {
	case p == colorprofile.Unknown, p >= colorprofile.ANSI256:
		return AllColours
	case p == colorprofile.ANSI:
		return FewColours
	}
	return NoColours
}

// NewStyles are a theme's tokens for a terminal.
func NewStyles(t themes.Theme, d Depth) Styles {
	if d != AllColours {
		return plainStyles(t.Basic, d)
	}
	text := func(token themes.Colour) Style {
		return newStyle(lipgloss.NewStyle().Foreground(lipgloss.Color(string(token))))
	}
	background := func(token themes.Colour) Style {
		return newStyle(lipgloss.NewStyle().Background(lipgloss.Color(string(token))))
	}
	return Styles{
		Text: text(t.Text), Muted: text(t.Muted), Accent: text(t.Accent),
		Good: text(t.Good), Warn: text(t.Warn), Bad: text(t.Bad),
		Title:     text(t.Text).Bold(),
		Bar:       background(t.Bar),
		Selection: background(t.Selection),
		Danger:    sole(newStyle(lipgloss.NewStyle().Background(lipgloss.Color(string(t.Bad))).Foreground(lipgloss.Color(string(t.Ground))))),
	}
}

// sole makes a style a background on which words leave their own colour.
func sole(i Style) Style {
	i.sole = true
	return i
}

// plainStyles are for terminals with few colours or none. Words are in the terminal's own colour, and selection and bars are its two
// colours reversed, with no third in them: that is legible whatever they are.
func plainStyles(basic themes.Basic, d Depth) Styles {
	named := func(token themes.Named) Style {
		style := lipgloss.NewStyle()
		if n, ok := token.Index(); ok && d == FewColours {
			style = style.Foreground(ansi.BasicColor(n))
		}
		return newStyle(style)
	}
	reversed := sole(newStyle(lipgloss.NewStyle().Reverse(true)))
	own := newStyle(lipgloss.NewStyle())
	return Styles{
		Text: own, Muted: own, Accent: named(basic.Accent), Good: named(basic.Good), Warn: named(basic.Warn), Bad: named(basic.Bad),
		Title: own.Bold(), Bar: reversed, Selection: reversed,
		Danger: sole(newStyle(named(basic.Bad).style.Reverse(true))),
	}
}

// Severity is the symbol of a pod, which means the same without its colour.
func (s *Styles) Severity(v lists.Severity) (symbol string, style Style) {
	switch {
	case v.Broken():
		return "✗", s.Bad
	case v.Sick():
		return "!", s.Warn
	case v == lists.Changing:
		return "…", s.Warn
	case v == lists.Healthy:
		return "●", s.Good
	}
	return "✓", s.Muted
}

// Row is how a line of a list begins, and what is laid over its cells, when the cursor is on it and when not.
func (s *Styles) Row(selected bool) (lead string, over Style) {
	if selected {
		return s.Accent.Over(s.Selection).Render("▸"), s.Selection
	}
	return " ", Style{}
}
