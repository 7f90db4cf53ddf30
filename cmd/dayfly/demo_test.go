//go:build unix

package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// The prompt of a practice container's shell.
const containerPrompt = "# "

// practises starts dayfly demo and waits for the sick pods.
func practises(t *testing.T) *person {
	t.Helper()
	p := sitDown(t, "demo")
	p.sees("practice › shop", "crasher", "CrashLoopBackOff", "processes on this machine")
	return p
}

// getsShell goes from the pods to a session in the crashing one.
func (p *person) getsShell() {
	p.t.Helper()
	p.types("/crasher\r")
	p.sees("▸✗ crasher")
	p.presses("d")
	p.sees("▸ volumes", "↵ debug", "Choose a tool")
	p.presses("enter")
	p.isInside()
}

func (p *person) isInside() {
	p.t.Helper()
	p.must(p.WaitFor(patience, "the container's prompt", func(s terminal.Screen) bool { return !s.Alt && s.At(containerPrompt) }))
}

// tells runs a command in the container and returns the last line that it prints. What ends the output is computed by the
// shell, so that it is not found where the line is typed. A new size may make the shell draw its line again just when it ends, so that what
// is printed begins on a line of its own.
func (p *person) tells(command string) string {
	p.t.Helper()
	from := p.Written()
	p.types("echo; " + command + "; echo $((2000000+$?))\r")
	to, err := p.WaitBytes(patience, from, "2000000\r\n")
	p.must(err)
	lines := strings.Split(strings.ReplaceAll(ansi.Strip(string(p.Output(from)[:to-from])), "\r", "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" || line == "2000000" })
	return lines[len(lines)-1]
}

func TestDemoFirstSession(t *testing.T) {
	t.Parallel()
	p := practises(t)
	p.presses("enter")
	p.sees("CONTAINER", "then d for the tools")
	p.presses("esc")
	p.sees("opens a pod")
	p.getsShell()
	if said := p.tells("echo $((6*7))"); said != "42" {
		t.Errorf("the shell says %q", said)
	}
	p.types("exit 3\r")
	p.sees("exit 3", "Session over")
	p.leavesTheCard()
}

// leavesTheCard quits. For its first moments a card takes no keys, because they may have been meant for the program that has just
// ended; so the key is pressed until it counts.
func (p *person) leavesTheCard() {
	p.t.Helper()
	const now = 100 * time.Millisecond
	for range int(patience / now) {
		p.presses("q")
		if _, err := p.Wait(now); err == nil {
			p.ends()
			return
		}
	}
	p.t.Fatalf("q does not leave\n%s", p.Screen())
}

func TestDemoAtOtherSizesAndPaste(t *testing.T) {
	t.Parallel()
	p := practises(t)
	for _, size := range [][2]int{{80, 24}, {40, 10}, {160, 50}} {
		p.must(p.Resize(size[0], size[1]))
		p.must(p.WaitFor(patience, "a whole frame", func(s terminal.Screen) bool {
			last := s.Lines[len(s.Lines)-1]
			return len(s.Lines) == size[1] && s.Has("crasher") && strings.HasSuffix(last, "q quit")
		}))
	}
	p.presses("/")
	p.sees("keep the filter")
	p.types("\x1b[200~nonr\x1b[201~")
	p.sees("/ nonr", "nonroot", "1 of")
	p.presses("ctrl+c")
	p.ends()
}

func TestDemoKeysInASession(t *testing.T) {
	t.Parallel()
	p := practises(t)
	p.getsShell()
	p.types("sh -c 'echo $((600+66)); exec cat'\r")
	p.seesBelow("666") // a line editor does not have the terminal any more
	p.types("echoed\r")
	p.must(p.WaitFor(patience, "cat's echo", func(s terminal.Screen) bool { return strings.Count(s.Words(), "echoed") == 2 }))
	p.presses("ctrl+c")
	p.isInside()
	p.must(p.Resize(90, 20))
	for p.tells("stty size") != "20 90" { // the size goes its own way, beside the keys
		if t.Failed() {
			return
		}
	}
	p.types("sh -c 'echo $((500+55)); exec sleep 1000'\r")
	p.seesBelow("555")
	p.presses("ctrl+z") // which is the container's
	p.seesBelow("Stopped")
	p.isInside()
	p.presses("ctrl+]")
	p.sees("◉ detached", "a attach")
	for !p.Screen().At(containerPrompt) { // the card takes no keys at first
		p.presses("a")
		_ = p.WaitFor(100*time.Millisecond, "the session", func(s terminal.Screen) bool { return !s.Alt })
		if !p.Screen().Alt {
			p.presses("enter")
			p.isInside()
		}
	}
	p.types("exit 0\r")
	p.seesBelow("stopped jobs")
	p.types("exit 0\r") // a shell asks once
	p.sees("exit 0")
	p.leavesTheCard()
}

func TestDemoSuspend(t *testing.T) {
	t.Parallel()
	p := sitDownAt(t, home(t), "bash", "--norc", "-i")
	p.isAtTheShell()
	p.types("$DAYFLY demo\r")
	p.sees("practice › shop", "crasher")
	p.presses("ctrl+z")
	p.isAtTheShell()
	p.types("fg\r")
	p.sees("practice › shop", "crasher")
	p.presses("q")
	p.isAtTheShell()
	p.types("exit\r")
	p.ends()
}

// TestDemoEndsWithItsContainers, whatever way it ends.
func TestDemoEndsWithItsContainers(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := practises(t)
			p.getsShell()
			mark := fmt.Sprintf("%d.%d", 86400+os.Getpid(), signal) // seconds that nobody else sleeps
			for _, start := range []string{"sleep MARK &", "nohup sleep MARK >/dev/null 2>&1 &", "setsid sleep MARK &"} {
				p.tells(strings.ReplaceAll(start, "MARK", mark) + " echo begun")
			}
			sleep(t, mark, 3) // the shell does not wait until what it starts is a sleep
			p.must(p.Signal(signal))
			if _, err := p.Wait(patience); err != nil {
				t.Fatal(err)
			}
			sleep(t, mark, 0)
		})
	}
}

// sleep waits until a number of processes sleep for so many seconds. Nothing tells of the beginning and the end of another's process.
func sleep(t *testing.T, seconds string, want int) {
	t.Helper()
	late, look := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer look.Stop()
	for {
		n := sleeping(t, seconds)
		if n == want {
			return
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("%d processes sleep, want %d", n, want)
		}
	}
}

// sleeping counts the processes of this machine that sleep for so long. Containers have process IDs of their own.
func sleeping(t *testing.T, seconds string) int {
	t.Helper()
	all, err := exec.Command("ps", "-A", "-o", "args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(all), "sleep "+seconds+"\n")
}

// server is dayfly demo --serve.
type server struct {
	cmd          *exec.Cmd
	url, scratch string
	stderr       *strings.Builder
}

func serves(t *testing.T, args ...string) *server {
	t.Helper()
	folder := home(t)
	s := &server{stderr: &strings.Builder{}, scratch: filepath.Join(folder, "tmp")}
	if err := os.Mkdir(s.scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(os.Args[0], append([]string{"demo", "--serve"}, args...)...)
	s.cmd.Env = append(environment(folder), "TMPDIR="+s.scratch)
	s.cmd.Stderr = s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	said := make([]byte, 1000)
	n, err := stdout.Read(said)
	if err != nil {
		t.Fatalf("%v: %s", err, s.stderr)
	}
	file := regexp.MustCompile(`^export KUBECONFIG=(\S+)\n`).FindSubmatch(said[:n])
	if file == nil {
		t.Fatalf("it says %q", said[:n])
	}
	kubeconfig, err := os.ReadFile(string(file[1]))
	if err != nil {
		t.Fatal(err)
	}
	s.url = regexp.MustCompile(`https://127\.0\.0\.1:[0-9]+`).FindString(string(kubeconfig))
	return s
}

func TestDemoServe(t *testing.T) {
	t.Parallel()
	s := serves(t)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // who has no kubeconfig has no CA
	answer, err := client.Get(s.url + "/api/v1/pods")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token the answer is %s", answer.Status)
	}
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("interrupted, it ends with %v: %s", err, s.stderr)
	}
	if left, err := os.ReadDir(s.scratch); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if again, err := client.Get(s.url); err == nil {
		_ = again.Body.Close()
		t.Error("something answers still")
	}
}

func TestDemoServeOnABusyPort(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	_, port, err := net.SplitHostPort(busy.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := serves(t, "--port", port)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
	want := "dayfly: port " + port + " is busy: the practice cluster is at " + s.url
	if got := strings.TrimSpace(s.stderr.String()); got != want || strings.HasSuffix(s.url, ":"+port) {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// TestPodNamedLikeACommand is opened with two dashes.
func TestPodNamedLikeACommand(t *testing.T) {
	t.Parallel()
	p := sitDown(t, "--", "demo")
	p.sees("here › shop › demo")
	p.presses("q")
	p.ends()
}
