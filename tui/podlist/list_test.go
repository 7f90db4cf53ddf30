package podlist

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sahilm/fuzzy"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

func listOf(rows []lists.PodRow) *podList {
	var l podList
	l.apply([]lists.PodsUpdate{{Reset: true, Rows: rows}}, kittest.Noon())
	return &l
}

// Whatever changes come in whatever portions, the list is what it would be if it were made of the last states at once.
func TestListAfterChangesIsTheListOfWhatIs(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		now := kittest.Noon()
		l := &podList{sort: order(round) % orders, onlySick: round%7 == 0, filter: parsePodFilter([]string{"", "web", "c1", "status:run node-0"}[round%4])}
		rows := kittest.ManyRows(200)
		state := map[kube.PodKey]lists.PodRow{}
		for at := 0; at < len(rows); at += 50 {
			l.apply([]lists.PodsUpdate{{Reset: at == 0, More: at < 150, Rows: rows[at : at+50]}}, now)
		}
		for _, r := range rows {
			state[r.PodKey] = r
		}
		for range 30 {
			var news []lists.PodsUpdate
			for range 1 + random.IntN(4) {
				r := rows[random.IntN(len(rows))]
				switch random.IntN(4) {
				case 0:
					delete(state, r.PodKey)
					news = append(news, lists.PodsUpdate{Gone: []kube.PodKey{r.PodKey}})
				default:
					r.Status, r.Restarts = []string{"Running", "Error", "Terminating", "CrashLoopBackOff"}[random.IntN(4)], random.IntN(9)
					state[r.PodKey] = r
					news = append(news, lists.PodsUpdate{Rows: []lists.PodRow{r}})
				}
			}
			now = now.Add(time.Duration(random.IntN(20)) * time.Second)
			if random.IntN(4) == 0 {
				l.lose(map[string]bool{fmt.Sprintf("node-%03d", random.IntN(300)): true, fmt.Sprintf("node-%03d", random.IntN(300)): true}, now)
			}
			l.apply(news, now)
			l.rejudge(now)
			checkList(t, l, state, now)
		}
	}
}

func checkList(t *testing.T, l *podList, state map[kube.PodKey]lists.PodRow, now time.Time) {
	t.Helper()
	if len(l.rows) != len(state) || len(l.all) != len(state) {
		t.Fatalf("%d rows of %d, want %d", len(l.rows), len(l.all), len(state))
	}
	sick := 0
	for i, e := range l.rows {
		if e.PodRow != state[e.PodKey] || l.all[e.PodKey] != e {
			t.Fatalf("row %d is %+v, want %+v", i, e.PodRow, state[e.PodKey])
		}
		if i > 0 && compare(l.sort, l.rows[i-1], e) >= 0 {
			t.Fatalf("row %d, %s, stands behind %s", i, e.Name, l.rows[i-1].Name)
		}
		if e.severity.Sick() {
			sick++
		}
	}
	if l.sick != sick {
		t.Fatalf("%d are sick, want %d", l.sick, sick)
	}
	var want []*podEntry
	for _, how := range []int{exactly, loosely} {
		for _, e := range l.rows {
			if l.filter.passes(e) == how && (!l.onlySick || e.severity.Sick()) {
				want = append(want, e)
			}
		}
	}
	if !slices.Equal(l.shown, want) {
		t.Fatalf("%d are shown, want %d, in their order", len(l.shown), len(want))
	}
	if judged := *l; judged.judged.Equal(now) {
		for _, e := range l.rows {
			if s, _ := e.Judge(l.lost[e.Node], e.since, now); s != e.severity {
				t.Fatalf("%s is of severity %d, want %d", e.Name, e.severity, s)
			}
		}
	}
}

// A letter looks only at what the letters before it have let through; that makes no difference.
func TestTypingIsTheSameAsFilteringAtOnce(t *testing.T) {
	rows := kittest.ManyRows(400)
	for _, line := range []string{"web", "wbc", "pay work", "status:crash", "ns:team-0 api", "c0de", "-l app=web cart", "CRASH node-1", "deploy/web", "zzz"} {
		typed, once := listOf(rows), listOf(rows)
		for i := range line {
			typed.find(parsePodFilter(line[:i+1]))
		}
		once.find(parsePodFilter(line))
		if !slices.EqualFunc(typed.shown, once.shown, func(a, b *podEntry) bool { return a.PodKey == b.PodKey }) {
			t.Errorf("%q typed shows %d, at once %d", line, len(typed.shown), len(once.shown))
		}
		if len(once.shown) == 0 && line != "zzz" && !strings.HasPrefix(line, "c0de") {
			t.Errorf("%q shows nothing: the test shows nothing either", line)
		}
	}
}

func TestFilterLine(t *testing.T) {
	l := listOf([]lists.PodRow{
		{PodKey: kube.PodKey{Namespace: "shop", Name: "web-5d87"}, Status: "Running", Node: "node-1"},
		{PodKey: kube.PodKey{Namespace: "shop", Name: "annotated"}, Status: "Init:CrashLoopBackOff", Node: "node-2"},
		{PodKey: kube.PodKey{Namespace: "jobs", Name: "node-worker"}, Status: "Running", Node: "node-2"},
	})
	for line, want := range map[string]string{
		"": "annotated node-worker web-5d87", "w8": "web-5d87", "wrk": "node-worker", "clbo": "annotated", "crash": "annotated",
		"status:run": "node-worker web-5d87", "node:node-2": "annotated node-worker", "ns:jobs": "node-worker", "name:node": "node-worker",
		"node": "annotated node-worker web-5d87", "node-1": "web-5d87", "run jobs": "node-worker", "RUN": "node-worker web-5d87",
		"init:crash": "annotated", "status:": "annotated node-worker web-5d87", "-l": "annotated node-worker web-5d87", "-l app=x w8": "web-5d87",
		"zzz": "", "n n n n status:zzz": "", "n n n n status:run": "node-worker web-5d87", "deploy/web": "annotated node-worker web-5d87", "an": "annotated",
	} {
		l.find(parsePodFilter(line))
		var got []string
		for _, e := range l.shown {
			got = append(got, e.Name)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q shows %q, want %q", line, strings.Join(got, " "), want)
		}
	}
	for line, want := range map[string]lists.PodQuery{
		"web": {}, "-l app=web cra": {Selector: "app=web"}, "-lapp=web": {Selector: "app=web"}, "-l a=b -l c=d": {Selector: "a=b,c=d"},
		"-l 'app in (a, b)' web": {Selector: "app in (a, b)"}, `-l "app in (a`: {},
		"-l app in (web,cart)": {Selector: "app in (web,cart)"}, "-l app notin (web, cart) cra": {Selector: "app notin (web, cart)"},
		"-l !canary status:crash": {Selector: "!canary"}, "-l tier!=db,app in (web) node:n-2": {Selector: "tier!=db,app in (web)"},
		"-l=app=web": {Selector: "app=web"}, "--selector app=web cra": {Selector: "app=web"}, "--selector='app in (a, b)' cra": {Selector: "app in (a, b)"},
		"-l app in ('web', \"cart\") deploy/web": {Selector: "app in (web, cart)", Workload: lists.Workload{Kind: "deployment", Name: "web"}},
		"-l 'app=web' -l tier=db":                {Selector: "app=web,tier=db"}, "cra -l app in (web)": {Selector: "app in (web)"}, "-log": {}, "-l": {},
		"deploy/web": {Workload: lists.Workload{Kind: "deployment", Name: "web"}}, "pod/web": {}, "nonsense/web": {},
	} {
		want.Namespace = "shop"
		if got := parsePodFilter(line).query("shop"); got != want {
			t.Errorf("%q asks for %+v, want %+v", line, got, want)
		}
	}
	for line, want := range map[string]string{
		"-l app in (web,cart) cra n-2": "cra n-2", "-l 'app in (web)' cra": "cra", "cra -l app=web,tier notin (a, b) n-2": "cra n-2", "-log": "-log",
		"-l app= cra": "", "-l app web": "web", "--selector !x web": "web",
	} {
		var words []string
		for _, term := range parsePodFilter(line).terms {
			words = append(words, term.text)
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q has the words %q, want %q", line, got, want)
		}
	}
}

// A selector with a mistake says where in the line it is, with quotes and wide letters before it.
func TestFilterLineMistakes(t *testing.T) {
	for line, want := range map[string]lineError{
		"-l app in (web":      {at: 14, problem: `")" is missing`},
		"-l 'app in (web":     {at: 15, problem: `")" is missing`},
		"日本 -l app=-x":        {at: 12, problem: `"-x" is not a label value`},
		"cra -l app=web a=b":  {at: 15, problem: "a comma is missing"},
		"-l app in (web cart": {at: 15, problem: "a comma is missing"},
		"--selector 'a b' c":  {at: 14, problem: "a comma is missing"},
	} {
		got := parsePodFilter(line).wrong
		if got == nil || got.at != want.at || got.problem != want.problem || got.hint == "" {
			t.Errorf("%q is wrong as %+v, want %+v", line, got, want)
		}
	}
}

// A loose match may be a surprise: it does not stand before an exact one, however sick.
func TestExactMatchesStandFirst(t *testing.T) {
	l := listOf([]lists.PodRow{
		{PodKey: kube.PodKey{Name: "a-sick-b"}, Status: "Error"}, {PodKey: kube.PodKey{Name: "ab"}, Status: "Running"},
		{PodKey: kube.PodKey{Name: "sick-ab"}, Status: "Error"},
	})
	l.find(parsePodFilter("ab"))
	var got []string
	for _, e := range l.shown {
		got = append(got, e.Name)
	}
	if want := []string{"sick-ab", "ab", "a-sick-b"}; !slices.Equal(got, want) {
		t.Errorf("shown are %q, want %q", got, want)
	}
}

// What passes loosely is what the library matches, whose letters are marked.
func TestLooseIsFuzzy(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const letters = "abc-1"
	text := func(n int) string {
		var b strings.Builder
		for range random.IntN(n) + 1 {
			b.WriteByte(letters[random.IntN(len(letters))])
		}
		return b.String()
	}
	for range 3000 {
		pattern, name := text(4), text(12)
		found := fuzzy.Find(pattern, []string{name})
		if (len(found) > 0) != inOrder(pattern, name) {
			t.Fatalf("%q in %q: %v", pattern, name, found)
		}
		marks := podFilter{terms: []term{{text: pattern}}}.marks(name)
		if (len(marks) > 0) != (len(found) > 0) {
			t.Fatalf("%q in %q: marks %v", pattern, name, marks)
		}
	}
}

// When the pod under the cursor goes, the one below it is next, wherever the rest has moved.
func TestHeir(t *testing.T) {
	rows := kittest.ManyRows(10)
	l := listOf(rows)
	before := l.shown
	l.apply([]lists.PodsUpdate{{Gone: []kube.PodKey{before[3].PodKey, before[4].PodKey}}}, kittest.Noon())
	if got := l.successor(before, 3); got != before[5].PodKey {
		t.Errorf("the successor is %v, want %v", got, before[5].PodKey)
	}
	before = l.shown
	last := len(before) - 1
	l.apply([]lists.PodsUpdate{{Gone: []kube.PodKey{before[last].PodKey}}}, kittest.Noon())
	if got := l.successor(before, last); got != before[last-1].PodKey {
		t.Errorf("the successor of the last is %v, want %v", got, before[last-1].PodKey)
	}
}

func BenchmarkApplyAll(b *testing.B) {
	rows := kittest.ManyRows(50_000)
	for b.Loop() {
		listOf(rows)
	}
}

// Twenty changes are what a fifth of a second brings in a busy cluster.
func BenchmarkApplyChanges(b *testing.B) {
	rows := kittest.ManyRows(50_000)
	l := listOf(rows)
	changes := slices.Clone(rows[1000:1020])
	for b.Loop() {
		for i := range changes {
			changes[i].Restarts++
		}
		l.apply([]lists.PodsUpdate{{Rows: changes}}, kittest.Noon())
	}
}

func BenchmarkFilterKey(b *testing.B) {
	l := listOf(kittest.ManyRows(50_000))
	for _, line := range []string{"w", "wk", "status:crash", "web team-04"} {
		b.Run(line, func(b *testing.B) {
			for b.Loop() {
				l.filter = podFilter{}
				l.shown, l.exact = l.rows, len(l.rows)
				l.spared = nil
				l.find(parsePodFilter(line))
			}
		})
	}
}

func BenchmarkSort(b *testing.B) {
	l := listOf(kittest.ManyRows(50_000))
	for b.Loop() {
		l.sort = (l.sort + 1) % orders
		l.arrange()
	}
}
