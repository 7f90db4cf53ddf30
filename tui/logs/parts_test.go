package logs

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

func TestLogRingKeepsTheNewest(t *testing.T) {
	r := ring{mostLines: 5, mostBytes: 1 << 20}
	for i := range 12 {
		r.add(kubelogs.Line{Text: fmt.Sprint(i), Raw: fmt.Sprint(i)})
		if r.at(r.end()-1).Text != fmt.Sprint(i) || r.at(r.first).Text != fmt.Sprint(r.first) {
			t.Fatalf("after %d: %+v", i, r)
		}
	}
	if r.first != 7 || r.n != 5 || r.end() != 12 || r.all()[0].Text != "7" || r.all()[4].Text != "11" {
		t.Errorf("it keeps %d from %d", r.n, r.first)
	}
	wide := newRing()
	for i := range 3000 {
		wide.add(kubelogs.Line{Raw: strings.Repeat("x", 64<<10), Text: fmt.Sprint(i)})
	}
	if wide.bytes > logMostBytes || wide.n < 900 || wide.at(wide.end()-1).Text != "2999" || wide.at(wide.first).Text != fmt.Sprint(wide.first) {
		t.Errorf("%d lines of %d bytes", wide.n, wide.bytes)
	}
	for wide.n > 0 {
		wide.drop()
	}
	if wide.bytes != 0 {
		t.Errorf("nothing takes %d bytes", wide.bytes)
	}
}

func TestLogRowsHaveAllOfATextAndFit(t *testing.T) {
	texts := []string{"", "a", "abcdef", strings.Repeat("0123456789", 7), "日本語のログ", "a日b本c", "👩‍👩‍👧👩‍👩‍👧", "e\u0301e\u0301e\u0301", "\ufffd␛[31m"}
	for _, text := range texts {
		for width := 1; width < 20; width++ {
			rows := logRows(text, width)
			var all strings.Builder
			for _, row := range rows {
				piece := text[row.from:row.to]
				all.WriteString(piece)
				if kit.Width(piece) > max(width, 2) {
					t.Errorf("%q at %d has a row of %d cells", text, width, kit.Width(piece))
				}
			}
			if all.String() != text || len(rows) != countRows(text, width) && len(text) > width {
				t.Errorf("%q at %d becomes %v", text, width, rows)
			}
			for from := range 12 {
				window := logWindow(text, from, width)
				if window.from > window.to || window.to > len(text) || kit.Width(text[window.from:window.to]) > max(width, 2) {
					t.Errorf("%q from %d, %d cells: %v", text, from, width, window)
				}
			}
		}
	}
}

// TestLogPagerAgreesWithAllRows compares the pager, which looks at a page only, with a list of all rows.
func TestLogPagerAgreesWithAllRows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		heights := make([]int, random.IntN(30))
		first := random.IntN(5)
		var all []place
		for i := range heights {
			heights[i] = 1 + random.IntN(4)
			for row := range heights[i] {
				all = append(all, place{first + i, row})
			}
		}
		v := pager{follow: true, page: 1 + random.IntN(12), first: first, end: first + len(heights)}
		v.rows = func(line int) int { return heights[line-first] }
		last := max(len(all)-v.page, 0)
		at := last
		for range 40 {
			by := random.IntN(21) - 10
			v.scroll(by)
			at = min(max(at+by, 0), last)
			if len(all) > 0 && v.start() != all[at] {
				t.Fatalf("heights %v, page %d, by %d: at %v, want %v", heights, v.page, by, v.start(), all[at])
			}
		}
	}
}

func TestIndexFold(t *testing.T) {
	for _, tt := range []struct {
		text, needle string
		want         int
	}{
		{"abc", "", 0}, {"xxERRORxx", "error", 2}, {"eRror", "error", 0}, {"erro", "error", -1}, {"eerror", "error", 1}, {"日本 Ä", "本", 3}, {"a.b", ".B", -1},
	} {
		if got := indexFold(tt.text, tt.needle); got != tt.want {
			t.Errorf("%q in %q: %d", tt.needle, tt.text, got)
		}
	}
}
