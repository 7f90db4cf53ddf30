//go:build linux || darwin

package idle_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/crashloop"
	"github.com/dayfly-k8s/dayfly/kube/practice/idle"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// slow is when a test gives up waiting for what must happen.
const slow = 20 * time.Second

// open is a pod with one container that waits.
func open(t *testing.T, c corev1.Container) *corev1.PodSpec {
	t.Helper()
	c.Name = "app"
	spec := &corev1.PodSpec{Containers: []corev1.Container{*c.DeepCopy()}}
	if _, err := crashloop.Open(spec, crashloop.Container{Spec: c}, crashloop.Tools{Image: "busybox:musl"}); err != nil {
		t.Fatal(err)
	}
	return spec
}

// TestFind takes for idle what has been made idle, and nothing that looks like it.
func TestFind(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*corev1.PodSpec)
		want   bool
	}{
		"an idle copy":                    {func(*corev1.PodSpec) {}, true},
		"another program":                 {func(s *corev1.PodSpec) { s.Containers[0].Command[2] = "/.dayfly/other" }, false},
		"another volume":                  {func(s *corev1.PodSpec) { s.Volumes[0].Name = "other" }, false},
		"a folder of the node":            {func(s *corev1.PodSpec) { s.Volumes[0].EmptyDir = nil }, false},
		"no init container":               {func(s *corev1.PodSpec) { s.InitContainers = nil }, false},
		"an init container of its own":    {func(s *corev1.PodSpec) { s.InitContainers[0].Command[3] = "sh" }, false},
		"an init container that has none": {func(s *corev1.PodSpec) { s.InitContainers[0].VolumeMounts = nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			spec := open(t, corev1.Container{Command: []string{"/web", "-crash"}})
			test.change(spec)
			if _, found := idle.Find(spec, &spec.Containers[0]); found != test.want {
				t.Errorf("found %v, want %v", found, test.want)
			}
		})
	}
}

// machine is a folder with the programs of this machine, but for some.
func machine(t *testing.T, without ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, dir := range []string{"/bin", "/usr/bin"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !slices.Contains(without, entry.Name()) {
				_ = os.Symlink(filepath.Join(dir, entry.Name()), filepath.Join(folder, entry.Name())) // it may be in both
			}
		}
	}
	return folder
}

// TestInstall runs a copy with what machines have, in a folder whose name is hard on shells.
func TestInstall(t *testing.T) {
	for name, without := range map[string][]string{"all": nil, "neither bash nor timeout": {"bash", "timeout"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := open(t, corev1.Container{
				Command: []string{"/web", "it's $(LEVEL)", "$(NONE) $$(LEVEL)"}, Env: []corev1.EnvVar{{Name: "LEVEL", Value: "in\nfo"}},
				ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"cat", "/.dayfly/none"}}}},
			})
			copied, ok := idle.Find(spec, &spec.Containers[0])
			if !ok {
				t.Fatal("it is not idle")
			}
			path := machine(t, without...)
			place := idle.Place{
				Dir: filepath.Join(t.TempDir(), "a (folder) 'of' mine"), Root: t.TempDir(), Path: path, Hostname: "copy", IP: "10.1.2.3", User: "0:0 in /",
				Env: []string{"PATH=" + path, "LEVEL=in\nfo"}, Runs: true,
				Image: scene.Image{Entrypoint: []string{"/web"}, Programs: []scene.Program{{
					When: "it's in\nfo",
					Log:  []scene.Line{{Text: `it's "so" $HOME`}, {At: metav1.Duration{Duration: 10 * time.Millisecond}, Text: "bye"}},
					Exit: &scene.Exit{After: metav1.Duration{Duration: 20 * time.Millisecond}, Code: 4},
				}}},
			}
			if err := copied.Install(place); err != nil {
				t.Fatal(err)
			}
			waits(t, place, copied.Command(place.Dir))
			session(t, place, copied.Inside(place.Dir, []string{"/.dayfly/busybox", "sh", "/.dayfly/session"}))
			for _, run := range []struct {
				command string
				args    []string
				want    string
			}{
				{"run-original", nil, "it's \"so\" $HOME\nbye\nrun-original: exit code 4 after "},
				{"run-original", []string{"-n"}, "/web 'it'\\''s in\nfo' '$(NONE) $(LEVEL)'\n"},
				{"run-original", []string{"--command", "--", "sh", "-c", `echo "$LEVEL"`}, "in\nfo\nrun-original: exit code 0 after "},
				{"probe", nil, "Readiness probe: cat /.dayfly/none, within 1s\n"},
			} {
				if got := output(t, place, append(copied.Inside(place.Dir, []string{"/.dayfly/cmd/" + run.command}), run.args...)); !strings.HasPrefix(got, run.want) {
					t.Errorf("%s %q prints\n%s\nwant\n%s", run.command, run.args, got, run.want)
				}
			}
		})
	}
}

// session has a session print what run-original would run, and wants it to begin with the banner, and no variable of its own among the person's.
func session(t *testing.T, p idle.Place, argv []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slow)
	defer cancel()
	cmd := command(ctx, p, argv)
	cmd.Env, cmd.SysProcAttr = append(slices.Clone(p.Env), "TERM=dumb"), nil
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	if _, err := io.WriteString(terminal, "cd "+p.Root+"; LEVEL=debug run-original -n; exit 5\n"); err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(terminal) // an error is its end
	_ = cmd.Wait()
	for _, want := range []string{
		"\r\nIdle copy of container app: ", "\r\nUser     0:0 in /\r\n", "[idle copy of app] / # ", "env LEVEL=debug /web 'it'\\''s in\r\nfo'",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the session prints\n%s\nwant %q in it", text, want)
		}
	}
	if code := cmd.ProcessState.ExitCode(); code != 5 {
		t.Errorf("the session ends with %d, want 5", code)
	}
}

// waits starts the container, and wants it to say so.
func waits(t *testing.T, p idle.Place, argv []string) {
	t.Helper()
	cmd := command(t.Context(), p, argv)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if want := "idle (dayfly), in place of: /web 'it'\\''s in\n"; line != want {
		t.Fatalf("it says %q, %v; want %q", line, err, want)
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
}

func output(t *testing.T, p idle.Place, argv []string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), slow)
	defer cancel()
	out, _ := command(ctx, p, argv).CombinedOutput() // its code is in what it prints
	return string(out)
}

func command(ctx context.Context, p idle.Place, argv []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = p.Root, p.Env, &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd
}
