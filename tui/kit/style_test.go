package kit

import (
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/vt"
)

// A style over another looks as the style that inherits it: each rendition is in effect at the end.
func TestInkOver(t *testing.T) {
	fg := newStyle(lipgloss.NewStyle().Foreground(lipgloss.Color("#ff0000")))
	bg := newStyle(lipgloss.NewStyle().Background(lipgloss.Color("#0000ff")))
	other := newStyle(lipgloss.NewStyle().Foreground(lipgloss.Color("#00ff00")).Background(lipgloss.Color("#010203")))
	none := newStyle(lipgloss.NewStyle())
	for name, pair := range map[string][2]Style{
		"a colour on a ground": {fg, bg}, "two grounds": {bg, other}, "a colour on a colour": {fg, other},
		"bold": {fg.Bold(), bg}, "underlined": {fg.Underline(), other}, "nothing on a ground": {none, bg}, "on nothing": {fg, none},
	} {
		got := rendition(pair[0].Over(pair[1]).Render("x"))
		want := rendition(pair[0].style.Inherit(pair[1].style).Render("x"))
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if got, want := rendition(pair[0].Over(pair[1]).Bold().Render("x")), rendition(pair[0].style.Inherit(pair[1].style).Bold(true).Render("x")); got != want {
			t.Errorf("%s, then bold: %+v, want %+v", name, got, want)
		}
	}
}

// rendition is how a terminal draws the first letter.
func rendition(text string) string {
	terminal := vt.NewEmulator(4, 1)
	_, _ = terminal.WriteString(text)
	style := terminal.CellAt(0, 0).Style
	return style.String()
}
