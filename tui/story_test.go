package tui

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

var update = flag.Bool("update", false, "rewrite the frames of the stories")

func TestMain(m *testing.M) {
	process.Main()
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

const storyFolder = "../testdata/stories"

// TestStories plays the stories: what a person does, and what the screen shows then. A story is a txtar archive; how it is
// written is told in the folder's README.
func TestStories(t *testing.T) {
	eachStory(t, func(t *testing.T, file string, s *story) {
		newDriver(t, s, *update).play()
		if !*update || t.Failed() {
			return
		}
		if err := os.WriteFile(file, txtar.Format(s.archive()), 0o644); err != nil {
			t.Fatal(err)
		}
	})
}

// eachStory runs a test for each of them, side by side.
func eachStory(t *testing.T, test func(t *testing.T, file string, s *story)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(storyFolder, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			test(t, file, readStory(t, file))
		})
	}
}

func readStory(t *testing.T, file string) *story {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseStory(archive)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s
}

// story is what is done, step by step, and the frames that are to be seen.
type story struct {
	comment []byte
	script  []action
	files   []txtar.File // what is no frame: the story's input
	frames  []txtar.File // in the order in which they are seen
}

// action is one line of a script: a word that says what, and the rest of the line.
type action struct {
	line      int
	verb, arg string
}

// parseStory reads an archive. Its comment is the script; lines that begin with # are for people. The files that a frame action
// names are frames, the others are input.
func parseStory(archive *txtar.Archive) (*story, error) {
	s := &story{comment: archive.Comment}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verb, arg, _ := strings.Cut(line, " ")
		s.script = append(s.script, action{line: i + 1, verb: verb, arg: strings.TrimSpace(arg)})
	}
	for _, file := range archive.Files {
		isFrame := func(a action) bool { return a.verb == "frame" && a.arg == file.Name }
		if strings.Contains(file.Name, ".") {
			s.files = append(s.files, file)
			continue
		}
		if !slices.ContainsFunc(s.script, isFrame) && !*update {
			return nil, &unusedFrameError{file.Name}
		}
		s.frames = append(s.frames, file)
	}
	return s, nil
}

type unusedFrameError struct{ name string }

func (e *unusedFrameError) Error() string { return "nothing in the script shows frame " + e.name }

// frame is what the story wants to be seen under a name.
func (s *story) frame(name string) (text string, ok bool) {
	for _, f := range s.frames {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// say has a line of the script say something else.
func (s *story) say(line int, text string) {
	lines := bytes.SplitAfter(s.comment, []byte("\n"))
	lines[line-1] = []byte(text + "\n")
	s.comment = bytes.Join(lines, nil)
}

// archive is the story as a file.
func (s *story) archive() *txtar.Archive {
	return &txtar.Archive{Comment: s.comment, Files: append(slices.Clone(s.files), s.frames...)}
}

// frameDiff sets two frames against each other, line by line: a frame has no lines that move.
func frameDiff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for i := range max(len(w), len(g)) {
		line := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return ""
		}
		if line(w) == line(g) {
			b.WriteString("  " + line(g) + "\n")
			continue
		}
		b.WriteString("- " + line(w) + "\n+ " + line(g) + "\n")
	}
	return b.String()
}

func TestParseStory(t *testing.T) {
	s, err := parseStory(txtar.Parse([]byte("# A person looks.\n\nopen -n shop\n  keys / c r\nframe pods\n-- a.yaml --\nname: a\n-- pods --\n one\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := []action{{3, "open", "-n shop"}, {4, "keys", "/ c r"}, {5, "frame", "pods"}}
	if !slices.Equal(s.script, want) {
		t.Errorf("script %+v, want %+v", s.script, want)
	}
	if text, ok := s.frame("pods"); !ok || text != " one\n" {
		t.Errorf("frame %q, %v", text, ok)
	}
	if len(s.files) != 1 || s.files[0].Name != "a.yaml" {
		t.Errorf("files %+v", s.files)
	}
	if _, err := parseStory(txtar.Parse([]byte("frame pods\n-- posd --\n"))); err == nil {
		t.Error("a frame that nothing shows is no mistake")
	}
}

func TestFrameDiff(t *testing.T) {
	if got, want := frameDiff("a\nb\n", "a\nc\n"), "  a\n- b\n+ c\n  \n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
