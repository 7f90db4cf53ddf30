package document

import (
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Writer writes what is known of a thing under headings.
type Writer struct {
	*Document
	Styles *kit.Styles
	Now    time.Time
	Width  int
}

// Put writes lines, so many cells to the right.
func (w *Writer) Put(by int, lines ...string) {
	for _, line := range lines {
		w.Lines = append(w.Lines, strings.Repeat(" ", by)+line)
	}
}

// Head begins a section.
func (w *Writer) Head(title string) {
	w.Lines = append(w.Lines, "")
	w.Sections = append(w.Sections, len(w.Lines))
	title = strings.ToUpper(title[:1]) + title[1:]
	rule := max(w.Width-kit.Width(title)-4, 0)
	w.Put(1, w.Styles.Title.Render(title)+" "+w.Styles.Muted.Render(strings.Repeat("─", rule)))
}

// Section writes facts under a heading; none without.
func (w *Writer) Section(title string, facts []detail.Fact) {
	if len(facts) == 0 {
		return
	}
	w.Head(title)
	label := 0
	for _, f := range facts {
		label = max(label, kit.Width(f.Label))
	}
	w.Facts(3, min(label, max(w.Width/3, 8)), facts)
}

// Facts are labels and what there is to say, in two columns; a label that is too long has a line of its own.
func (w *Writer) Facts(by, label int, facts []detail.Fact) {
	before := ""
	for _, f := range facts {
		room := max(w.Width-by-label-3, 8)
		text := kit.Hang(kit.WrapStyled(f.Text, room, w.Styles.Text), label+2)
		name := f.Label
		if name == before {
			name = "" // once is enough
		}
		before = f.Label
		if kit.Width(name) > label {
			w.Put(by, kit.Lines(kit.WrapStyled(name, max(w.Width-by-1, 8), w.Styles.Muted))...)
			name = ""
		}
		w.Put(by, kit.Lines(w.Styles.Muted.Render(kit.Fit(name, label))+"  "+text)...)
	}
}

// Condition is one condition of an object.
type Condition struct {
	Name    string
	Is      string // "true", "false", "unknown"
	Good    bool   // it is as it is when all is well
	Reason  string
	Message string
	Since   time.Time // zero when nobody says
}

// Conditions are those of an object, in two columns.
func (w *Writer) Conditions(conditions []Condition) {
	if len(conditions) == 0 {
		return
	}
	w.Head("conditions")
	name := 0
	for _, c := range conditions {
		name = min(max(name, kit.Width(c.Name)), w.Width/2)
	}
	for _, c := range conditions {
		symbol, style := "✓", w.Styles.Muted
		if !c.Good {
			symbol, style = "!", w.Styles.Warn
		}
		text := c.Is
		if !c.Since.IsZero() {
			text += " for " + kit.Age(w.Now, c.Since)
		}
		for _, more := range []string{c.Reason, c.Message} {
			if more != "" {
				text += " · " + more
			}
		}
		room := max(w.Width-name-7, 8)
		w.Put(1, kit.Lines(style.Render(symbol)+" "+w.Styles.Text.Render(kit.Fit(c.Name, name))+"  "+kit.Hang(kit.WrapStyled(text, room, w.Styles.Muted), name+4))...)
	}
}
