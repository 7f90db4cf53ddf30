package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/themes"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the READMEs")

// part is what is generated in a README, between <!-- NAME: make docs --> and <!-- end of NAME -->.
type part struct {
	name string
	made func(t *testing.T) string
}

// TestReadme holds the generated parts of the READMEs to what the program has; -update rewrites them.
func TestReadme(t *testing.T) {
	for file, parts := range map[string][]part{
		"README.md":         {{"topics", readmeTopics}},
		"presets/README.md": {{"presets", readmePresets}, {"own", readmeOwnPresets}},
		"themes/README.md":  {{"themes", readmeThemes}, {"fields", readmeThemeFields}},
	} {
		t.Run(strings.ReplaceAll(file, "/", "-"), func(t *testing.T) {
			holdParts(t, filepath.Join("..", "..", filepath.FromSlash(file)), parts)
		})
	}
}

func holdParts(t *testing.T, file string, parts []part) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, p := range parts {
		begin, end := "<!-- "+p.name+": make docs -->\n", "<!-- end of "+p.name+" -->"
		head, rest, ok := strings.Cut(text, begin)
		_, tail, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no part between %q and %q", file, begin, end)
		}
		text = head + begin + p.made(t) + end + tail
	}
	if text == string(data) {
		return
	}
	if !*update {
		t.Fatalf("%s is not up to date with the program: run make docs", file)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The README is a page to begin with, and stays short.
func TestReadmeIsShort(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 150 {
		t.Errorf("README.md has %d lines: what is looked up belongs into a topic of help", lines)
	}
}

// readmeTopics are the topics of help.
func readmeTopics(*testing.T) string {
	var b strings.Builder
	b.WriteString("| `dayfly help …` | explains |\n|---|---|\n")
	for _, t := range topics() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", t.name, t.about)
	}
	return b.String()
}

// readmePresets are the shipped presets.
func readmePresets(t *testing.T) string {
	list, mistakes := presets.Load(filepath.Join(t.TempDir(), "none"))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	var b strings.Builder
	b.WriteString("| preset | for | image | profile |\n|---|---|---|---|\n")
	for _, p := range list {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", p.Name, p.Purpose, p.Image, p.Profile)
	}
	return b.String()
}

// readmeOwnPresets is what dayfly help presets says behind the list. What is indented there is a file.
func readmeOwnPresets(t *testing.T) string {
	const list = "{{presets}}\n"
	page, err := topicFiles.ReadFile("topics/presets.txt")
	_, own, ok := strings.Cut(string(page), list)
	if err != nil || !ok {
		t.Fatalf("the page on presets has no %s: %v", list, err)
	}
	var b strings.Builder
	code := false
	for line := range strings.Lines(own) {
		text, indented := strings.CutPrefix(line, "  ")
		switch {
		case indented && !code:
			b.WriteString("```yaml\n")
		case !indented && code:
			b.WriteString("```\n")
		}
		code = indented
		b.WriteString(text)
	}
	return b.String()
}

// The sample of a preset has every field that a preset can have.
func TestSampleHasAllFields(t *testing.T) {
	text := sample(t, "presets", "name:")
	for field := range reflect.TypeFor[presets.Preset]().Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); name != "" && name != "-" && !strings.Contains(text, name+":") {
			t.Errorf("the sample in dayfly help presets has no %s:\n%s", name, text)
		}
	}
}

// readmeThemes are the shipped themes. What a file begins with says what is special about it.
func readmeThemes(t *testing.T) string {
	set, mistakes := themes.Load(filepath.Join(t.TempDir(), "none"))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	var b strings.Builder
	b.WriteString("| theme | terminal | |\n|---|---|---|\n")
	for _, theme := range set {
		data, err := os.ReadFile(filepath.Join("..", "..", "themes", theme.Name+".yaml"))
		first, _, _ := strings.Cut(string(data), "\n")
		about, ok := strings.CutPrefix(first, "# ")
		if err != nil || !ok {
			t.Fatalf("theme %s does not begin with what is special about it: %q, %v", theme.Name, first, err)
		}
		terminal := "light"
		if theme.Dark {
			terminal = "dark"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", theme.Name, terminal, strings.TrimSuffix(about, "."))
	}
	return b.String()
}

// readmeThemeFields are the fields of a theme, with what is said of them where they are declared.
func readmeThemeFields(t *testing.T) string {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "themes", "theme.go"), nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| field | |\n|---|---|\n")
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Theme" {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
			about := strings.TrimSpace(field.Comment.Text())
			if about == "" {
				t.Errorf("nothing is said of field %s of a theme", tag.Get("yaml"))
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", tag.Get("yaml"), about)
		}
		return false
	})
	return b.String()
}

// What the README on themes shows is a theme.
func TestSampleOfATheme(t *testing.T) {
	readme, err := os.ReadFile("../../themes/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```\n")
	folder := t.TempDir()
	write(t, filepath.Join(folder, "harbour.yaml"), text)
	set, mistakes := themes.Load(folder)
	if _, err := set.Find("harbour"); err != nil || !ok || len(mistakes) > 0 {
		t.Errorf("%v, %v:\n%s", err, mistakes, text)
	}
}
