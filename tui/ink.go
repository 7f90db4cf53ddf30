package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// ink is a style for words within a line. Unlike a [lipgloss.Style], which lays out a block each time, it knows beforehand what to
// put around them: a screen has some hundred styled words, and is drawn for every message.
type ink struct {
	style       lipgloss.Style
	open, close string
	sole        bool // as a ground: words on it leave their own colour
}

func newInk(style lipgloss.Style) ink {
	const probe = "x"
	before, after, _ := strings.Cut(style.Render(probe), probe)
	return ink{style: style, open: before, close: after}
}

// Render writes words in the ink. They are of one line.
func (i ink) Render(words string) string {
	if words == "" {
		return ""
	}
	return i.open + words + i.close
}

// Over is the ink on the ground of another: what this one leaves open is taken from there.
func (i ink) Over(ground ink) ink {
	if ground.open == "" {
		return i
	}
	if ground.sole {
		return newInk(i.style.UnsetForeground().Inherit(ground.style))
	}
	return newInk(i.style.Inherit(ground.style))
}

func (i ink) Bold() ink      { return newInk(i.style.Bold(true)) }
func (i ink) Underline() ink { return newInk(i.style.Underline(true)) }
