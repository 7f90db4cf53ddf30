package tui

import (
	"charm.land/lipgloss/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/themes"
)

// styles are the theme's tokens as styles. Styles are pure values; nothing here asks the terminal.
type styles struct {
	text, muted, accent, good, warn, bad lipgloss.Style
	title                                lipgloss.Style // bold text
	bar                                  lipgloss.Style // header and footer
	selection                            lipgloss.Style // only a background
}

func newStyles(t themes.Theme) styles {
	ink := func(token string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(lipgloss.Color(token))
	}
	return styles{
		text: ink(t.Text), muted: ink(t.Muted), accent: ink(t.Accent),
		good: ink(t.Good), warn: ink(t.Warn), bad: ink(t.Bad),
		title:     ink(t.Text).Bold(true),
		bar:       lipgloss.NewStyle().Background(lipgloss.Color(t.Bar)),
		selection: lipgloss.NewStyle().Background(lipgloss.Color(t.Selection)),
	}
}

// condition is the symbol of a pod, which means the same without its colour.
func (s *styles) condition(c kube.Condition) (symbol string, style lipgloss.Style) {
	switch c {
	case kube.Sick:
		return "✗", s.bad
	case kube.Unready:
		return "!", s.warn
	case kube.Starting:
		return "…", s.warn
	case kube.Healthy:
		return "●", s.good
	case kube.Finished:
	}
	return "✓", s.muted
}

// row is how a line of a list begins, and what is laid over its cells, when the cursor is on it and when not.
func (s *styles) row(selected bool) (lead string, over lipgloss.Style) {
	if selected {
		return s.accent.Inherit(s.selection).Render("▸"), s.selection
	}
	return " ", lipgloss.NewStyle()
}
