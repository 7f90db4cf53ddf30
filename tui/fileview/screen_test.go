package fileview

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// asked is what a test's file is to be done with.
type asked string

func looking(t *testing.T, name string) (*kittest.Host, *Screen) {
	t.Helper()
	h := kittest.NewHost(t)
	s := New(t.Context(), h.Kit, Options{Cluster: h.Cluster, Path: "/srv/" + name, Title: "web › app › /srv/" + name, Download: asked("download"), Edit: asked("edit")})
	h.Requests = func(msg tea.Msg) bool { _, ok := msg.(asked); return ok }
	h.Stack = append(h.Stack, s)
	return h, s
}

// Every state is drawn at every size, whatever is in the file.
func TestEverySize(t *testing.T) {
	for _, name := range []string{"mixed", "empty"} {
		text := texts()[name]
		_, s := looking(t, name)
		kittest.CheckEverySize(t, s)
		s.put(0, (&disk{text: text}).portion(0))
		s.find.needle, s.find.line = "x", kit.NewFilter("/ ")
		kittest.CheckEverySize(t, s)
		s.hex, s.problem, s.note = true, &kube.Problem{Message: strings.Repeat("it is so. ", 30), Hint: "do this"}, "shorter"
		kittest.CheckEverySize(t, s)
	}
	_, s := looking(t, "x.gz")
	kittest.CheckEverySize(t, s)
	s.problem = &kube.Problem{Message: strings.Repeat("no gzip. ", 30), Hint: "do this"}
	kittest.CheckEverySize(t, s)
}

func TestKeysHaveNames(t *testing.T) { kittest.CheckPresses(t, newKeyMap(kit.NewKeyMap())) }

// brings has a portion come that the screen has asked for.
func brings(t *testing.T, h *kittest.Host, s *Screen, d *disk) {
	t.Helper()
	h.Do(t, portionMsg{s, s.source, s.loading, d.portion(max(s.loading, 0)), nil})
}

// What is no text is shown in hexadecimal by itself, and as text when a person wants that.
func TestHexByItself(t *testing.T) {
	h, s := looking(t, "core")
	s.load()
	brings(t, h, s, &disk{text: []byte("\x7fELF\x00\x01")})
	if !strings.Contains(h.Text(), "00000000  7f 45 4c 46 00 01") {
		t.Errorf("it shows\n%s", h.Text())
	}
	h.Do(t, kittest.Press("h"))
	if strings.Contains(h.Text(), "7f 45") || !strings.Contains(h.Text(), "ELF") {
		t.Errorf("it shows\n%s", h.Text())
	}
}

// A file that grows is followed, until a person goes elsewhere in it.
func TestFollow(t *testing.T) {
	h, s := looking(t, "app.log")
	d := &disk{text: []byte(strings.Repeat("line\n", 100))}
	s.load()
	brings(t, h, s, d)
	h.Text()
	h.Do(t, kittest.Press("f"))
	d.text = append(d.text, "last\n"...)
	h.Do(t, kit.Tick{})
	if s.loading != 0 {
		t.Fatalf("it reads portion %d", s.loading)
	}
	brings(t, h, s, d)
	if text := h.Text(); !strings.Contains(text, "last") || !strings.Contains(text, "following") {
		t.Errorf("it shows\n%s", text)
	}
	h.Do(t, kittest.Press("g"), kit.Tick{})
	if s.loading >= 0 || s.follow {
		t.Error("it goes on following")
	}
}

// A search that was ended by another is not heard, and n and N go on from what was found.
func TestSearchResults(t *testing.T) {
	h, s := looking(t, "app.log")
	s.load()
	brings(t, h, s, &disk{text: []byte(strings.Repeat("line\n", 1000) + "needle\n" + strings.Repeat("line\n", 1000))})
	h.Text()
	s.find.needle, s.find.line = "needle", kit.NewFilter("/ ")
	s.search(true, true)
	late := s.find.run
	s.search(true, true)
	h.Do(t, foundMsg{s, late, 1, nil})
	if s.find.at >= 0 {
		t.Error("what comes late counts")
	}
	h.Do(t, foundMsg{s, s.find.run, 5000, nil})
	if !strings.Contains(h.Text(), "needle") || s.find.at != 5000 {
		t.Errorf("it shows\n%s", h.Text())
	}
	h.Do(t, kittest.Press("n"))
	h.Do(t, foundMsg{s, s.find.run, -1, nil})
	if h.Flashed != "no more matches that way" {
		t.Errorf("it says %q", h.Flashed)
	}
	h.Do(t, kittest.Press("esc"))
	if s.find.needle != "" || len(h.Stack) != 2 {
		t.Error("esc does not end the search first")
	}
}

// Downloads and edits are asked of whoever is below.
func TestOthersDoTheRest(t *testing.T) {
	for name, want := range map[string]asked{"d": "download", "e": "edit"} {
		h, s := looking(t, "x")
		s.load()
		brings(t, h, s, &disk{text: []byte("x")})
		h.Do(t, kittest.Press(name))
		if len(h.Asked) != 1 || h.Asked[0] != want || len(h.Stack) != 1 {
			t.Errorf("%s asks for %v", name, h.Asked)
		}
	}
	h, s := looking(t, "gone")
	s.load()
	h.Do(t, portionMsg{s, s.source, 0, files.Portion{}, &kube.Problem{Message: "it is gone", Hint: "look elsewhere"}})
	if !strings.Contains(h.Text(), "it is gone") {
		t.Errorf("it shows\n%s", h.Text())
	}
}
