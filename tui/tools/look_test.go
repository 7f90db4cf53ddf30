package tools

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// slowRegistry answers when it is told to.
type slowRegistry struct {
	asked  chan string
	answer chan error
	ended  chan string // images whose question was given up
}

func (r slowRegistry) Look(ctx context.Context, image string, p registry.Platform, news func(string)) (registry.Image, error) {
	news("asking")
	r.asked <- image
	select {
	case err := <-r.answer:
		return registry.Image{Name: image, Digest: "sha256:0", Platform: p, Size: 38_000_000}, err
	case <-ctx.Done():
		r.ended <- image
		return registry.Image{}, ctx.Err()
	}
}

func slowLook(t *testing.T) (*look, slowRegistry) {
	t.Helper()
	a := newDesk(t)
	r := slowRegistry{make(chan string, 9), make(chan error, 9), make(chan string, 9)}
	a.After = func(_ time.Duration, msg tea.Msg) tea.Cmd {
		if _, spins := msg.(lookSpinMsg); spins {
			return nil
		}
		return func() tea.Msg { return msg }
	}
	l := newLook(t.Context(), a.Kit, r)
	t.Cleanup(l.Close)
	return l, r
}

// rest lets a look that was turned to an image begin, and returns the command that waits for its news.
func (l *look) rest(due tea.Cmd) tea.Cmd { return l.update(due()) }

func TestLookIsGivenUpWhenTheCursorMovesOn(t *testing.T) {
	l, r := slowLook(t)
	linux := registry.Platform{OS: "linux", Arch: "amd64"}
	first := l.at("one:1", linux)
	second := l.at("two:1", linux) // before the first was due
	if cmd := l.rest(first); cmd != nil {
		t.Error("an image that the cursor has left is asked for")
	}
	news := l.rest(second)
	if got := <-r.asked; got != "two:1" {
		t.Errorf("%s is asked for", got)
	}
	third := l.at("three:1", linux)
	if got := <-r.ended; got != "two:1" {
		t.Errorf("%s is given up", got)
	}
	for late := news; late != nil; { // what it still says is nobody's
		msg := late()
		late = l.update(msg)
	}
	if mark, words, _ := l.words(); mark != "" || words != "" {
		t.Errorf("it says %q of an image it has not asked for", words)
	}
	news = l.rest(third)
	r.answer <- nil
	for news != nil {
		news = l.update(news())
	}
	if mark, words, _ := l.words(); mark != "✓" || !strings.Contains(words, "38 MB for linux/amd64, runs as root") {
		t.Errorf("it says %s %q", mark, words)
	}
	if l.at("three:1", linux) != nil {
		t.Error("the same image is asked for again")
	}
}

func TestLookSaysWhatIsWrong(t *testing.T) {
	l, r := slowLook(t)
	news := l.rest(l.at("one:1", registry.Platform{OS: "linux", Arch: "amd64"}))
	r.answer <- &registry.Problem{Kind: registry.NotFound, Problem: kube.Problem{Message: "look at one:1: it is \x1b[31mnot there", Hint: "look elsewhere"}}
	for news != nil {
		news = l.update(news())
	}
	mark, words, hint := l.words()
	if mark != "!" || strings.Contains(words, "\x1b") || !strings.HasPrefix(words, "it is") || hint != "look elsewhere" {
		t.Errorf("it says %s %q, %q", mark, words, hint)
	}
}

// Without a registry to ask nothing is asked.
func TestNoLook(t *testing.T) {
	a := newDesk(t)
	if l := newLook(t.Context(), a.Kit, nil); l.at("one:1", registry.Platform{}) != nil {
		t.Error("an image is asked for")
	}
}

// Where the settings of the context say so, nobody is asked.
func TestSilentSettingsAskNobody(t *testing.T) {
	a := onePodDesk(t, kittest.Running)
	a.registry = slowRegistry{make(chan string, 9), make(chan error, 9), make(chan string, 9)}
	a.After = func(_ time.Duration, msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
	for _, silent := range []bool{true, false} {
		a.registries = func(string) registry.Settings { return registry.Settings{Silent: silent} }
		s := toolsOn(t, a)
		if due := s.lookAt(); (s.look.image == "") != silent {
			t.Errorf("silent %t: the look is at %q by %v", silent, s.look.image, due)
		}
	}
}
