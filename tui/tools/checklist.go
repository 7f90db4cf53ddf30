package tools

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// checkItem is one line of a list in which a person chooses how something is made.
type checkItem struct {
	group string // under which it stands
	words string // what it is
	means string // what follows from how it is chosen now
	on    bool
	box   bool // it has a check box; otherwise its value is typed
}

// drawCheckList draws items in their groups, with the one under the cursor in sight.
func drawCheckList(k *kit.Kit, cursor *kit.Cursor, items []checkItem, width, height int) string {
	st := &k.Styles
	words := 0
	for _, item := range items {
		words = max(words, min(kit.Width(item.words), width*2/5))
	}
	var lines []string
	at, group := 0, ""
	for i, item := range items {
		if item.group != group {
			if group = item.group; i > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, " "+st.Muted.Render(group))
		}
		if i == cursor.At {
			at = len(lines)
		}
		lines = append(lines, item.line(st, i == cursor.At, words, width))
	}
	top := max(min(at-height/2, len(lines)-height), 0)
	cursor.Place = kit.PlaceIn(top, min(top+height, len(lines)), len(lines))
	return kit.Box(strings.Join(lines[top:], "\n"), width, height)
}

func (i checkItem) line(st *kit.Styles, here bool, words, width int) string {
	lead, over := st.Row(here)
	box := "[ ] "
	switch {
	case !i.box:
		box = "    "
	case i.on:
		box = "[x] "
	}
	style := st.Text
	if i.on {
		style = st.Title
	}
	text := style.Over(over).Render(" "+box+kit.Fit(i.words, words)) + over.Render("  ") + st.Muted.Over(over).Render(i.means)
	return kit.PadStyled(lead+text, width, over)
}
