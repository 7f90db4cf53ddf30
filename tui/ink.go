package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// ink is a style for words within a line. Unlike a [lipgloss.Style], which lays out a block each time, it knows beforehand what to
// put around them: a screen has some hundred styled words, and is drawn for every message.
type ink struct {
	style       lipgloss.Style
	ground      *ink // what it is over; nil: nothing
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

// Over is the ink on the ground of another: what this one leaves open is taken from there. It is called for nearly every word of a frame, so
// it joins what both write instead of rendering anew.
func (i ink) Over(ground ink) ink {
	switch {
	case ground.open == "":
		return i
	case ground.sole:
		return newInk(i.style.UnsetForeground().Inherit(ground.style))
	case i.open == "":
		return ground
	}
	// What comes later in a sequence wins.
	return ink{style: i.style, ground: &ground, open: strings.TrimSuffix(ground.open, "m") + ";" + strings.TrimPrefix(i.open, sgr), close: i.close}
}

// sgr is how the sequence of a style begins.
const sgr = "\x1b["

// whole is the ink as a style, with what it is over.
func (i ink) whole() lipgloss.Style {
	if i.ground == nil {
		return i.style
	}
	return i.style.Inherit(i.ground.whole())
}

// The renditions of ECMA-48 (8.3.117) that inks add.
const (
	bold       = "1"
	underlined = "4"
)

func (i ink) Bold() ink      { return i.also(bold, i.whole().Bold(true)) }
func (i ink) Underline() ink { return i.also(underlined, i.whole().Underline(true)) }

// also is the ink with one rendition more.
func (i ink) also(code string, style lipgloss.Style) ink {
	if i.open == "" || i.sole {
		return newInk(style)
	}
	return ink{style: style, open: sgr + code + ";" + strings.TrimPrefix(i.open, sgr), close: i.close}
}
