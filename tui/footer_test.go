package tui

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// In a narrow terminal there are fewer of a screen's keys; those to the help and to the end stay.
func TestFooterInNarrowTerminals(t *testing.T) {
	a := testApp(t)
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	footer := func(width int) string {
		_, row := a.rowsAt(width)
		return row
	}
	holdRows(t, footer, map[int]string{
		120: "↵ open  d debug  e shell  l logs  / filter  ! only sick  i inspect  o order  n namespace  c context     ? help  q quit",
		80:  "↵ open  d debug  e shell  l logs  / filter  ! only sick         ? help  q quit",
		60:  "↵ open  d debug  e shell  l logs            ? help  q quit",
		36:  "↵ open  d debug     ? help  q quit",
	})
	a.do(t, press("/"))
	holdRows(t, footer, map[int]string{ // ? and q are text now
		80: "↵ keep the filter  esc clear",
		36: "↵ keep the filter  esc clear",
	})
	a.do(t, press("esc"), kit.Flash{Text: "saved to a folder with a long name, and in it to a file with another"})
	holdRows(t, footer, map[int]string{
		80: "saved to a folder with a long name, and in it to a file with another",
		36: "saved to a folder with a long name…",
	})
}
