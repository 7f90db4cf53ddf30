package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/presets"
)

// helpOn is what dayfly help prints of a topic.
func helpOn(t *testing.T, name string) string {
	t.Helper()
	code, out, errs := ran(t, nil, "help", name)
	if code != 0 || errs != "" {
		t.Fatalf("help %s: exit code %d, %s", name, code, errs)
	}
	return out
}

// Every topic is listed and printed whole, in lines that fit a terminal.
func TestTopics(t *testing.T) {
	_, list, _ := ran(t, nil, "help")
	for _, topic := range topics() {
		if !strings.Contains(list, "  "+topic.name+" ") {
			t.Errorf("dayfly help does not list %s:\n%s", topic.name, list)
		}
		text := helpOn(t, topic.name)
		if strings.Contains(text, "{{") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s has a part that is not made:\n%s", topic.name, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if n := len([]rune(line)); n > 90 {
				t.Errorf("%s: a line of %d characters: %s", topic.name, n, line)
			}
		}
	}
	for topic, want := range map[string]string{
		"keys": "  ↵ →       open\n", "presets": "  netshoot   netadmin ", "rights": "  - apiGroups: [\"\"]\n", "scripts": " outputMissing ",
	} {
		if text := helpOn(t, topic); !strings.Contains(text, want) {
			t.Errorf("%s does not have %q:\n%s", topic, want, text)
		}
	}
	if text := helpOn(t, "run"); !strings.Contains(text, "--timeout") {
		t.Errorf("help of a command is\n%s", text)
	}
	for _, args := range [][]string{{"help", "nosuch"}, {"help", "run", "nosuch"}, {"help", "keys", "run"}} {
		if code, _, errs := ran(t, nil, args...); code != exitUsage || !strings.Contains(errs, "there is no command or topic") {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
}

// What each command says of itself fits a terminal; the flags that are kubectl's do not.
func TestHelpFits(t *testing.T) {
	root := newCommand()
	for _, c := range append(root.Commands(), root) {
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
				t.Errorf("%s: a line of %d characters: %s", c.Name(), n, line)
			}
		}
	}
}

// sample is the first block of YAML in a topic that begins with a key, without its indentation.
func sample(t *testing.T, topic, key string) string {
	t.Helper()
	_, rest, ok := strings.Cut(helpOn(t, topic), "\n\n  "+key)
	if !ok {
		t.Fatalf("%s has no %s", topic, key)
	}
	var b strings.Builder
	for i, line := range strings.Split(key+rest, "\n") {
		if i > 0 && line != "" && !strings.HasPrefix(line, "  ") {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "  ") + "\n")
	}
	return b.String()
}

// What the topics show of files is what dayfly reads.
func TestSamplesAreRead(t *testing.T) {
	for _, s := range []struct{ topic, key string }{{"config", "detachKey:"}, {"registries", "registries:"}} {
		file := filepath.Join(t.TempDir(), "config.yaml")
		text := sample(t, s.topic, s.key)
		write(t, file, text)
		if c, err := config.Read(file); err != nil {
			t.Errorf("%s: %v, %+v\n%s", s.topic, err, c, text)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	text, _, ok := strings.Cut(rest, "```\n")
	file := filepath.Join(t.TempDir(), "config.yaml")
	write(t, file, text)
	if _, err := config.Read(file); err != nil || !ok {
		t.Errorf("README.md: %v\n%s", err, text)
	}
	folder := filepath.Join(t.TempDir(), "presets")
	write(t, filepath.Join(folder, "psql.yaml"), sample(t, "presets", "name:"))
	write(t, filepath.Join(folder, "custom", "psql.yaml"), "{}\n")
	list, mistakes := presets.Load(folder)
	if len(mistakes) > 0 || !strings.Contains(names(list), " psql ") {
		t.Errorf("the preset is not read: %v, %s", mistakes, names(list))
	}
}

func names(list []presets.Preset) string {
	text := " "
	for _, p := range list {
		text += p.Name + " "
	}
	return text
}
