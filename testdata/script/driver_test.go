package script

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// The other tests say that nothing is left behind; this one, that they would see it.
func TestDriverSeesWhatIsLeftBehind(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		`stty -echo`: "modes of the line", `printf '\033[?1049h'`: "the alternate screen", `printf '\033[?25l'`: "a hidden cursor",
		`printf '\033[?1000;1006h'`: "private mode 1006", `printf '\033[>1u'`: "kitty's keyboard flags",
		`printf '\033[>4;2m'`: "modifyOtherKeys", `printf '\033[5 q'`: "the cursor's shape", `printf '\033[?7l'`: "private mode 7",
		`printf '\033[?1049h\033[?1000h\033[>1u\033[4 q\033[0 q\033[<u\033[?1000l\033[?1049l'`: "",
	} {
		term := runsShell(t, script)
		if code, err := term.Wait(soon); code != 0 || err != nil {
			t.Errorf("%s: exit code %d, %v", script, code, err)
		}
		left := strings.Join(term.Leftovers(), ", ")
		if want == "" && left != "" || !strings.Contains(left, want) {
			t.Errorf("%s: leftovers are %q, want %q", script, left, want)
		}
	}
}

// What the emulator cannot draw fails a test with a word on why, and not the whole run.
func TestDriverSurvivesItsEmulator(t *testing.T) {
	t.Parallel()
	term := runsShell(t, `printf 'before\n\033[1;98r\033[H\033M'; cat`)
	err := term.WaitFor(soon, "what never comes", func(s terminal.Screen) bool { return s.Has("never") })
	if err == nil || !strings.Contains(err.Error(), "emulator panicked") {
		t.Errorf("the error is %v", err)
	}
}

func runsShell(t *testing.T, script string) *terminal.Terminal {
	t.Helper()
	term, err := terminal.Start(terminal.Program{Path: "/bin/sh", Args: []string{"-c", script}, Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := term.Close(); err != nil {
			t.Error(err)
		}
	})
	return term
}
