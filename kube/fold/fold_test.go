package fold_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube/fold"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// member is one whose pod has its name.
func member(name, outcome, output string) fold.Member {
	return fold.Member{Name: name, Own: []fold.Own{{Text: name, Mask: "<pod>"}}, Outcome: outcome, Output: []byte(output)}
}

func masks(t testing.TB, patterns ...string) fold.Masks {
	t.Helper()
	m, err := fold.NewMasks(now, patterns)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// groups is a fold in one line: "web-0 web-1 | web-2".
func groups(f fold.Folded) string {
	var all []string
	for _, g := range f.Groups {
		all = append(all, strings.Join(g.Names(), " "))
	}
	return strings.Join(all, " | ")
}

func TestFold(t *testing.T) {
	for name, c := range map[string]struct {
		members []fold.Member
		want    string
	}{
		"none":                     {nil, ""},
		"all equal":                {[]fold.Member{member("b", "exit 0", "x"), member("a", "exit 0", "x")}, "a b"},
		"the largest first":        {[]fold.Member{member("a", "exit 0", "x"), member("b", "exit 0", "y"), member("c", "exit 0", "y")}, "b c | a"},
		"ties by name":             {[]fold.Member{member("b", "exit 0", "x"), member("a", "exit 0", "y")}, "a | b"},
		"by the exit code":         {[]fold.Member{member("a", "exit 0", "x"), member("b", "exit 1", "x")}, "a | b"},
		"names in the outcome":     {[]fold.Member{member("a", "pod a has gone", ""), member("b", "pod b has gone", "")}, "a b"},
		"a line end more":          {[]fold.Member{member("a", "exit 0", "x"), member("b", "exit 0", "x\n")}, "a | b"},
		"only a control character": {[]fold.Member{member("a", "exit 0", "x\x1b"), member("b", "exit 0", "x\x07")}, "a | b"},
		"bytes":                    {[]fold.Member{member("a", "exit 0", "\x00a"), member("b", "exit 0", "\x00b"), member("c", "exit 0", "\x00a")}, "a c | b"},
		"bytes and their names":    {[]fold.Member{member("a", "exit 0", "\xff a"), member("b", "exit 0", "\xff b")}, "a | b"},
		"of no one text":           {[]fold.Member{{Name: "a", Output: []byte("x"), Cut: true}, {Name: "b", Output: []byte("x")}}, "a | b"},
	} {
		if got := groups(fold.Fold(c.members, masks(t))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What differs harmlessly is masked, and what only looks so is not.
func TestMasks(t *testing.T) {
	for _, c := range []struct {
		one, other string
		equal      bool
	}{
		{"host web-0 up", "host web-1 up", true},
		{"web-0.web.shop.svc", "web-1.web.shop.svc", true},
		{"xweb-0", "xweb-1", false},
		{"web-0-data", "web-1-data", false},
		{"web-00", "web-10", false},
		{"inet 10.0.0.1/24", "inet 10.0.0.2/24", true},
		{"inet 10.0.0.11", "inet 10.0.0.21", false},
		{"2026-11-30T12:00:01Z ok", "2026-11-30T13:10:01.25+02:00 ok", true},
		{"2026-11-30 12:00:01 ok", "2026-11-29 13:10:01,250 ok", true},
		{"2026-11-30 ok", "2026-11-29 ok", false},
		{"Nov 30 12:00:01 kernel: ok", "Dec  1 12:00:02 kernel: ok", true},
		{"Mon Nov 30 12:00:01 UTC 2026", "Mon Nov 30 12:00:09 UTC 2026", true},
		{"[12:00:01] ok", "[23:59:59.125] ok", true},
		{"at 12:00:01: ok", "at 12:00:02: ok", true},
		{"ether 00:11:22:33:44:55", "ether 00:11:22:33:44:56", false},
		{"ether 02:42:11", "ether 02:42:aa", false},
		{"1796040000 up", "1796040042.5 up", true},
		{"1796040000123", "1796040000124", true},
		{"1896040000 expires", "1896040042 expires", false},
		{"port 8080", "port 8081", false},
		{"took 12ms", "took 13ms", false},
		{"id=a1 ok", "id=b2 ok", true}, // by the pattern
		{"é 12:00:01", "é 12:00:02", true},
	} {
		one := fold.Member{Name: "web-0", Own: []fold.Own{{Text: "web-0", Mask: "<pod>"}, {Text: "10.0.0.1", Mask: "<ip>"}}, Output: []byte(c.one)}
		other := fold.Member{Name: "web-1", Own: []fold.Own{{Text: "web-1", Mask: "<pod>"}, {Text: "10.0.0.2", Mask: "<ip>"}}, Output: []byte(c.other)}
		if got := len(fold.Fold([]fold.Member{one, other}, masks(t, `id=\w+`)).Groups) == 1; got != c.equal {
			t.Errorf("%q and %q are equal: %v", c.one, c.other, got)
		}
	}
}

// All addresses of a pod are its own, in every form, and the parts of other addresses are not.
func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		one, other string
		equal      bool
	}{
		{"10.0.0.1 fd00::1", "10.0.0.2 fd00::a2", true},
		{"inet6 addr:fd00::1/64 up", "inet6 addr:fd00::a2/64 up", true},
		{"http://[fd00::1]:8080/", "http://[fd00::a2]:8080/", true},
		{"fd00::1: ok", "fd00::a2: ok", true},
		{"at fd00:0:0:0:0:0:0:1", "at fd00:0:0:0:0:0:0:a2", true},
		{"at fd00:0000:0000:0000:0000:0000:0000:0001", "at fd00:0000:0000:0000:0000:0000:0000:00a2", true},
		{"FD00::1", "FD00::A2", true},
		{"::ffff:10.0.0.1", "::ffff:10.0.0.2", true},
		{"fd00::1:5", "fd00::a2:5", false},
		{"dead:fd00::1", "dead:fd00::a2", false},
		{"fd00::11", "fd00::a21", false},
	} {
		one := fold.Member{Name: "web-0", Own: fold.Addresses("10.0.0.1", "10.0.0.1", "fd00::1", ""), Output: []byte(c.one)}
		other := fold.Member{Name: "web-1", Own: fold.Addresses("10.0.0.2", "fd00::a2"), Output: []byte(c.other)}
		if got := len(fold.Fold([]fold.Member{one, other}, masks(t)).Groups) == 1; got != c.equal {
			t.Errorf("%q and %q are equal: %v", c.one, c.other, got)
		}
	}
}

// Members of another language or encoding fold among themselves, and are told as text only where they are UTF-8.
func TestLocales(t *testing.T) {
	f := fold.Fold([]fold.Member{
		member("a", "exit 1", "cat: x: No such file, 12:00:01"), member("b", "exit 1", "cat: x: Datei nicht gefunden – ä, 12:00:01,5"),
		member("c", "exit 1", "cat: x: Datei nicht gefunden – ä, 12:00:02,25"), member("d", "exit 1", "cat: x: Datei nicht gefunden - \xe4"),
		member("e", "exit 1", "cat: x: Datei nicht gefunden - \xe4"), member("f", "exit 1", "cat: x: \x83t\x83@\x83C\x83\x8b"),
	}, masks(t))
	if got := groups(f); got != "b c | d e | a | f" {
		t.Fatal(got)
	}
	for i, want := range []bool{false, true, false, true} {
		if got := f.Groups[i].Binary(); got != want {
			t.Errorf("%s are no text: %v", f.Groups[i].Names(), got)
		}
		if diff := f.Diff(i); !utf8.ValidString(diff) || i > 0 && diff == "" {
			t.Errorf("the diff of %s is %q", f.Groups[i].Names(), diff)
		}
	}
}

func TestPatternErrors(t *testing.T) {
	for text, want := range map[string]string{
		`a[`:                      `pattern "a[" at column 2: missing closing ]: [`,
		`x(?P<n`:                  `pattern "x(?P<n" at column 2: invalid named capture: (?P<n`,
		`a*`:                      `pattern "a*": it finds what is empty, and would mask everywhere; use + instead of *`,
		strings.Repeat("a", 2000): "a pattern has at most 1000 bytes",
		`a{2000}`:                 `pattern "a{2000}" at column 2: invalid repeat count: {2000}`,
		"\x1b[":                   `pattern "␛[" at column 2: missing closing ]: [`,
	} {
		_, err := fold.NewMasks(now, []string{text})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
	if _, err := fold.NewMasks(now, slices.Repeat([]string{"a"}, 21)); err == nil {
		t.Error("any number of patterns is taken")
	}
}

func TestDiff(t *testing.T) {
	f := fold.Fold([]fold.Member{
		member("a", "exit 0", "a at 12:00:01\ntwo\nthree\n"), member("b", "exit 0", "b at 12:00:02\ntwo\nthree\n"),
		member("c", "exit 0", "c at 12:00:03\ntw\x1b[31mo\nthree\n"), member("d", "exit 1", "d at 12:00:03\ntwo\nthree\n"), member("e", "exit 0", "\x00"),
		member("f", "exit 0", "f at 12:00:03\ntwo\n"),
	}, masks(t))
	if got := groups(f); got != "a b | c | d | e | f" {
		t.Fatal(got)
	}
	for i, want := range []string{
		"", "--- a\n+++ c\n@@ -1,3 +1,3 @@\n <pod> at <time>\n-two\n+tw␛[31mo\n three\n", "", "not text: 1 bytes here, 24 bytes in a\n",
		"--- a\n+++ f\n@@ -1,3 +1,2 @@\n <pod> at <time>\n two\n-three\n",
	} {
		if got := f.Diff(i); got != want {
			t.Errorf("the diff of %s is\n%q, want\n%q", f.Groups[i].Members[0].Name, got, want)
		}
	}
	for i, want := range []fold.Difference{{}, {Line: 2, Here: "tw␛[31mo", There: "two"}, {}, {}, {Line: 3, Here: "", There: "three"}} {
		if got := f.FirstDifference(i); got != want {
			t.Errorf("the first difference of %s is %+v, want %+v", f.Groups[i].Members[0].Name, got, want)
		}
	}
}

// What is long is compared to a limit, and that is said.
func TestDiffOfLongOutputs(t *testing.T) {
	line := strings.Repeat("é", 100) + "\n"
	f := fold.Fold([]fold.Member{member("a", "exit 0", strings.Repeat(line, 5000)), member("b", "exit 0", "other\n"+strings.Repeat(line, 5000))}, masks(t))
	got := f.Diff(1)
	if !strings.Contains(got, "+other\n") || !strings.HasSuffix(got, "only the first 64 KiB are compared line by line\n") || len(got) > 10_000 {
		t.Errorf("%d bytes: %.300q", len(got), got)
	}
}

func TestIsText(t *testing.T) {
	for text, want := range map[string]bool{"": true, "é\n": true, "a\x00": false, "\xe9t\xe9": false, "\xff": false} {
		if got := fold.IsText([]byte(text), false); got != want {
			t.Errorf("%q is text: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"a\xe2\x82": true, "a\xc3": true, "a\xff\xff\xff\xff": false} {
		if got := fold.IsText([]byte(text), true); got != want {
			t.Errorf("%q, cut off, is text: %v", text, got)
		}
	}
}

// The promise is half a second for these.
func BenchmarkFold(b *testing.B) {
	const outputs, lines = 1000, 100
	var members []fold.Member
	for i := range outputs {
		name := fmt.Sprintf("web-7d9c5b6f4-%05d", i)
		var text strings.Builder
		for line := range lines {
			fmt.Fprintf(&text, "2026-11-30T12:%02d:%02dZ %s [10.1.%d.%d] GET /cart/items/%d 200 1796040%03d\n", i%60, line%60, name, i/250, i%250, line, i%1000)
		}
		if i%100 == 7 {
			text.WriteString("one more\n")
		}
		m := member(name, "exit 0", text.String())
		m.Own = append(m.Own, fold.Own{Text: fmt.Sprintf("10.1.%d.%d", i/250, i%250), Mask: "<ip>"})
		members = append(members, m)
	}
	m := masks(b)
	b.ReportAllocs()
	for b.Loop() {
		f := fold.Fold(members, m)
		if len(f.Groups) != 2 || f.Diff(1) == "" {
			b.Fatal(groups(f))
		}
	}
}
