package tui

import (
	"charm.land/lipgloss/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/themes"
)

// styles are the theme's tokens as styles. Styles are pure values; nothing here asks the terminal.
type styles struct {
	text, muted, accent, good, warn, bad ink
	title                                ink // bold text
	bar                                  ink // header and footer
	selection                            ink // only a background
}

func newStyles(t themes.Theme) styles {
	text := func(token string) ink { return newInk(lipgloss.NewStyle().Foreground(lipgloss.Color(token))) }
	ground := func(token string) ink { return newInk(lipgloss.NewStyle().Background(lipgloss.Color(token))) }
	return styles{
		text: text(t.Text), muted: text(t.Muted), accent: text(t.Accent),
		good: text(t.Good), warn: text(t.Warn), bad: text(t.Bad),
		title:     text(t.Text).Bold(),
		bar:       ground(t.Bar),
		selection: ground(t.Selection),
	}
}

// severity is the symbol of a pod, which means the same without its colour.
func (s *styles) severity(of kube.Severity) (symbol string, style ink) {
	switch {
	case of.Broken():
		return "✗", s.bad
	case of.Sick():
		return "!", s.warn
	case of == kube.Changing:
		return "…", s.warn
	case of == kube.Healthy:
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
