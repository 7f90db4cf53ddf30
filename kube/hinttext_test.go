package kube_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// keyOrFlag finds the name of a key or of a flag in a sentence.
var keyOrFlag = regexp.MustCompile(`(?i)\bpress(es|ed|ing)? |\besc\b|↵|\b(ctrl|alt|shift)[-+]|` +
	`(^|[\s(,;:])--[a-z][-a-z]+|(^|[\s(,;:])-[a-z]\b|\b(with|key|then|and|or) [b-z?]([,;:.)]|$)|` +
	`(^|[\s(,;:])[b-z!?] (adds|asks|attaches|chooses|clears|copies|fixes|goes|leaves|lists|mends|opens|retries|shows|starts|switches|takes)\b|\([b-z]\)`)

// namesKeyOrFlag reports whether a sentence tells how to do something on a screen or on the command line of dayfly. Commands of kubectl and
// what scripts consist of are none of that.
func namesKeyOrFlag(text string) bool {
	sentence := strings.Count(text, " ") > 1 && !strings.ContainsAny(text, "$\n") && !strings.Contains(text, "sh -c ") && !strings.Contains(text, "2>&1") && !strings.Contains(text, ">&2") && !strings.Contains(text, "; exit") && !strings.HasPrefix(text, "(?")
	return sentence && !strings.Contains(text, "kubectl ") && text != " --profile " && keyOrFlag.MatchString(text)
}

func TestSentencesThatNameAKeyOrAFlag(t *testing.T) {
	for text, want := range map[string]bool{
		"they may have expired: log in again, then press r": true,
		"is the cluster up? c chooses another context":      true,
		"esc goes back to the list":                         true,
		"choose another with p":                             true,
		"choose a profile that gives less (p)":              true,
		"choose one of them with --context: ":               true,
		"-n chooses another namespace":                      true,
		"the tools: ↵ takes one":                            true,
		"type it and send it with ctrl+d":                   true,
		"log in from a shell with a password":               false,
		"it, or a proxy in front of it, may be broken":      false,
		"kubectl debug takes them only with --custom":       false,
		"an empty volume, or one with a name":               false,
	} {
		if got := namesKeyOrFlag(text); got != want {
			t.Errorf("%q names one: %v", text, got)
		}
	}
}

// What helps is said by a [Help]: a sentence that names a key is wrong on the command line, and one that names a flag on a screen.
func TestNoSentenceNamesAKeyOrAFlag(t *testing.T) {
	sentences := 0
	for _, root := range []string{".", filepath.Join("..", "presets")} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "practice" || entry.Name() == "crashloop"): // it imitates others; it has commands of its own
				return fs.SkipDir
			case !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
				return nil
			}
			files := gotoken.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				literal, ok := node.(*ast.BasicLit)
				if !ok || literal.Kind != gotoken.STRING {
					return true
				}
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Error(err)
				}
				sentences++
				if namesKeyOrFlag(text) {
					t.Errorf("%s: %q names a key or a flag: use a Help", files.Position(literal.Pos()), text)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if sentences < 1000 {
		t.Errorf("only %d texts were found", sentences)
	}
}
