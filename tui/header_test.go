package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// rowsAt are the header and the footer at a width, as text; what each screen has in them is in the story header-and-footer.
func (a *App) rowsAt(width int) (header, footer string) {
	a.width, a.height = width, 24
	rows := strings.Split(ansi.Strip(a.draw()), "\n")
	return rows[0], rows[len(rows)-1]
}

// holdRows holds rows to what they are at each width. Blanks at their ends do not count.
func holdRows(t *testing.T, at func(width int) string, want map[int]string) {
	t.Helper()
	for width, want := range want {
		if got := at(width); strings.TrimSpace(got) != want || kit.Width(got) != width {
			t.Errorf("at %d:\n%q, want\n%q", width, got, want)
		}
	}
}

// In a narrow terminal the name of the program goes first, then the API server, then what is in the middle of names.
func TestHeaderInNarrowTerminals(t *testing.T) {
	a := testApp(t)
	a.feed(t, lists.PodsUpdate{Reset: true, Rows: someRows()})
	a.do(t, pingMsg{cluster: a.cluster, health: kube.Health{Version: "v1.34", Took: 3 * time.Millisecond}})
	header := func(width int) string {
		row, _ := a.rowsAt(width)
		return row
	}
	holdRows(t, header, map[int]string{
		80: "dayfly  here › shop › pods                        7 pods · 5 sick  v1.34  3 ms",
		60: "dayfly  here › shop › pods    7 pods · 5 sick  v1.34  3 ms",
		50: "here › shop › pods  7 pods · 5 sick  v1.34  3 ms",
		44: "here › shop › pods         7 pods · 5 sick",
		36: "here › shop › pods 7 pods · 5 sick",
	})
	a.do(t, pingMsg{cluster: a.cluster, err: errors.New("no route to host")}) // which is worth its place
	holdRows(t, header, map[int]string{
		80: "dayfly  here › shop › pods                        7 pods · 5 sick  ✗ no answer",
		50: "here › shop › pods  7 pods · 5 sick  ✗ no answer",
		44: "here › shop … 7 pods · 5 sick  ✗ no answer",
	})
}
