package kit

import "strings"

// CheckItem is one line of a list in which a person chooses how something is made.
type CheckItem struct {
	Group string // under which it stands
	Words string // what it is
	Means string // what follows from how it is chosen now
	On    bool
	Box   bool // it has a check box; otherwise its value is typed
}

// DrawCheckList draws items in their groups, with the one under the cursor in sight.
func DrawCheckList(k *Kit, cursor *Cursor, items []CheckItem, width, height int) string {
	st := &k.Styles
	words := 0
	for _, item := range items {
		words = max(words, min(Width(item.Words), width*2/5))
	}
	var lines []string
	at, group := 0, ""
	for i, item := range items {
		if item.Group != group {
			if group = item.Group; i > 0 {
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
	cursor.Place = PlaceIn(top, min(top+height, len(lines)), len(lines))
	return Box(strings.Join(lines[top:], "\n"), width, height)
}

func (i CheckItem) line(st *Styles, here bool, words, width int) string {
	lead, over := st.Row(here)
	box := "[ ] "
	switch {
	case !i.Box:
		box = "    "
	case i.On:
		box = "[x] "
	}
	style := st.Text
	if i.On {
		style = st.Title
	}
	text := style.Over(over).Render(" "+box+Fit(i.Words, words)) + over.Render("  ") + st.Muted.Over(over).Render(i.Means)
	return PadStyled(lead+text, width, over)
}
