package kit

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Style is a style for words within a line. Unlike a [lipgloss.Style], which lays out a block each time, it knows beforehand what to
// put around them: a screen has some hundred styled words, and is drawn for every message.
type Style struct {
	style       lipgloss.Style
	background  *Style // what it is over; nil: nothing
	Open, close string
	sole        bool // as a ground: words on it leave their own colour
}

func newStyle(style lipgloss.Style) Style {
	const probe = "x"
	before, after, _ := strings.Cut(style.Render(probe), probe)
	return Style{style: style, Open: before, close: after}
}

// Render writes words in the style. They are of one line.
func (i Style) Render(words string) string {
	if words == "" {
		return ""
	}
	return i.Open + words + i.close
}

// Over is the style on the background of another: what this one leaves open is taken from there. It is called for nearly every word of a frame, so
// it joins what both write instead of rendering anew.
func (i Style) Over(ground Style) Style {
	switch {
	case ground.Open == "":
		return i
	case ground.sole:
		return newStyle(i.style.UnsetForeground().Inherit(ground.style))
	case i.Open == "":
		return ground
	}
	// What comes later in a sequence wins.
	return Style{style: i.style, background: &ground, Open: strings.TrimSuffix(ground.Open, "m") + ";" + strings.TrimPrefix(i.Open, sgr), close: i.close}
}

// sgr is how the sequence of a style begins.
const sgr = "\x1b["

// whole is the style as a lipgloss.Style, with what it is over.
func (i Style) whole() lipgloss.Style {
	if i.background == nil {
		return i.style
	}
	return i.style.Inherit(i.background.whole())
}

// The renditions of ECMA-48 (8.3.117) that inks add.
const (
	bold       = "1"
	underlined = "4"
)

// Bold is the style with bold words.
func (i Style) Bold() Style { return i.also(bold, i.whole().Bold(true)) }

// Underline is the style with underlined words.
func (i Style) Underline() Style { return i.also(underlined, i.whole().Underline(true)) }

// also is the style with one rendition more.
func (i Style) also(code string, style lipgloss.Style) Style {
	if i.Open == "" || i.sole {
		return newStyle(style)
	}
	return Style{style: style, Open: sgr + code + ";" + strings.TrimPrefix(i.Open, sgr), close: i.close}
}
