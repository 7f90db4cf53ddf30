package logs

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// benchLines are lines as programs write them: of different lengths, some in other alphabets.
func benchLines() []kubelogs.Line {
	lines := make([]kubelogs.Line, 100_000)
	for i := range lines {
		text := fmt.Sprintf(`{"level":"info","ts":%d,"msg":"request served","path":"/cart/%d","took":"%dms"}`, i, i%977, i%300)
		switch {
		case i%10 == 3:
			text += strings.Repeat(" and more of it", 30)
		case i%50 == 7:
			text += " 日本語のログ行"
		}
		lines[i] = kubelogs.Line{Container: "app", Time: kittest.Noon().Add(time.Duration(i) * time.Millisecond), Text: text, Raw: text}
	}
	return lines
}

func benchScreen(b *testing.B, lines []kubelogs.Line) *Screen {
	b.Helper()
	dark, err := themes.Dark()
	if err != nil {
		b.Fatal(err)
	}
	k := kit.New()
	k.Styles = kit.NewStyles(dark, kit.AllColours)
	k.Now = kittest.Noon
	s := &Screen{
		Kit: k, keys: newKeyMap(k.Bindings), Watch: watched(b, kittest.Cluster(b, "http://127.0.0.1:1")),
		container: "app", tail: logMostLines, wrap: true, entry: kit.NewFilter("/ "), ring: newRing(),
		pager: pager{follow: true, page: 1, rows: func(int) int { return 1 }}, search: search{at: -1},
		feed: feed{states: map[string]kubelogs.State{}, request: kubelogs.Request{Containers: []string{"app"}}},
	}
	s.takeLogs(kit.Batch[kubelogs.News]{Items: []kubelogs.News{{Lines: lines}}, Ended: true})
	s.View(120, 40)
	return s
}

func BenchmarkLogsAppend100k(b *testing.B) {
	lines := benchLines()
	var before, after runtime.MemStats
	b.ResetTimer()
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := newRing()
		for i := range lines {
			r.add(lines[i])
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-ring")
		b.ReportMetric(float64(r.bytes)/(1<<20), "MB-counted")
		runtime.KeepAlive(r)
	}
}

func BenchmarkLogsFrame(b *testing.B) {
	lines := benchLines()
	for _, at := range []string{"end", "middle"} {
		for _, wrap := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/wrap=%v", at, wrap), func(b *testing.B) {
				s := benchScreen(b, lines)
				s.wrap = wrap
				if at == "middle" {
					s.pager.pause()
					s.pager.top = place{50_000, 0}
				}
				for b.Loop() {
					s.View(120, 40)
				}
			})
		}
	}
}

// BenchmarkLogsFrameOfLongLines is a frame of lines of 16 KB in other alphabets, each a different one.
func BenchmarkLogsFrameOfLongLines(b *testing.B) {
	lines := benchLines()[:20_000]
	for i := range lines {
		lines[i].Text = strings.Repeat("日本語 é ", 1200)
		lines[i].Raw = lines[i].Text
	}
	s := benchScreen(b, lines)
	s.pager.toTop()
	for b.Loop() {
		s.pager.scroll(80)
		s.View(120, 40)
	}
}

// BenchmarkLogsFrameWhileItGrows is a frame for each line of a log that is full.
func BenchmarkLogsFrameWhileItGrows(b *testing.B) {
	lines := benchLines()
	s := benchScreen(b, lines)
	i := 0
	for b.Loop() {
		s.takeLogs(kit.Batch[kubelogs.News]{Items: []kubelogs.News{{Lines: lines[i%100_000 : i%100_000+1]}}, Ended: true})
		s.View(120, 40)
		i++
	}
}

// BenchmarkLogsSearchKey is a letter typed into a search that finds nothing, with its frame; the first step of looking is in it.
func BenchmarkLogsSearchKey(b *testing.B) {
	s := benchScreen(b, benchLines())
	s.press(kittest.Press("/"))
	s.press(kittest.Press("z"))
	letter, back := kittest.Press("q"), tea.KeyPressMsg{Code: tea.KeyBackspace}
	for b.Loop() {
		s.press(letter)
		s.View(120, 40)
		b.StopTimer()
		s.press(back)
		b.StartTimer()
	}
}

// BenchmarkLogsSearchAll is how long it takes until all lines have been looked at.
func BenchmarkLogsSearchAll(b *testing.B) {
	s := benchScreen(b, benchLines())
	for b.Loop() {
		s.search.begin("took\":\"299ms", s.ring.end(), s.ring.end()-1)
		for s.search.step(&s.ring) {
			s.View(120, 40)
		}
	}
}
