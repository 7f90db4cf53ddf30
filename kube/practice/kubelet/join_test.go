package kubelet_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// beside makes a pod on the node of another that sleeps, from which its containers are joined by an exec.
func (w *world) beside(pod *corev1.Pod) streams.Container {
	w.t.Helper()
	c := corev1.Container{Name: "d", Image: "busybox:1.37", Command: []string{"sleep", "1000"}, ImagePullPolicy: corev1.PullIfNotPresent}
	made := nodepod.Inside(pod.Spec.NodeName, "default", "beside", c)
	if err := w.Add(made); err != nil {
		w.t.Fatal(err)
	}
	w.clock.Advance(3 * time.Second)
	if got := summary(w.pod("beside")); got != "Running d=Running,ready" {
		w.t.Fatalf("it is %s", got)
	}
	return streams.Container{Namespace: "default", Pod: "beside", Name: "d"}
}

// joining is how container app of a pod is joined.
func joining(pod *corev1.Pod) nodepod.Joining {
	_, id, _ := strings.Cut(pod.Status.ContainerStatuses[0].ContainerID, "://")
	return nodepod.Joining{ContainerID: id, Namespaces: nodepod.Usual()}
}

// An exec may join, too: a private session does. It ends with the container that it has joined.
func TestExecJoins(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := w.pod("web-")
	c := w.beside(pod)
	var out bytes.Buffer
	script := "cat $TARGET_ROOT/etc/web.conf; hostname; ps"
	if err := w.Exec(t.Context(), c, joining(pod).Command([]string{"sh", "-c", script}), streams.Streams{Stdout: &out}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "greeting=hello from web\n"+pod.Name+"\n") || strings.Contains(out.String(), "kubelet") {
		t.Errorf("joined it says\n%s", &out)
	}
	out.Reset()
	if err := w.Exec(t.Context(), c, []string{"sh", "-c", "hostname; ps"}, streams.Streams{Stdout: &out}); err != nil || !strings.HasPrefix(out.String(), "beside\n") || !strings.Contains(out.String(), "/usr/bin/kubelet") {
		t.Errorf("beside it, %v:\n%s", err, &out)
	}
	ended := make(chan error, 1)
	seen := &screen{want: "up", seen: make(chan struct{})}
	go func() {
		ended <- w.Exec(t.Context(), c, joining(pod).Command([]string{"sh", "-c", "echo up; exec sleep 1000"}), streams.Streams{Stdout: seen})
	}()
	<-seen.seen
	kill := joining(pod)
	kill.Namespaces.Processes = false
	if err := w.Exec(t.Context(), c, kill.Command([]string{"sh", "-c", "kill $TARGET_PID"}), streams.Streams{Stdout: &out}); err != nil {
		t.Fatal(err)
	}
	var exit *streams.ExitError
	if err := <-ended; !errors.As(err, &exit) || exit.Code != 137 {
		t.Errorf("with its container the session ends with %v", err)
	}
	err := w.Exec(t.Context(), c, joining(pod).Command([]string{"true"}), streams.Streams{Stdout: &out})
	if !errors.As(err, &exit) || exit.Code != 125 || !strings.HasPrefix(exit.Err.Error(), "dayfly: no process of the container runs on this node: it has ended") {
		t.Errorf("after that it is %v", err)
	}
}

// A pod that is not in its node's process namespace finds no processes to join.
func TestJoinWithoutHostPID(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := w.pod("web-")
	c := corev1.Container{Name: "d", Image: "busybox:1.37", Command: joining(pod).Command([]string{"true"}), ImagePullPolicy: corev1.PullIfNotPresent}
	made := nodepod.Inside(pod.Spec.NodeName, "default", "join", c)
	made.Spec.HostPID = false
	if err := w.Add(made); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(3 * time.Second)
	if got := summary(w.pod("join")); got != "Failed d=Error(125)" {
		t.Errorf("it is %s", got)
	}
}

// What starts on a node after somebody has begun to look at it is seen, too, and what has ended is not.
func TestNodeProcesses(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := w.pod("web-")
	c := w.beside(pod)
	processes := func() string {
		var out bytes.Buffer
		if err := w.Exec(t.Context(), c, []string{"ps"}, streams.Streams{Stdout: &out}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	before := strings.Count(processes(), "/web\n")
	late := nodepod.Inside(pod.Spec.NodeName, "default", "late", corev1.Container{Name: "late", Image: "registry.example/demo/web:1", ImagePullPolicy: corev1.PullIfNotPresent})
	late.Spec.HostPID = false
	if err := w.Add(late); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(10 * time.Second)
	if now := processes(); strings.Count(now, "/web\n") != before+1 {
		t.Errorf("of %d before there are now:\n%s", before, now)
	}
}

// Where this machine isolates nothing, the node's files are in a folder that is named.
func TestNodeFilesWithoutIsolation(t *testing.T) {
	w := newWorld(t)
	w.host.ShareMachine()
	w.at(time.Minute)
	node := w.pod("web-").Spec.NodeName
	const files = "cat $HOST_ROOT/etc/hostname; [ -e /host ] || echo none"
	tool := corev1.Container{Name: "d", Image: "busybox:1.37", Command: []string{"sh", "-c", files}, ImagePullPolicy: corev1.PullIfNotPresent}
	shell := tool
	shell.Command = nodepod.ShellCommand([]string{"sh", "-c", "cat etc/hostname; hostname"})
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		want string
	}{
		"tool":  {nodepod.OnNode(node, "default", "tool", "general", tool), node + "\nnone\n"},
		"shell": {nodepod.Inside(node, "default", "shell", shell), node + "\n" + node + "\n"},
	} {
		if err := w.Add(test.pod); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(3 * time.Second)
		w.until(name+" has ended", func() bool { return w.pod(name).Status.ContainerStatuses[0].State.Terminated != nil })
		var log bytes.Buffer
		if err := w.Logs(t.Context(), streams.Container{Namespace: "default", Pod: name, Name: "d"}, nil, &log); err != nil || log.String() != test.want {
			t.Errorf("%s: %q, %v, want %q", name, &log, err, test.want)
		}
	}
}

// A shell begins with what a person finds there.
func TestNodeWelcome(t *testing.T) {
	w := newWorld(t)
	w.at(time.Minute)
	pod := w.pod("web-")
	shell := corev1.Container{Name: "d", Image: "busybox:1.37", Command: []string{"sh"}, ImagePullPolicy: corev1.PullIfNotPresent, Stdin: true, TTY: true}
	host, join := shell, shell
	host.Command, join.Command = nodepod.ShellCommand(nodepod.HostShell()), joining(pod).Command([]string{"sh"})
	files := map[bool][]string{true: {"ls /host", "ls /etc /var/log"}, false: {"ls $HOST_ROOT/", "ls"}}[w.host.Isolated()]
	for name, test := range map[string]struct {
		pod              *corev1.Pod
		processes, files string
	}{
		"tool":  {nodepod.OnNode(pod.Spec.NodeName, "default", "tool", "general", shell), "Processes of the node: ps", "Files of the node: " + files[0]},
		"shell": {nodepod.Inside(pod.Spec.NodeName, "default", "shell", host), "Processes of the node: ps", "Files of the node: " + files[1]},
		"join":  {nodepod.Inside(pod.Spec.NodeName, "default", "join", join), "Processes of the pod: ps", "Files of container app: ls $TARGET_ROOT/"},
	} {
		if err := w.Add(test.pod); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(3 * time.Second)
		typing, keys := io.Pipe()
		out := &screen{want: "done", seen: make(chan struct{})}
		attached := make(chan error, 1)
		c := streams.Container{Namespace: "default", Pod: name, Name: "d"}
		go func() { attached <- w.Attach(t.Context(), c, streams.Streams{Stdin: typing, Stdout: out, TTY: true}) }()
		io.WriteString(keys, "echo do''ne\n")
		<-out.seen
		io.WriteString(keys, "exit\n")
		if err := <-attached; err != nil {
			t.Errorf("%s: attach ended with %v", name, err)
		}
		w.until(name+" has ended", func() bool { return w.pod(name).Status.ContainerStatuses[0].State.Terminated != nil })
		var log bytes.Buffer
		if err := w.Logs(t.Context(), c, nil, &log); err != nil || !strings.Contains(log.String(), test.processes+"   Leave with a code: exit 3") || !strings.Contains(log.String(), test.files+"\r\n") {
			t.Errorf("%s: it begins with %q, %v", name, &log, err)
		}
	}
}
