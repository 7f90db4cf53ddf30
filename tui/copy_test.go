package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
)

// clipboard is what a command sends to the terminal's clipboard.
func clipboard(cmd tea.Cmd) []string {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		var all []string
		for _, c := range msg {
			all = append(all, clipboard(c)...)
		}
		return all
	default:
		if fmt.Sprintf("%T", msg) == "tea.setClipboardMsg" {
			return []string{fmt.Sprint(msg)}
		}
	}
	return nil
}

func TestCopy(t *testing.T) {
	for _, c := range []struct{ screen, keys, want string }{
		{"containers", "y", "init"},
		{"containers", "Y", "kubectl logs pod-1 --container=init --context=test --namespace=shop"},
		{"containers", "jjy", "debugger-x"},
		{"containers", "jjY", "kubectl attach -it pod-1 --container=debugger-x --context=test --namespace=shop"},
		{"tools", "y", "busybox"},
		{"tools", "Y", "kubectl debug"},
		{"gone", "y", ""},
		{"pods", "", ""},
	} {
		a := allScreens(t)[c.screen]
		a.width, a.height = 160, 24
		a.cluster.Context = "test"
		if s, ok := a.top().(*containersScreen); ok && s.cluster != nil {
			s.cluster.Context = "test"
		}
		var sent []string
		for _, k := range c.keys {
			_, cmd := a.Update(press(string(k)))
			sent = append(sent, clipboard(cmd)...)
		}
		if strings.Join(sent, "|") != c.want {
			t.Errorf("%s %s: %q is sent, want %q", c.screen, c.keys, sent, c.want)
		}
		frame := ansi.Strip(a.draw())
		if c.want != "" && !strings.Contains(frame, "sent to the terminal's clipboard: "+c.want) {
			t.Errorf("%s %s: it is not said:\n%s", c.screen, c.keys, frame)
		}
		if c.keys != "" && c.want == "" && !strings.Contains(frame, "there is no name to copy here") {
			t.Errorf("%s %s: it is not said that there is nothing:\n%s", c.screen, c.keys, frame)
		}
	}
}

// What is shown of what was sent cannot harm the terminal.
func TestCopyShowsHostileNamesCleaned(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	a.stack = append(a.stack, &containersScreen{kit: a.kit, explainedPod: explainedPod{podWatch: podWatch{cluster: a.cluster, stop: func() {}, pod: &kube.Pod{
		Containers: []kube.Container{{Name: "a\x1b[31mb"}},
	}}}})
	a.do(t, press("y"))
	if strings.Contains(a.flash, "\x1b") {
		t.Errorf("the remark is %q", a.flash)
	}
}
