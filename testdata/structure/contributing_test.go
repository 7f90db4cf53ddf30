package structure

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite the generated parts of CONTRIBUTING.md")

// TestContributing holds the generated parts of CONTRIBUTING.md to what there is; -update rewrites them.
func TestContributing(t *testing.T) {
	file := filepath.Join(root, "CONTRIBUTING.md")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, packages := string(data), list(t).packages
	for _, part := range []struct {
		begin, end string
		made       func(before string) string
	}{
		{"<!-- picture: make docs -->\n", "<!-- end of picture -->", func(string) string { return "```\n" + picture(packages) + "```\n" }},
		{"<!-- packages: make docs -->\n", "<!-- end of packages -->", func(before string) string { return packageTable(packages, before, *update) }},
	} {
		head, rest, ok := strings.Cut(text, part.begin)
		before, tail, ok2 := strings.Cut(rest, part.end)
		if !ok || !ok2 {
			t.Fatalf("CONTRIBUTING.md has no part between %q and %q", part.begin, part.end)
		}
		text = head + part.begin + part.made(before) + part.end + tail
	}
	if text == string(data) {
		return
	}
	if !*update {
		t.Fatal("CONTRIBUTING.md is not up to date with the packages: run make docs")
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// packageTable is the table of packages, in the order of the table of imports. A figure that was in it before and is less than a tenth off stays,
// unless it is to be exact: else nearly every change would have to change the table.
func packageTable(packages []*pkg, before string, exact bool) string {
	var b strings.Builder
	b.WriteString("| package | what it is | files | lines | imports of ours |\n|---|---|---:|---:|---|\n")
	for _, p := range ordered(packages) {
		files, lines := len(p.files), p.lines
		if wasFiles, wasLines, ok := figures(before, p.name); ok && !exact {
			files, lines = steady(wasFiles, files), steady(wasLines, lines)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %d | %d | %s |\n", p.name, about(p.doc), files, lines, cell(p.imported()))
	}
	return b.String()
}

// figures are the files and lines that a table of packages has for one of them.
func figures(table, name string) (files, lines int, ok bool) {
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, " | "); len(cells) == 5 && cells[0] == "| `"+name+"`" {
			files, err := strconv.Atoi(cells[2])
			lines, err2 := strconv.Atoi(cells[3])
			return files, lines, err == nil && err2 == nil
		}
	}
	return 0, 0, false
}

// steady is the figure before, if what it is now is less than a tenth off.
func steady(before, now int) int {
	if diff := max(now-before, before-now); diff*10 < now {
		return before
	}
	return now
}

// about is what a package is, from the first sentence of its documentation: "Package kube is the cluster." is "the cluster".
func about(doc string) string {
	words := strings.Fields(doc)
	if len(words) > 2 && (words[0] == "Package" || words[0] == "Command") {
		words = words[2:]
	}
	if len(words) > 1 && words[0] == "is" {
		words = words[1:]
	}
	return strings.NewReplacer("[", "", "]", "", "|", `\|`).Replace(strings.TrimRight(strings.Join(words, " "), ".:"))
}

func cell(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return "`" + strings.Join(names, "` `") + "`"
}

// ordered are packages in the order of the table of imports.
func ordered(packages []*pkg) []*pkg {
	place := map[string]int{}
	for _, r := range table() {
		for _, name := range strings.Fields(r.packages) {
			place[name] = len(place)
		}
	}
	list := slices.Clone(packages)
	slices.SortStableFunc(list, func(a, b *pkg) int { return place[a.name] - place[b.name] })
	return list
}

// pictureWidth is how wide the picture is, in characters.
const pictureWidth = 100

// picture draws a box for each folder, in the order of the table of imports, that names the folders it imports. In it are its packages, and below
// a package those that it imports: each stands in the lowest line that is above all of them.
func picture(packages []*pkg) string {
	var folders []string
	in := map[string][]*pkg{}
	for _, p := range ordered(packages) {
		f := folder(p.name)
		if in[f] == nil {
			folders = append(folders, f)
		}
		in[f] = append(in[f], p)
	}
	var b strings.Builder
	for _, f := range folders {
		var below []string
		for _, other := range folders {
			if other != f && slices.ContainsFunc(in[f], func(p *pkg) bool {
				return slices.ContainsFunc(p.imported(), func(i string) bool { return folder(i) == other })
			}) {
				below = append(below, other)
			}
		}
		title, imports := "┌─ "+f+" ", "┐"
		if len(below) > 0 {
			imports = " → " + strings.Join(below, ", ") + " ┐"
		}
		b.WriteString(title + strings.Repeat("─", max(pictureWidth-utf8.RuneCountInString(title+imports), 0)) + imports + "\n")
		for _, line := range levels(f, in[f]) {
			b.WriteString("│ " + line + strings.Repeat(" ", max(pictureWidth-4-utf8.RuneCountInString(line), 0)) + " │\n")
		}
		b.WriteString("└" + strings.Repeat("─", pictureWidth-2) + "┘\n")
	}
	return b.String()
}

// folder is the box of the picture in which a package stands.
func folder(name string) string {
	const practice = "kube/practice"
	if within(name, practice) {
		return practice
	}
	first, _, _ := strings.Cut(name, "/")
	return first
}

// levels are the lines of a box: what imports nothing in it is at the bottom.
func levels(folder string, packages []*pkg) []string {
	height := map[string]int{}
	for range packages { // the longest way down needs no more rounds than there are packages
		for _, p := range packages {
			for _, i := range p.imported() {
				if below, ok := height[i]; ok {
					height[p.name] = max(height[p.name], below+1)
				}
			}
			height[p.name] = max(height[p.name], 0)
		}
	}
	var lines []string
	for _, p := range packages {
		name := strings.TrimPrefix(p.name, folder+"/")
		for len(lines) <= height[p.name] {
			lines = append(lines, "")
		}
		lines[height[p.name]] = strings.TrimLeft(lines[height[p.name]]+"   "+name, " ")
	}
	slices.Reverse(lines)
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

func TestAbout(t *testing.T) {
	for doc, want := range map[string]string{
		"Package kube is the cluster as dayfly sees it.": "the cluster as dayfly sees it",
		"Command serve is a registry of folders:":        "a registry of folders",
		"Package api is an [http.Handler].":              "an http.Handler",
		"Package keep keeps a|b.":                        `keeps a\|b`,
	} {
		if got := about(doc); got != want {
			t.Errorf("about %q is %q, want %q", doc, got, want)
		}
	}
}

// Figures stay as long as they are about right, and what is not a figure does not.
func TestPackageTable(t *testing.T) {
	p := &pkg{name: "presets/registry", doc: "Package registry looks.", files: make([]string, 10), lines: 1000}
	before := packageTable([]*pkg{p}, "", false)
	if want := "| `presets/registry` | looks | 10 | 1000 | – |\n"; !strings.HasSuffix(before, want) {
		t.Fatalf("got\n%s\nwant at its end\n%s", before, want)
	}
	p.lines = 1099
	if got := packageTable([]*pkg{p}, before, false); got != before {
		t.Errorf("a tenth more lines change the table:\n%s", got)
	}
	if got := packageTable([]*pkg{p}, before, true); !strings.Contains(got, " 1099 ") {
		t.Errorf("the figures are not exact:\n%s", got)
	}
	p.lines = 1200
	if got := packageTable([]*pkg{p}, before, false); !strings.Contains(got, " 1200 ") {
		t.Errorf("a fifth more lines do not change the table:\n%s", got)
	}
}

func TestPicture(t *testing.T) {
	ours := func(names ...string) []string {
		for i := range names {
			names[i] = module + "/" + names[i]
		}
		return names
	}
	got := picture([]*pkg{
		{name: "kube"}, {name: "presets", imports: ours("kube", "presets/nixery")}, {name: "presets/nixery", imports: ours("presets/strictyaml")},
		{name: "presets/strictyaml"}, {name: "themes", imports: ours("presets/strictyaml")},
	})
	var lines []string
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(line) - 1; n != pictureWidth {
			t.Errorf("a line of %d: %s", n, line)
		}
		lines = append(lines, strings.Join(strings.Fields(strings.Trim(line, "─│┌┐└┘\n ")), " "))
	}
	if i := slices.Index(lines, "nixery"); i < 1 || lines[i-1] != "presets" || lines[i+1] != "strictyaml" {
		t.Errorf("presets does not stand above nixery, and that above strictyaml:\n%s", got)
	}
}
