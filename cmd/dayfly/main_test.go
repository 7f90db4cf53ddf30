//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/background"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// The test binary is dayfly itself when this is set, so that tests run the real process in a real terminal.
const beDayfly = "DAYFLY_TEST_BE_DAYFLY"

func TestMain(m *testing.M) {
	background.Main()
	process.Main()
	if os.Getenv(beDayfly) != "" {
		main()
		return
	}
	kube.RouteLogs(slog.New(slog.DiscardHandler)) // the practice cluster is in this process
	os.Exit(m.Run())
}

// program is dayfly in a terminal.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	tty    *os.File // the terminal's side
	line   *os.File // the program's side, for its modes
	before *term.State

	mu     sync.Mutex
	output bytes.Buffer
	news   chan struct{}
	ended  chan error
}

// home is a folder with a kubeconfig of a cluster that is not there.
func home(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "kubeconfig"), `{apiVersion: v1, kind: Config, current-context: here,
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}], contexts: [{name: here, context: {cluster: c, namespace: shop}}]}`)
	return folder
}

func environment(folder string) []string {
	return []string{
		beDayfly + "=1", "HOME=" + folder, "KUBECONFIG=" + filepath.Join(folder, "kubeconfig"), "TERM=xterm-256color",
		"XDG_CONFIG_HOME=" + filepath.Join(folder, "config"), "XDG_STATE_HOME=" + filepath.Join(folder, "state"), "PATH=" + os.Getenv("PATH"),
		"GORACE=" + os.Getenv("GORACE"),
	}
}

func start(t *testing.T, folder string, cols, rows uint16, args ...string) *program {
	t.Helper()
	tty, line, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: cols, Rows: rows}); err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(int(line.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, tty: tty, line: line, before: before, news: make(chan struct{}, 1), ended: make(chan error, 1)}
	p.cmd = exec.Command(os.Args[0], args...)
	p.cmd.Env = environment(folder)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = line, line, line
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read()
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = line.Close()
		_ = tty.Close()
	})
	return p
}

func (p *program) read() {
	chunk := make([]byte, 4096)
	for {
		n, err := p.tty.Read(chunk)
		p.mu.Lock()
		p.output.Write(chunk[:n])
		p.mu.Unlock()
		select {
		case p.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// text is everything printed so far, without sequences and white space: how it is laid out is not of interest here.
func (p *program) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(strings.Fields(ansi.Strip(p.output.String())), "")
}

func (p *program) raw() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

const patience = time.Minute

func (p *program) waitFor(words string) {
	p.t.Helper()
	words = strings.Join(strings.Fields(words), "")
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for !strings.Contains(p.text(), words) {
		select {
		case <-p.news:
		case <-timeout.C:
			p.t.Fatalf("%q is not on the screen: %q", words, p.text())
		}
	}
}

func (p *program) typed(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.tty, keys); err != nil {
		p.t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code.
func (p *program) exit() int {
	p.t.Helper()
	select {
	case err := <-p.ended:
		var status *exec.ExitError
		if err != nil && !errors.As(err, &status) {
			p.t.Fatal(err)
		}
		p.drain()
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.t.Fatalf("it does not end: %q", p.text())
		return -1
	}
}

// drain waits until all that the process has printed is read: behind it comes a mark of our own.
func (p *program) drain() {
	p.t.Helper()
	const mark = "[the end]"
	if _, err := io.WriteString(p.line, mark); err != nil {
		p.t.Fatal(err)
	}
	p.waitFor(mark)
}

// restored checks that the terminal is as it was.
func (p *program) restored() {
	p.t.Helper()
	after, err := term.GetState(int(p.line.Fd()))
	if err != nil {
		p.t.Fatal(err)
	}
	if *after != *p.before {
		p.t.Errorf("the terminal's modes are %+v, were %+v", after, p.before)
	}
	out := p.raw()
	for _, mode := range []struct{ on, off, what string }{
		{"\x1b[?1049h", "\x1b[?1049l", "alternate screen"},
		{"\x1b[?25l", "\x1b[?25h", "hidden cursor"},
		{"\x1b[?2004h", "\x1b[?2004l", "bracketed paste"},
		{"\x1b[?1002h", "\x1b[?1002l", "mouse"},
	} {
		if strings.LastIndex(out, mode.on) > strings.LastIndex(out, mode.off) {
			p.t.Errorf("%s is left on", mode.what)
		}
	}
}

func TestTerminalIsRestored(t *testing.T) {
	const onScreen = "nothing answers at http://127.0.0.1:1"
	for name, end := range map[string]struct {
		how  func(p *program)
		code int
	}{
		"q":       {func(p *program) { p.typed("q") }, 0},
		"ctrl-c":  {func(p *program) { p.typed("\x03") }, 0},
		"SIGTERM": {func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGTERM) }, 128 + 15},
		"SIGHUP":  {func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGHUP) }, 128 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, home(t), 100, 30)
			p.waitFor(onScreen)
			end.how(p)
			if code := p.exit(); code != end.code {
				t.Errorf("exit code %d, want %d: %q", code, end.code, p.text())
			}
			p.restored()
		})
	}
}

// Mistakes that are told before the screen is touched.
func TestMistakesAreOneSentence(t *testing.T) {
	for name, test := range map[string]struct {
		kubeconfig string
		args       []string
		want       string
		code       int
	}{
		"unknown context":      {args: []string{"--context", "prd"}, want: `there is no context "prd" in the kubeconfig its contexts are here; choose another context with --context`, code: 1},
		"malformed kubeconfig": {kubeconfig: "clusters: [", want: "is not valid YAML near line 1", code: 1},
		"no such file":         {args: []string{"--kubeconfig", "/nowhere/config"}, want: "/nowhere/config", code: 1},
		"unknown flag":         {args: []string{"--contxt", "x"}, want: "unknown flag: --contxt. See dayfly --help for the flags", code: 2},
		"two pods":             {args: []string{"a", "b", "c"}, want: "expected one pod or workload", code: 2},
		"no such type":         {args: []string{"cronjob/nightly"}, want: `"cronjob/nightly": unsupported kind; use pod, deploy, sts, ds, rs, rc, job or svc before the slash`, code: 2},
		"no such type, apart":  {args: []string{"a", "b"}, want: `"a/b": unsupported kind; use pod`, code: 2},
		"workload and all":     {args: []string{"-A", "deploy/web"}, want: `deployment/web cannot be used with --all-namespaces`, code: 2},
		"no selector":          {args: []string{"-l", "a in"}, want: `--selector: selector "a in"`, code: 2},
		"pod and selector":     {args: []string{"-l", "a=b", "web"}, want: `pod "web" cannot be used with --selector`, code: 2},
		"pod and all":          {args: []string{"-A", "web"}, want: `pod "web" cannot be used with --all-namespaces`, code: 2},
		"detach key":           {args: []string{"--detach-key", "enter"}, want: "--detach-key:", code: 2},
	} {
		t.Run(name, func(t *testing.T) {
			folder := home(t)
			if test.kubeconfig != "" {
				write(t, filepath.Join(folder, "kubeconfig"), test.kubeconfig)
			}
			p := start(t, folder, 200, 30, test.args...)
			code := p.exit()
			p.waitFor(test.want)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			p.restored()
			if strings.Contains(p.raw(), "\x1b") {
				t.Errorf("the terminal was touched: %q", p.raw())
			}
		})
	}
}

func TestWithoutATerminal(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = environment(home(t))
	cmd.Stdin = strings.NewReader("")
	out, err := cmd.CombinedOutput()
	var status *exec.ExitError
	if !errors.As(err, &status) || status.ExitCode() != exitUsage {
		t.Errorf("ended with %v, want exit code %d", err, exitUsage)
	}
	if text := string(out); !strings.Contains(text, "stdin") || !strings.Contains(text, "terminal") || strings.Count(text, "\n") > 2 {
		t.Errorf("it says %q", text)
	}
}

func TestMistakesInTheUsersFilesAreShownAndTheRestWorks(t *testing.T) {
	folder := home(t)
	write(t, filepath.Join(folder, "config/dayfly/presets/mine.yaml"), "name: mine\nimge: busybox\n")
	p := start(t, folder, 160, 30)
	p.waitFor(`mine.yaml: line 2: unknown key "imge": did you mean "image"?`)
	p.waitFor("nothing answers")
	write(t, filepath.Join(folder, "config/dayfly/presets/mine.yaml"), "name: mine\nimage: busybox\ncomand: [sh]\n")
	p.waitFor(`mine.yaml: line 3: unknown key "comand": did you mean "command"?`) // read again by itself
	p.typed("q")
	if code := p.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestTinyTerminal(t *testing.T) {
	p := start(t, home(t), 20, 5)
	p.waitFor("dayfly needs 36×8")
	p.typed("q")
	if code := p.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	p.restored()
}

func TestVersionAndHelp(t *testing.T) {
	for arg, want := range map[string]string{"--version": "dayfly version " + version, "--help": "--request-timeout"} {
		var out bytes.Buffer
		if code := run(t.Context(), []string{arg}, &out, io.Discard); code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit code %d, %q", arg, code, out.String())
		}
	}
}
