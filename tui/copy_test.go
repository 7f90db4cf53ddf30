package tui

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// clipboard is what was sent to the terminal's clipboard.
func clipboard(t *testing.T, written string) string {
	t.Helper()
	for _, part := range strings.Split(written, "\a") {
		if _, encoded, ok := strings.Cut(part, "\x1b]52;c;"); ok {
			text, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Error(err)
			}
			return string(text)
		}
	}
	return ""
}

func TestCopy(t *testing.T) {
	for _, c := range []struct{ screen, keys, want string }{
		{"containers", "ky", "init"},
		{"containers", "kY", "kubectl logs pod-1 --container=init --context=here --namespace=shop"},
		{"containers", "jjy", "debugger-x"},
		{"containers", "jjY", "kubectl attach -it pod-1 --container=debugger-x --context=here --namespace=shop"},
		{"tools", "y", "busybox:1.37"},
		{"tools", "Y", "kubectl debug -it web --context=here --namespace=shop --container=debugger-fixed --image=busybox:1.37 --target=app --profile=general --image-pull-policy=IfNotPresent -- sh"},
		{"gone", "y", ""},
		{"pods", "", ""},
	} {
		a := allScreens(t)[c.screen]
		a.width, a.height = 160, 24
		var written strings.Builder
		a.painter = paintOn(&written, false)
		a.painter.Resume()
		for _, k := range c.keys {
			a.Update(press(string(k)))
		}
		a.painter.Step()
		if sent := clipboard(t, written.String()); sent != c.want {
			t.Errorf("%s %s: %q is sent, want %q", c.screen, c.keys, sent, c.want)
		}
		frame := ansi.Strip(a.draw())
		const room = 110 // what is long is cut off
		if c.want != "" && !strings.Contains(frame, "sent to the terminal's clipboard: "+c.want[:min(len(c.want), room)]) {
			t.Errorf("%s %s: it is not said:\n%s", c.screen, c.keys, frame)
		}
		if c.keys != "" && c.want == "" && !strings.Contains(frame, "there is no name to copy here") {
			t.Errorf("%s %s: it is not said that there is nothing:\n%s", c.screen, c.keys, frame)
		}
	}
}

// hostile has a name to copy that is harmful.
type hostile struct{ kit.Screen }

func (hostile) CopyName() string    { return "a\x1b[31mb" }
func (hostile) CopyCommand() string { return "" }

// What is shown of what was sent cannot harm the terminal.
func TestCopyShowsHostileNamesCleaned(t *testing.T) {
	a := testApp(t)
	a.width, a.height = 80, 24
	s := hostile{a.top()}
	a.stack = append(a.stack, s)
	a.do(t, press("y"))
	if strings.Contains(a.flash, "\x1b") {
		t.Errorf("the remark is %q", a.flash)
	}
}
