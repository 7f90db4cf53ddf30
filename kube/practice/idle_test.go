//go:build linux || darwin

package practice_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"

	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// slow is when a test gives up waiting for what must happen.
const slow = 20 * time.Second

// idle makes an idle copy of a pod of the shop, as a client does, and returns the command of a session.
func (a admin) idle(name string, change func(*corev1.Container, *crashloop.Container)) []string {
	a.t.Helper()
	var pod corev1.Pod
	a.must(http.MethodGet, pods+"/"+name, "", &pod)
	c := crashloop.Container{
		Spec: *pod.Spec.Containers[0].DeepCopy(), Entrypoint: []string{"/web"}, Known: true,
		LastExit: "exit code 3 (Error) after 1s", LastLog: []string{"starting web, connecting to db at 10.9.9.9:5432", "boom: it was another day"},
	}
	if change != nil {
		change(&pod.Spec.Containers[0], &c)
	}
	pod.Spec.NodeName = ""
	pod.Spec.Containers[0].Env = append(pod.Spec.Containers[0].Env, corev1.EnvVar{Name: "TERM", Value: "dumb"}) // so that the shell prints nothing else
	session, err := crashloop.Open(&pod.Spec, c, crashloop.Tools{Image: "busybox:1.37-musl"})
	if err != nil {
		a.t.Fatal(err)
	}
	copied, err := json.Marshal(corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{Name: "copy", Namespace: "shop"}, Spec: pod.Spec,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.must(http.MethodPost, pods, string(copied), nil)
	a.Clock.Advance(5 * time.Second)
	return session
}

// status is the copy's init container and its idle one.
func (a admin) status() (first, idle corev1.ContainerState) {
	a.t.Helper()
	var pod corev1.Pod
	a.must(http.MethodGet, pods+"/copy", "", &pod)
	if len(pod.Status.InitContainerStatuses) != 1 || len(pod.Status.ContainerStatuses) != 1 {
		a.t.Fatalf("the copy has the status %+v", pod.Status)
	}
	return pod.Status.InitContainerStatuses[0].State, pod.Status.ContainerStatuses[0].State
}

// log is what the idle container has printed, once something is executed in it.
func (a admin) log() string {
	a.t.Helper()
	s := a.exec([]string{"true"})
	if err := <-s.end; err != nil {
		a.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, a.Server+pods+"/copy/log?container=app", nil)
	if err != nil {
		a.t.Fatal(err)
	}
	response, err := a.client.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

// typist is a session in a terminal.
type typist struct {
	t    *testing.T
	keys io.WriteCloser
	end  chan error

	mu   sync.Mutex
	text string
	seen int // of text, by await
	more chan struct{}
}

// Write takes what the session prints.
func (s *typist) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text += string(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// await waits for words behind those that were awaited before, and returns what came with them.
func (s *typist) await(words string) string {
	s.t.Helper()
	deadline := time.After(slow)
	for {
		s.mu.Lock()
		text := s.text[s.seen:]
		at := strings.Index(text, words)
		if at >= 0 {
			s.seen += at + len(words)
		}
		s.mu.Unlock()
		if at >= 0 {
			return strings.ReplaceAll(text[:at+len(words)], "\r", "")
		}
		select {
		case <-s.more:
		case err := <-s.end:
			s.t.Fatalf("it ended with %v, and never said %q, only %q", err, words, text)
		case <-deadline:
			s.t.Fatalf("it never said %q, only %q", words, text)
		}
	}
}

func (s *typist) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Fatal(err)
	}
}

// exec runs a command in the copy with a terminal.
func (a admin) exec(command []string) *typist {
	a.t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", a.Kubeconfig)
	if err != nil {
		a.t.Fatal(err)
	}
	query := url.Values{"container": {"app"}, "stdin": {"true"}, "stdout": {"true"}, "tty": {"true"}, "command": command}
	executor, err := remotecommand.NewWebSocketExecutor(config, http.MethodGet, a.Server+pods+"/copy/exec?"+query.Encode())
	if err != nil {
		a.t.Fatal(err)
	}
	in, keys := io.Pipe()
	s := &typist{t: a.t, keys: keys, end: make(chan error, 1), more: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(a.t.Context())
	a.t.Cleanup(cancel)
	go func() {
		s.end <- executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: in, Stdout: s, Tty: true})
	}()
	return s
}

const idlePrompt = "[idle copy of app] / # "

// TestIdleCopy runs the crasher's copy: it waits, its session tells what dayfly knew, run-original crashes, and deleting it leaves nothing.
func TestIdleCopy(t *testing.T) {
	a := newAdmin(t)
	session := a.idle("crasher", func(spec *corev1.Container, _ *crashloop.Container) {
		spec.Env = append(spec.Env, corev1.EnvVar{Name: "LEVEL", Value: "info"})
	})
	first, idle := a.status()
	if first.Terminated == nil || first.Terminated.ExitCode != 0 || idle.Running == nil {
		t.Fatalf("the init container is %+v, the idle one %+v", first, idle)
	}
	a.Clock.Advance(time.Hour)
	if _, idle := a.status(); idle.Running == nil {
		t.Fatalf("an hour later it is %+v", idle)
	}
	s := a.exec(session)
	if log, want := a.log(), "idle (dayfly), in place of: /web -crash\n"; log != want {
		t.Errorf("its log is %q, want %q", log, want)
	}
	want := "Practice: processes of this machine in a scratch folder, not a cluster.\n" +
		"Idle copy of container app: its program does not run until you start it.\n" +
		"Image    registry.example/demo/web:1\n" +
		"User     0:0 in /\n" +
		"Command  /web -crash\n" +
		"Ended    exit code 3 (Error) after 1s\n" +
		"Its log ended with:\n    starting web, connecting to db at 10.9.9.9:5432\n    boom: it was another day\n\n" +
		"run-original                run that command here, as the kubelet would\n" +
		"run-original -e NAME=VALUE  the same, with a variable set\n" +
		"run-original --help         what else it can do\n" + idlePrompt
	if banner := s.await(idlePrompt); banner != want {
		t.Errorf("it begins with\n%s\nwant\n%s", banner, want)
	}
	s.types("run-original; echo code $?\n")
	s.await("starting web, connecting to db at 10.9.9.9:5432\r\nboom: cannot reach db at 10.9.9.9:5432: no route to host\r\nrun-original: exit code 3 after ")
	s.await(" s: the program's own code.\r\ncode 3\r\n")
	s.types("run-original -n; run-original -e LEVEL=debug -n\n")
	s.await("\n/web -crash\r\nenv LEVEL=debug /web -crash\r\n")
	s.types("run-original --command -- env | grep LEVEL; run-original -e LEVEL=debug --command -- env | grep LEVEL\n")
	s.await("\nLEVEL=info\r\n")
	s.await("\nLEVEL=debug\r\n")
	s.types("run-original -- -oom; echo code $?\n")
	s.await("loading the whole catalogue into memory\r\n16 MB loaded\r\n32 MB loaded\r\nrun-original: exit code 137 after ")
	s.await(" s: out of memory: killed by the kernel (SIGKILL) at a memory limit.\r\ncode 137\r\n")
	s.types("run-original --help\n")
	s.await("Usage: run-original ")
	s.types("run-original --command -- /nosuch; probe\n")
	s.await("run-original: exit code 127: command not found: there is no file /nosuch.\r\n")
	s.await("probe: the container has no such probe. It has: none\r\n")
	s.types("cat etc/web.conf; exit 7\n")
	s.await("greeting=hello from web\r\n")
	var exit utilexec.CodeExitError
	if err := <-s.end; !errors.As(err, &exit) || exit.Code != 7 {
		t.Errorf("the session ended with %v, want exit code 7", err)
	}
	a.deleteCopy()
}

// TestIdleProbe tries a readiness probe: it asks the program that run-original has started, and nothing else.
func TestIdleProbe(t *testing.T) {
	for _, test := range []struct {
		name  string
		args  []string
		wants []string
	}{
		{"not ready", []string{"-unready"}, []string{"\r\nHTTP/1.1 503 Service Unavailable\r\n", "Fails: status 503; 200 to 399 is success.\r\ncode 1\r\n"}},
		{"ready", nil, []string{"\r\nHTTP/1.1 200 OK\r\n", "Succeeds: status 200 (200 to 399 is success).\r\ncode 0\r\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAdmin(t)
			s := a.exec(a.idle("notready", func(spec *corev1.Container, c *crashloop.Container) { spec.Args, c.Spec.Args = test.args, test.args }))
			s.await(idlePrompt)
			const refused = "Fails: connection refused: nothing listens in this pod. Is the program running? Start it: run-original &\r\n"
			s.types("probe ready\n")
			s.await("Readiness probe: GET http://10.")
			s.await(":8080/ready, within 1s\r\n" + refused)
			s.types("run-original &\n")
			s.await("web serves on :8080\r\n")
			s.types("probe; echo code $?\n")
			for _, want := range test.wants {
				s.await(want)
			}
			s.types("kill -INT %1\n")
			s.await("got a signal, leaving\r\n")
			s.await("run-original: exit code 0 after ") // a prompt may be between them
			s.types("probe\n")
			s.await(refused)
			s.types("run-original &\n")
			s.await("web serves on :8080\r\n")
			s.types("read -r pid <${PATH%%/cmd:*}/run/serving; kill -KILL %1; while kill -0 $pid; do :; done 2>/dev/null; probe\n")
			s.await(refused)
		})
	}
}

// TestIdleWithoutShell opens a shell in a copy whose image has one program only, and whose pod does not say which.
func TestIdleWithoutShell(t *testing.T) {
	a := newAdmin(t)
	s := a.exec(a.idle("crasher", func(spec *corev1.Container, c *crashloop.Container) {
		spec.Image, spec.Args = "corfr/tcpdump", nil
		*c = crashloop.Container{Spec: *spec.DeepCopy()}
	}))
	if banner := s.await(idlePrompt); !strings.Contains(banner, "Command  not known: the image's entrypoint could not be read\n") {
		t.Errorf("it begins with\n%s", banner)
	}
	s.types("run-original; echo code $?\n")
	s.await("Give it: run-original -- /path/to/program ARGS\r\ncode 2\r\n")
	s.types("run-original -- /usr/sbin/tcpdump -ni any\n")
	s.await("tcpdump: a stand-in that captures nothing\r\nlistening on any")
	s.types("\x03")
	s.await("0 packets captured\r\nrun-original: exit code 0 after ")
	a.deleteCopy()
}

// deleteCopy deletes the copy while it has a session, and wants nothing to be left of it.
func (a admin) deleteCopy() {
	a.t.Helper()
	s := a.exec([]string{"sh"})
	s.await("# ")
	folder := filepath.Dir(a.Kubeconfig)
	if len(processesIn(a.t, folder)) == 0 {
		a.t.Error("no process is to be seen in the folder of the practice cluster")
	}
	a.must(http.MethodDelete, pods+"/copy", `{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":3600}`, nil)
	deadline := time.Now().Add(slow)
	for a.ask(http.MethodGet, pods+"/copy", "", nil) != http.StatusNotFound { // its end is one of this machine's time
		if time.Now().After(deadline) {
			a.t.Fatal("the copy is still there")
		}
		a.Clock.Advance(100 * time.Millisecond)
	}
	<-s.end
	if left, _ := filepath.Glob(folder + "/shop_copy*"); len(left) > 0 {
		a.t.Errorf("there is %q", left)
	}
	if left := processesIn(a.t, folder); len(left) > 0 {
		a.t.Errorf("these run: %q", left)
	}
}

// processesIn are the command lines of the processes that have a folder in them, but for the one that starts the others.
func processesIn(t *testing.T, folder string) (lines []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Skip("this machine has no /proc")
	}
	for _, file := range files {
		text, _ := os.ReadFile(file) // which may have gone
		line := strings.ReplaceAll(string(text), "\x00", " ")
		if strings.Contains(line, folder+"/") {
			lines = append(lines, line)
		}
	}
	return lines
}
