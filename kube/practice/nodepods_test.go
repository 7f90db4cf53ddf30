package practice_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// user is a person at a practice cluster that runs by itself.
type user struct {
	t       *testing.T
	cluster *kube.Cluster
	client  *http.Client
	server  string
	pod     *kube.Pod // annotated, whose container app can be joined
}

func newUser(t *testing.T) *user {
	t.Helper()
	c := start(t, practice.Options{})
	u := &user{t: t, cluster: opens(t, c), client: client(t, c, ""), server: c.Server}
	u.pod = u.read()
	return u
}

func (u *user) read() *kube.Pod {
	u.t.Helper()
	pod, err := u.cluster.Pod(u.t.Context(), "shop", "annotated")
	if err != nil {
		u.t.Fatal(err)
	}
	return pod
}

// asks is a request by a way, with a command.
func asks(way debug.Way, script string, changes ...func(*debug.Request)) debug.Request {
	r := debug.Request{
		Way: way, Name: debug.NewName(), Image: "busybox:1.37", Profile: kube.General, Target: "app", NoTTY: true, NoStdin: true,
		Command: []string{"sh", "-c", script}, EndsAfter: time.Hour,
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

// starts carries a request out, as far as its container runs, or has run.
func (u *user) starts(pod *kube.Pod, r debug.Request) debug.Plan {
	u.t.Helper()
	plan, err := debug.NewPlan(pod, r)
	if err != nil {
		u.t.Fatal(err)
	}
	for p := range launch.CarryOut(u.t.Context(), u.cluster, plan) {
		if p.Err != nil {
			u.t.Fatal(p.Err)
		}
	}
	return plan
}

// says is what a request's command prints, and its exit code.
func (u *user) says(pod *kube.Pod, r debug.Request) (out string, code int) {
	u.t.Helper()
	plan := u.starts(pod, r)
	ctx, cancel := context.WithTimeout(u.t.Context(), apitest.Stuck)
	defer cancel()
	ending, err := u.cluster.AwaitExit(ctx, plan.Debug)
	if err != nil || ending.Exit == nil {
		u.t.Fatalf("it does not end: %+v, %v", ending, err)
	}
	return u.log(plan.Debug), ending.Exit.Code
}

func (u *user) log(t kube.Target) string {
	u.t.Helper()
	url := fmt.Sprintf("%s/api/v1/namespaces/%s/pods/%s/log?container=%s", u.server, t.Namespace, t.Pod, t.Container)
	request, err := http.NewRequestWithContext(u.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		u.t.Fatal(err)
	}
	response, err := u.client.Do(request)
	if err != nil {
		u.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	return string(text)
}

// spaces joins some namespaces.
func spaces(n nodepod.Namespaces) func(*debug.Request) {
	return func(r *debug.Request) { r.Node.Namespaces = &n }
}

// Who joins a container from its node sees what a debug container with that target sees.
func TestJoinFromNode(t *testing.T) {
	u := newUser(t)
	const script = `ps | grep -v -e sh -e awk; cat $TARGET_ROOT/etc/web.conf; hostname; [ -n "$TARGET_PID" ] && kill -0 $TARGET_PID && echo alive`
	inPod, code := u.says(u.pod, asks(debug.InPod, script, func(r *debug.Request) { r.EndsAfter = 0 }))
	if code != 0 || !strings.Contains(inPod, "greeting=hello from web\nannotated\nalive\n") || !strings.Contains(inPod, "/web") {
		t.Fatalf("in the pod it ends with %d and says\n%s", code, inPod)
	}
	joined, code := u.says(u.pod, asks(debug.Join, script))
	if code != 0 || joined != inPod {
		t.Errorf("from the node it ends with %d and says\n%s\nwant\n%s", code, joined, inPod)
	}
	network, code := u.says(u.pod, asks(debug.Join, script, spaces(nodepod.Namespaces{Network: true})))
	if code != 0 || !strings.Contains(network, "/usr/bin/kubelet") || !strings.Contains(network, "/web") || !strings.Contains(network, "greeting=hello from web\njoin-annotated-") || !strings.Contains(network, "alive\n") {
		t.Errorf("with the network alone it ends with %d and says\n%s", code, network)
	}
	files, code := u.says(u.pod, asks(debug.Join, "cat etc/web.conf", spaces(nodepod.Namespaces{Mounts: true, Processes: true})))
	if code != 0 || files != "greeting=hello from web\n" {
		t.Errorf("with the files it ends with %d and says\n%s", code, files)
	}
	if pod := u.read(); len(pod.Object().Spec.EphemeralContainers) != 1 {
		t.Errorf("the pod has %+v", pod.Object().Spec.EphemeralContainers)
	}
}

// What is not on the node is told by the words of the script itself, whether it is joined by the program or by an exec.
func TestJoinOfWhatIsGone(t *testing.T) {
	u := newUser(t)
	object := u.pod.Object().DeepCopy()
	for i := range object.Status.ContainerStatuses {
		object.Status.ContainerStatuses[i].ContainerID = "containerd://" + strings.Repeat("ab", 32)
	}
	const want = "dayfly: no process of the container runs on this node: it has ended, or the node does not show which processes are its own\n"
	if out, code := u.says(kube.NewPod(object), asks(debug.Join, "echo here")); code != 125 || out != want {
		t.Errorf("it ends with %d and says %q", code, out)
	}
	elsewhere := u.pod.Object().DeepCopy()
	elsewhere.Spec.NodeName = map[bool]string{true: "n-2", false: "n-1"}[elsewhere.Spec.NodeName == "n-1"]
	if out, code := u.says(kube.NewPod(elsewhere), asks(debug.Join, "echo here")); code != 125 || out != want {
		t.Errorf("from another node it ends with %d and says %q", code, out)
	}
}

// Who has joined the processes of a container ends with it; who has not goes on.
func TestJoinedEndsWithTarget(t *testing.T) {
	u := newUser(t)
	joined := u.starts(u.pod, asks(debug.Join, "exec sleep 1000"))
	beside := u.starts(u.pod, asks(debug.Join, "exec sleep 1000", spaces(nodepod.Namespaces{Network: true})))
	if _, code := u.says(u.pod, asks(debug.Join, "kill $TARGET_PID; exec sleep 1000")); code != 137 {
		t.Errorf("who kills it ends with %d", code)
	}
	ctx, cancel := context.WithTimeout(t.Context(), apitest.Stuck)
	defer cancel()
	if ending, err := u.cluster.AwaitExit(ctx, joined.Debug); err != nil || ending.Exit == nil || ending.Exit.Code != 137 {
		t.Errorf("who has joined it ends with %+v, %v", ending.Exit, err)
	}
	pod, err := u.cluster.Pod(t.Context(), beside.Debug.Namespace, beside.Debug.Pod)
	if err != nil || pod.Object().Status.Phase != corev1.PodRunning {
		t.Errorf("who has joined its network alone: %+v, %v", pod, err)
	}
}

// isolates reports whether this kernel shows containers files at places of their own.
func isolates(t *testing.T) bool {
	t.Helper()
	host, err := process.NewHost(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	return host.Isolated()
}

// A pod on a node finds of it what its profile gives.
func TestNodeFromPod(t *testing.T) {
	u := newUser(t)
	files := "/host"
	if !isolates(t) {
		files = "$HOST_ROOT"
	}
	script := "ps; hostname; cat " + files + "/etc/os-release " + files + "/etc/kubernetes/kubelet.conf; ls " + files + "/var/log; echo ${TARGET_PID-none}"
	node := u.pod.Object().Spec.NodeName
	for profile, given := range map[kube.Profile]nodepod.Given{
		kube.General: nodepod.Gives(kube.General), kube.Netadmin: nodepod.Gives(kube.Netadmin), kube.Baseline: nodepod.Gives(kube.Baseline),
	} {
		out, _ := u.says(u.pod, asks(debug.Node, script, func(r *debug.Request) { r.Profile, r.Target = profile, "" }))
		for what, has := range map[string]bool{
			"/usr/bin/kubelet": given.Namespaces, "/usr/bin/containerd": given.Namespaces, "/web": given.Namespaces, "\n" + node + "\n": given.Namespaces, "none\n": true,
			"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"": given.Files, "kind: Config": given.Files, "journal.txt": given.Files,
		} {
			if strings.Contains(out, what) != has {
				t.Errorf("%s: it finds %q: %t, in\n%s", profile, what, !has, out)
			}
		}
	}
}

// The node's own shell has the node's files where they are, and its programs.
func TestNodeShell(t *testing.T) {
	u := newUser(t)
	script := "cat etc/os-release; journalctl -n 1; crictl ps -a; systemctl --failed; hostname; ps"
	if isolates(t) {
		script = "cat /etc/hostname && [ -f /etc/passwd ] && " + script
	}
	out, code := u.says(u.pod, asks(debug.Node, script, func(r *debug.Request) { r.Node.Shell, r.Target = true, "" }))
	if name := u.pod.Object().Spec.NodeName + "\n"; isolates(t) && !strings.HasPrefix(out, name) {
		t.Errorf("the node's files are not at their places:\n%s", out)
	}
	for _, want := range []string{"Debian GNU/Linux 12", "kubelet[801]: Kubelet version v1.34.4", "Running  app", "0 loaded units", "\n" + u.pod.Object().Spec.NodeName + "\n", "/usr/bin/kubelet", "/web"} {
		if !strings.Contains(out, want) || code != 0 {
			t.Errorf("it ends with %d, and %q is not in\n%s", code, want, out)
		}
	}
}

// The IDs of containers are as runtimes make them: by them a container is found on its node.
func TestContainerIDs(t *testing.T) {
	u := newUser(t)
	for _, s := range u.pod.Object().Status.ContainerStatuses {
		runtime, id, _ := strings.Cut(s.ContainerID, "://")
		if runtime != "containerd" || len(id) != 64 || strings.Trim(id, "0123456789abcdef") != "" {
			t.Errorf("container %s has ID %q", s.Name, s.ContainerID)
		}
	}
}
