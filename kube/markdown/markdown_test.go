package markdown_test

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/markdown"
)

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a b": "`a b`", " two\nlines ": "`two lines`", "a `b` c": "`` a `b` c ``", "```": "```` ``` ````", "@all <b>": "`@all <b>`",
	} {
		if got := markdown.Code(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"at 12:00:00Z": "at 12:00:00Z", "a_b*c": `a\_b\*c`, "[x](y) <b> # |": `\[x\](y) \<b\> \# \|`,
		"@team": "@\u200bteam", "https://x": "https:\u200b//x", "www.x": "www\u200b.x",
	} {
		if got := markdown.Escaped(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestText(t *testing.T) {
	var m markdown.Text
	m.Facts([][2]string{{"Node", "n_1"}, {"None", ""}})
	m.List("Empty", nil)
	m.List("Things", []string{"a", "b"})
	rows := [][]string{{"a|b", "c"}}
	m.Table([]string{"X", "Y"}, rows)
	m.Quote("````\nend", "diff")
	want := "- Node: n\\_1\n\n## Things\n\n- a\n- b\n| X | Y |\n|---|---|\n| a\\|b | c |\n`````diff\n````\nend\n`````\n"
	if m.String() != want || rows[0][0] != "a|b" {
		t.Errorf("got\n%s\nwant\n%s", &m, want)
	}
	if strings.Contains(m.String(), "Empty") {
		t.Error("an empty list is a section")
	}
}
