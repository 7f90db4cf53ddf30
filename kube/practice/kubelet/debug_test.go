package kubelet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// inject adds a debug container as a client does. The pod is found by the beginning of its name.
func (w *world) inject(prefix string, c corev1.EphemeralContainerCommon, target string) streams.Container {
	w.t.Helper()
	pod := w.pod(prefix)
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = corev1.PullIfNotPresent
	}
	key := store.Key{Resource: api.Pods(), Namespace: pod.Namespace, Name: pod.Name}
	_, err := w.store.Update(key, func(o store.Object) error {
		spec := &o.(*corev1.Pod).Spec
		spec.EphemeralContainers = append(spec.EphemeralContainers,
			corev1.EphemeralContainer{EphemeralContainerCommon: c, TargetContainerName: target})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Changed(key)
	return streams.Container{Namespace: pod.Namespace, Pod: pod.Name, Name: c.Name}
}

// debugger is the status of a debug container.
func (w *world) debugger(c streams.Container) corev1.ContainerStatus {
	w.t.Helper()
	for _, s := range w.pod(c.Pod).Status.EphemeralContainerStatuses {
		if s.Name == c.Name {
			return s
		}
	}
	w.t.Fatalf("no status of %s", c.Name)
	return corev1.ContainerStatus{}
}

// until waits for a change of the store after which something is so.
func (w *world) until(what string, so func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	for {
		_, next, err := w.store.Since(w.store.Version())
		if err != nil {
			w.t.Fatal(err)
		}
		if so() {
			return
		}
		select {
		case <-next:
		case <-ctx.Done():
			w.t.Fatalf("it never came to be that %s", what)
		}
	}
}

func busybox(name string, command ...string) corev1.EphemeralContainerCommon {
	return corev1.EphemeralContainerCommon{Name: name, Image: "busybox:1.37", Command: command}
}

// screen is what a client gets, and may be waited for.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	seen chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	if s.want != "" && strings.Contains(s.text.String(), s.want) {
		s.want = ""
		close(s.seen)
	}
	return len(p), nil
}

// TestShell is a session: typed to a real shell, answered, and its exit code told. It runs 200 ms after the patch.
func TestShell(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	shell := busybox("d1", "sh")
	shell.Stdin, shell.TTY = true, true
	c := w.inject("web-", shell, "app")
	w.clock.Advance(200 * time.Millisecond)
	if s := w.debugger(c); s.State.Running == nil || s.ImageID == "" {
		t.Fatalf("200 ms after the patch: %+v", s.State)
	}
	typing, keys := io.Pipe()
	out := &screen{want: "timeout: 200ms", seen: make(chan struct{})}
	attached := make(chan error, 1)
	go func() {
		attached <- w.Attach(t.Context(), c, streams.Streams{Stdin: typing, Stdout: out, TTY: true})
	}()
	io.WriteString(keys, "cat $TARGET_ROOT/app/config.yaml\n")
	select {
	case <-out.seen:
	case <-time.After(20 * time.Second):
		t.Fatalf("the shell has said %q", out.text.String())
	}
	io.WriteString(keys, "exit 42\n")
	if err := <-attached; err != nil {
		t.Errorf("attach ended with %v", err)
	}
	w.until("the shell has exited", func() bool { return w.debugger(c).State.Terminated != nil })
	if end := w.debugger(c).State.Terminated; end.ExitCode != 42 || end.Reason != "Error" {
		t.Errorf("it ended with %+v", end)
	}
	var log bytes.Buffer
	if err := w.Logs(t.Context(), c, nil, &log); err != nil || !strings.Contains(log.String(), "processes of this machine") {
		t.Errorf("log %q, %v: no welcome", log.String(), err)
	}
}

// TestDebuggers that do not come to run, in the kubelet's words.
func TestDebuggers(t *testing.T) {
	nonRoot := busybox("d", "sh")
	nonRoot.SecurityContext = &corev1.SecurityContext{RunAsNonRoot: ptr.To(true)}
	amd64only := corev1.EphemeralContainerCommon{Name: "d", Image: "corfr/tcpdump"}
	for name, test := range map[string]struct {
		pod, target string
		container   corev1.EphemeralContainerCommon
		want        string // reason and the beginning of the message of the state
	}{
		"a missing program": {
			"web-", "app", busybox("d", "nosuch"), "RunContainerError failed to create containerd task: failed to create shim task: " +
				`OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuch": executable file ` +
				"not found in $PATH: unknown",
		},
		"root where it must not be": {
			"web-", "", nonRoot, "CreateContainerConfigError container has runAsNonRoot and image will run as root (pod: ",
		},
		"a target that has crashed": {
			"crasher", "app", busybox("d", "sh"), `CreateContainerError failed to generate container "`,
		},
		"a target that never ran": {
			"badimage", "app", busybox("d", "sh"), "CreateContainerConfigError unable to find target container app",
		},
		"a missing image": {
			"web-", "", corev1.EphemeralContainerCommon{Name: "d", Image: "nosuch:1"},
			`ImagePullBackOff Back-off pulling image "nosuch:1": ErrImagePull: rpc error: code = NotFound desc = ` +
				`failed to pull and unpack image "docker.io/library/nosuch:1": failed to resolve reference ` +
				`"docker.io/library/nosuch:1": docker.io/library/nosuch:1: not found`,
		},
		"an unknown package": {
			"web-", "", corev1.EphemeralContainerCommon{Name: "d", Image: "nixery.dev/shell/dig/nosuch"},
			`ImagePullBackOff Back-off pulling image "nixery.dev/shell/dig/nosuch": ErrImagePull: rpc error: code = NotFound desc = ` +
				`failed to pull and unpack image "nixery.dev/shell/dig/nosuch:latest": failed to resolve reference ` +
				`"nixery.dev/shell/dig/nosuch:latest": nixery.dev/shell/dig/nosuch:latest: not found`,
		},
		"a composed image that cannot be built": {
			"web-", "", corev1.EphemeralContainerCommon{Name: "d", Image: "nixery.dev/shell/terraform"},
			`ImagePullBackOff Back-off pulling image "nixery.dev/shell/terraform": ErrImagePull: failed to pull and unpack image ` +
				`"nixery.dev/shell/terraform:latest": failed to resolve reference "nixery.dev/shell/terraform:latest": pulling from host ` +
				`nixery.dev failed with status code [manifests latest]: 500 Internal Server Error`,
		},
		"nothing to start": {
			"web-", "", corev1.EphemeralContainerCommon{Name: "d", Image: "nixery.dev/htop"},
			`CreateContainerError failed to generate container "`,
		},
		"a broken registry": {
			"web-", "", corev1.EphemeralContainerCommon{Name: "d", Image: "broken/x:1"},
			`ImagePullBackOff Back-off pulling image "broken/x:1": ErrImagePull: failed to pull and unpack image "docker.io/broken/x:1": `,
		},
		"a name that is none": {
			"web-", "", corev1.EphemeralContainerCommon{Name: "d", Image: "Bad_Image:::"},
			`InvalidImageName Failed to apply default image tag "Bad_Image:::": couldn't parse image name "Bad_Image:::": invalid reference format`,
		},
		"another architecture": {"recommend-", "", amd64only, "Error exec /usr/sbin/tcpdump: exec format error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.at(time.Minute)
			c := w.inject(test.pod, test.container, test.target)
			w.clock.Advance(3 * time.Second)
			s := w.debugger(c)
			got := ""
			if s.State.Waiting != nil {
				got = s.State.Waiting.Reason + " " + s.State.Waiting.Message
			} else if s.State.Terminated != nil {
				var log bytes.Buffer
				if err := w.Logs(t.Context(), c, nil, &log); err != nil {
					t.Error(err)
				}
				got = s.State.Terminated.Reason + " " + log.String()
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestSlowPull takes as long as the catalogue says, and says so.
func TestSlowPull(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	c := w.inject("web-", corev1.EphemeralContainerCommon{Name: "d", Image: "slow/busybox:1", Command: []string{"true"}}, "")
	w.clock.Advance(7 * time.Second)
	if s := w.debugger(c).State.Waiting; s == nil || s.Reason != "ContainerCreating" {
		t.Errorf("while it pulls: %+v", s)
	}
	w.clock.Advance(2 * time.Second)
	w.until("it has ended", func() bool { return w.debugger(c).State.Terminated != nil })
	want := `Normal Pulled Successfully pulled image "slow/busybox:1" in 8s (8s including waiting). Image size: 1150561 bytes.`
	if events := strings.Join(w.events(w.pod("web-")), "\n"); !strings.Contains(events, want) {
		t.Errorf("no event %q in\n%s", want, events)
	}
}

func TestExec(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := w.pod("web-")
	c := streams.Container{Namespace: "shop", Pod: pod.Name, Name: "app"}
	var out bytes.Buffer
	err := w.Exec(t.Context(), c, []string{"sh", "-c", "cat etc/web.conf; echo $HOSTNAME; exit 3"}, streams.Streams{Stdout: &out})
	var exit *streams.ExitError
	if !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("exec ended with %v, want exit code 3", err)
	}
	if want := "greeting=hello from web\n" + pod.Name + "\n"; out.String() != want {
		t.Errorf("it said %q, want %q", out.String(), want)
	}
	if err := w.Exec(t.Context(), c, []string{"nosuch"}, streams.Streams{Stdout: &out}); !errors.As(err, &exit) || exit.Code != 127 ||
		!strings.Contains(err.Error(), `exec: "nosuch": executable file not found in $PATH`) {
		t.Errorf("exec of a missing program: %v", err)
	}
}

// TestStandIn ends a container by the process that stands for it.
func TestStandIn(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	c := w.inject("web-", busybox("d", "sh", "-c", "ps; kill $TARGET_PID"), "app")
	w.clock.Advance(time.Second)
	app := func() corev1.ContainerStatus { return w.pod(c.Pod).Status.ContainerStatuses[0] }
	w.until("the target has ended", func() bool { return app().State.Terminated != nil })
	if code := app().State.Terminated.ExitCode; code != 143 {
		t.Errorf("it ended with %d, want 143", code)
	}
	w.clock.Advance(2 * time.Second)
	if s := app(); s.RestartCount != 1 || s.State.Running == nil {
		t.Errorf("it was not started again: %+v", s)
	}
	w.until("the killer has ended", func() bool { return w.debugger(c).State.Terminated != nil })
	var log bytes.Buffer
	if err := w.Logs(t.Context(), c, nil, &log); err != nil || !strings.Contains(log.String(), "/web\n") ||
		!strings.Contains(log.String(), "sleep 1000000") || strings.Contains(log.String(), "awk") {
		t.Errorf("ps said %q, %v", log.String(), err)
	}
}

// TestNoSecrets lets nothing of the person's environment into a container.
func TestNoSecrets(t *testing.T) {
	t.Setenv("DAYFLY_TEST_SECRET", "hush")
	w := newWorld(t)
	w.at(time.Minute)
	c := w.inject("web-", busybox("d", "env"), "app")
	w.clock.Advance(time.Second)
	w.until("env has ended", func() bool { return w.debugger(c).State.Terminated != nil })
	var log bytes.Buffer
	if err := w.Logs(t.Context(), c, nil, &log); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(log.String()) {
		switch name, _, _ := strings.Cut(line, "="); name {
		case "PATH", "HOME", "HOSTNAME", "TARGET_ROOT", "TARGET_PID", "PWD", "SHLVL", "_":
		default:
			t.Errorf("the container knows %s", line)
		}
	}
}
