//go:build linux

package crashloop_test

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// standIn is the folder with a program that stands for busybox on machines that have none.
var standIn string

func TestMain(m *testing.M) {
	hearSignals()
	os.Exit(withStandIn(m))
}

// hearSignals has the programs of the tests begin with all signals as a container does. What this process was told to ignore, as a shell tells what it runs
// in the background and nohup does, they would ignore, too, and a shell cannot undo that.
func hearSignals() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s) // a handler is not inherited
		}
	}
}

func withStandIn(m *testing.M) int {
	folder, err := os.MkdirTemp("", "crashloop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	build := exec.Command("go", "build", "-o", folder+"/busybox", "github.com/dayfly-k8s/dayfly/testdata/busybox")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // so that it is static
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %s\n", err, out)
		return 1
	}
	standIn = folder
	return m.Run()
}

// boxes are folders that have a static busybox, to be first in PATH: the stand-in's, and one with all commands of the machine's own, if there is one.
func boxes(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"stand-in": standIn}
	for _, name := range []string{"busybox.static", "busybox"} {
		at, err := exec.LookPath(name)
		if err != nil || !isStatic(t, at) {
			continue
		}
		box := t.TempDir()
		if err := os.Symlink(at, filepath.Join(box, "busybox")); err != nil {
			t.Fatal(err)
		}
		_ = exec.CommandContext(t.Context(), at, "--install", "-s", box).Run() // without an installer the machine's commands do
		all["busybox"] = box
	}
	return all
}

func isStatic(t *testing.T, program string) bool {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		return false
	}
	defer f.Close()
	return !slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
}

// inBoxes runs a test with each busybox.
func inBoxes(t *testing.T, test func(t *testing.T, box string)) {
	t.Helper()
	for name, box := range boxes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, box)
		})
	}
}

// played is a container that idles as a process of this machine, with folders of the test in the place of the volume and of the image.
type played struct {
	t     *testing.T
	spec  corev1.PodSpec
	dir   string   // the volume
	image string   // a folder that is first in the container's PATH, and its working directory
	env   []string // of the container
	exec  []string // of a session
	swap  *strings.Replacer
	log   bytes.Buffer
	cmd   *exec.Cmd
}

// play opens a container with the files that its init container would write, and waits until it idles.
func play(t *testing.T, box string, c crashloop.Container, env ...string) *played {
	t.Helper()
	p := prepare(t, c, env...)
	for _, err := range []error{
		os.Symlink(filepath.Join(box, "busybox"), filepath.Join(p.dir, "busybox")), os.Mkdir(filepath.Join(p.dir, "run"), 0o777), os.Mkdir(filepath.Join(p.dir, "bin"), 0o777),
		os.Symlink("../busybox", filepath.Join(p.dir, "bin", "true")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	written := p.argv(p.spec.InitContainers[0].Args)[1:]
	for i := 0; i < len(written); i += 2 {
		p.put(filepath.Join(p.dir, written[i]), written[i+1]+"\n", 0o755)
	}
	p.start()
	return p
}

func prepare(t *testing.T, c crashloop.Container, env ...string) *played {
	t.Helper()
	p := &played{t: t, dir: filepath.Join(t.TempDir(), "volume"), image: t.TempDir()}
	if err := os.Mkdir(p.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	c.Spec.Name = "app"
	p.spec = corev1.PodSpec{Containers: []corev1.Container{*c.Spec.DeepCopy()}}
	var err error
	if p.exec, err = crashloop.Open(&p.spec, c, crashloop.Tools{Image: "busybox:musl"}); err != nil {
		t.Fatal(err)
	}
	p.env = append([]string{"PATH=" + p.image + ":/usr/bin:/bin", "HOME=/", "discovery.type=single-node"}, env...)
	p.swap = strings.NewReplacer("/.dayfly", p.dir, "/sys/fs/cgroup", p.image+"/cgroup", "/etc/hosts", p.image+"/hosts")
	p.write("hosts", "127.0.0.1 localhost\n", 0o644)
	return p
}

// write puts a file into the image.
func (p *played) write(name, text string, mode os.FileMode) {
	p.t.Helper()
	p.put(filepath.Join(p.image, name), text, mode)
}

func (p *played) put(at, text string, mode os.FileMode) {
	p.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), mode)); err != nil {
		p.t.Fatal(err)
	}
}

// argv is a command of the copy as the kubelet would start it.
func (p *played) argv(words []string) []string {
	variables := map[string]string{}
	for _, pair := range p.env {
		name, value, _ := strings.Cut(pair, "=")
		variables[name] = value
	}
	started := make([]string, len(words))
	for i, w := range words {
		started[i] = p.swap.Replace(expand(w, variables))
	}
	return started
}

// expand replaces $(NAME) as the kubelet does: what is not known stays, and $$ is a dollar.
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#entrypoint
func expand(text string, variables map[string]string) string {
	var b strings.Builder
	for text != "" {
		dollar := strings.IndexByte(text, '$')
		if dollar < 0 || dollar == len(text)-1 {
			return b.String() + text
		}
		b.WriteString(text[:dollar])
		text = text[dollar:]
		name, rest, closed := strings.Cut(text[min(2, len(text)):], ")")
		switch {
		case text[1] == '$':
			b.WriteByte('$')
			text = text[2:]
		case text[1] == '(' && closed:
			value, known := variables[name]
			if !known {
				value = "$(" + name + ")"
			}
			b.WriteString(value)
			text = rest
		default:
			b.WriteByte('$')
			text = text[1:]
		}
	}
	return b.String()
}

// install runs the init container.
func (p *played) install(box string) (out string, code int) {
	p.t.Helper()
	first := p.spec.InitContainers[0]
	argv := p.argv(slices.Concat(first.Command, first.Args))
	if shell := filepath.Join(box, argv[0]); isStatic(p.t, shell) {
		argv[0] = shell
	}
	return p.run([]string{"PATH=" + box + ":/usr/bin:/bin"}, argv, "")
}

// start runs the container, and waits until it says that it idles.
func (p *played) start() {
	p.t.Helper()
	argv := p.argv(p.spec.Containers[0].Command)
	p.cmd = exec.CommandContext(p.t.Context(), argv[0], argv[1:]...)
	p.cmd.Dir, p.cmd.Env = p.image, p.env
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		_ = p.cmd.Wait()
	})
	lines := bufio.NewScanner(io.TeeReader(stderr, &p.log))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "idle (dayfly)") {
			return
		}
	}
	p.t.Fatalf("it does not idle: %s", p.log.String())
}

// run runs a command to its end: as one group, so that nothing of it is left.
func (p *played) run(env, argv []string, input string) (out string, code int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), apitest.Stuck)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdin = p.image, env, strings.NewReader(input)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("run %q: %v", argv, err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// command runs one of the commands of a session, as an exec would.
func (p *played) command(name string, args ...string) (out string, code int) {
	p.t.Helper()
	return p.run(append(slices.Clone(p.env), "TERM=xterm"), append([]string{filepath.Join(p.dir, "cmd", name)}, args...), "typed\n")
}

// elfHeader is the beginning of a program for a machine that asks for a loader.
func elfHeader(machine byte, loader string) string {
	header := make([]byte, 64)
	copy(header, "\x7fELF\x02\x01\x01")
	if machine == 22 { // is big-endian
		header[5], header[17], header[19] = 2, 2, machine
	} else {
		header[16], header[18] = 2, machine
	}
	return string(header) + loader + "\x00rest"
}

func uname(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "uname", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func user() string { return fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()) }

// read is a file of the volume.
func (p *played) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// awaitProcess waits for a process in the image's folder whose last argument is a word.
func awaitProcess(t *testing.T, p *played, word string) {
	t.Helper()
	deadline := time.Now().Add(apitest.Stuck)
	for time.Now().Before(deadline) {
		found, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			line, _ := os.ReadFile(file) // which may have gone
			where, _ := os.Readlink(filepath.Join(filepath.Dir(file), "cwd"))
			if words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00"); where == p.image && filepath.Base(words[0]) == "sleep" && words[len(words)-1] == word {
				return
			}
		}
	}
	t.Fatalf("no process has %q", word)
}
