package script

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// runsUnder runs dayfly to its end in our namespace, with rules of config.yaml, and returns its code and its outputs. There is a preset nobody, which is not root.
func runsUnder(t *testing.T, config string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "dayfly", "presets"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"config.yaml": config, "presets/nobody.yaml": "name: nobody\nimage: " + pictures().shell + "\ncustom: nobody.json\n",
		"presets/nobody.json": `{"securityContext": {"runAsUser": 65534}}`,
	} {
		if err := os.WriteFile(filepath.Join(home, "dayfly", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Contains(args, "--kubeconfig") {
		args = slices.Insert(slices.Clone(args), 1, "--kubeconfig", here.kubeconfig)
	}
	cmd := exec.CommandContext(t.Context(), here.binary, args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home)
	if here.internet != nil {
		cmd.Env = append(cmd.Env, here.internet.env()...)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	code = exitCode(cmd.Run())
	if cmd.ProcessState.Success() {
		code = 0
	}
	return code, out.String(), errs.String()
}

// fromNode runs a command with dayfly run in a pod on a node that is created in our namespace, and wants a code. Nothing of the pod may stay.
func fromNode(t *testing.T, want int, pod string, args ...string) (stdout, stderr string) {
	t.Helper()
	args = append([]string{"run", pod, "--node-namespace", here.Name, "--timeout", "5m"}, args...)
	if !slices.Contains(args, "--image") && !slices.Contains(args, "--preset") {
		args = slices.Insert(args, 2, "--image", pictures().shell)
	}
	code, stdout, stderr := runsUnder(t, "", args...)
	if code != want {
		t.Errorf("%q: exit code %d, want %d, printed %q:\n%s", args, code, want, stdout, stderr)
	}
	noNodePod(t, here.Name, nodePodIn(stderr))
	return stdout, stderr
}

var nodePodName = regexp.MustCompile(`pod ((join|node-debugger)-[a-z0-9-]+), `)

// nodePodIn is the name of the pod on a node that dayfly run has told of; empty: it has told of none.
func nodePodIn(stderr string) string {
	if found := nodePodName.FindStringSubmatch(stderr); found != nil {
		return found[1]
	}
	return ""
}

// noNodePod waits until the pods on nodes whose names begin so, and their Jobs, are gone: all of them have been deleted, which may take a second.
func noNodePod(t *testing.T, namespace, prefix string) {
	t.Helper()
	if prefix == "" {
		return
	}
	left := kubectl(t, here.kubeconfig, "get", "pods,jobs", "-n", namespace, "-l", "app.kubernetes.io/managed-by=dayfly", "-o", "name")
	for name := range strings.FieldsSeq(left) {
		if _, own, _ := strings.Cut(name, "/"); !strings.HasPrefix(own, prefix) {
			continue
		}
		kubectl(t, here.kubeconfig, "wait", name, "-n", namespace, "--for=delete", "--timeout=60s")
		if there := kubectl(t, here.kubeconfig, "get", name, "-n", namespace); !strings.Contains(there, "NotFound") {
			t.Errorf("there is still\n%s", there)
		}
	}
}

// goesFromTheNode goes from the tools to a way that begins at the node.
func (p *person) goesFromTheNode(itself bool) {
	p.t.Helper()
	p.goesOnTo("tab", "tab: in an idle copy")
	p.goesOnTo("tab", "tab: from the node")
	if p.goesOnTo("tab", "tab: on the node itself", p.launches()); itself {
		p.goesOnTo("tab", "tab: in the pod", p.launches())
	}
}

// deletesNodePod waits for the end of a session in a pod on a node, deletes that by a key, and leaves; nothing of it may stay.
func (p *person) deletesNodePod(namespace, prefix string, card ...string) {
	p.t.Helper()
	p.getsCard(append(card, "pod "+prefix)...)
	name := regexp.MustCompile(`pod (` + prefix + `\S+),`).FindStringSubmatch(p.Screen().String())
	if name == nil {
		p.t.Fatalf("no pod is told of:\n%s", p.Screen())
	}
	p.goesOnTo("e", "Delete pod "+name[1])
	p.goesOnTo("enter", "nothing: pod "+name[1]+" was deleted")
	p.leaves()
	noNodePod(p.t, namespace, name[1])
}

// versionOf is the version of a pod that runs; it is another after every change, of its status, too.
func versionOf(t *testing.T, namespace, pod string) string {
	t.Helper()
	kubectl(t, here.kubeconfig, "wait", "pod/"+pod, "-n", namespace, "--for=condition=Ready", "--timeout=60s")
	return kubectl(t, here.kubeconfig, "get", "pod", pod, "-n", namespace, "-o", "jsonpath={.metadata.uid} {.metadata.resourceVersion}")
}

// TestFromTheNode: a few keys lead to a shell with the tools' programs that sees the processes, the localhost and the files of a distroless container, and
// the pod is as it was, to the last field.
func TestFromTheNode(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "seen-from-node")
	before := versionOf(t, here.Name, pod)
	p := desk{cols: 80, rows: 24, config: "sessions: {nodeNamespace: " + here.Name + "}\n"}.sit(t, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesFromTheNode(false)
	p.sees("this gives root on node", "nothing changes in pod "+pod)
	p.presses("enter")
	p.getsShell()
	if ps := p.runs("ps"); !strings.Contains(firstProcess(ps), "web") {
		t.Errorf("process 1 is not the target's:\n%s", ps)
	}
	if page := p.runs("wget -qO- localhost:8080"); page == "" || strings.Contains(page, "wget:") {
		t.Errorf("no answer of the target: %q", page)
	}
	if files := p.runs("ls /proc/1/root/etc $TARGET_ROOT/etc"); strings.Count(files, "passwd") != 2 {
		t.Errorf("no files of the target: %q", files)
	}
	if name := p.runs("hostname"); name != pod+"\n" {
		t.Errorf("the host name is %q", name)
	}
	p.types("exit 5\r")
	p.deletesNodePod(here.Name, "join-"+pod+"-", "✗ exit 5")
	if after := versionOf(t, here.Name, pod); after != before {
		t.Errorf("the pod was %s, and is %s", before, after)
	}
}

// TestNamespacesThatAreLeftOut: what a person leaves out is not joined, and all else is: seen from the node, where the target's process has its namespaces.
func TestNamespacesThatAreLeftOut(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "left-out")
	now, err := here.Pod(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	_, id, _ := strings.Cut(now.Status.ContainerStatuses[0].ContainerID, "://")
	names := []string{"net", "pid", "ipc", "uts", "mnt"}
	read := "for N in " + strings.Join(names, " ") + "; do readlink $N; done"
	out, _ := fromNode(t, 0, "node/"+now.Spec.NodeName, "--profile", "sysadmin", "--", "sh", "-c",
		"P=$(grep -ls "+id+" /proc/[0-9]*/cgroup | head -n 1); cd ${P%/cgroup}/ns && "+read)
	target := strings.Fields(out)
	if len(target) != len(names) {
		t.Fatalf("the target's namespaces are %q", target)
	}
	for _, left := range []string{"", "net", "pid", "ipc", "uts", "net,pid,ipc,uts"} {
		t.Run("without "+left, func(t *testing.T) {
			t.Parallel()
			args := []string{"--from-node"}
			if left != "" {
				args = append(args, "--not-joined", left)
			}
			out, _ := fromNode(t, 0, pod, append(args, "--", "sh", "-c", "cd /proc/self/ns && "+read)...)
			ours := strings.Fields(out)
			if len(ours) != len(names) {
				t.Fatalf("the namespaces are %q", ours)
			}
			for i, name := range names {
				want := name != "mnt" && !slices.Contains(strings.Split(left, ","), name)
				if joined := ours[i] == target[i]; joined != want {
					t.Errorf("%s joined: %t, want %t (%s, and the target's %s)", name, joined, want, ours[i], target[i])
				}
			}
		})
	}
}

// TestFromTheNodeWhereProcessesAreShared: PID 1 is the pause process there; the shell is told where the target is.
func TestFromTheNodeWhereProcessesAreShared(t *testing.T) {
	t.Parallel()
	const pod = "shares-from-node"
	err := here.Run(t.Context(), pod, corev1.PodSpec{
		ShareProcessNamespace: new(true),
		Containers: []corev1.Container{
			{Name: "sidecar", Image: pictures().shell, Command: []string{"sh", "-c", "exec sleep 1000000"}},
			{Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", "echo of-app >/tmp/whose; sleep 2000000; exit"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, _ := fromNode(t, 0, pod, "--from-node", "-c", "app", "--", "sh", "-c", `cat $TARGET_ROOT/tmp/whose; tr '\0' ' ' </proc/$TARGET_PID/cmdline; echo; ps`)
	lines := strings.Split(out, "\n")
	if len(lines) < 3 || lines[0] != "of-app" || !strings.HasPrefix(lines[1], "sh -c echo of-app") {
		t.Errorf("the target's files and command are %q", out)
	}
	if ps := strings.Join(lines[2:], "\n"); !strings.Contains(ps, "sleep 1000000") || strings.Contains(firstProcess(ps), "sh -c") {
		t.Errorf("the processes are not those of the pod:\n%s", ps)
	}
}

// TestFromTheNodeIntoInitContainers: one that has not ended and a sidecar are joined as any other, before there is an application.
func TestFromTheNodeIntoInitContainers(t *testing.T) {
	t.Parallel()
	const pod = "init-from-node"
	sleeps := func(name, seconds string) corev1.Container {
		return corev1.Container{Name: name, Image: pictures().shell, Command: []string{"sh", "-c", "exec sleep " + seconds}}
	}
	beside := sleeps("beside", "1000001")
	beside.RestartPolicy = new(corev1.ContainerRestartPolicyAlways)
	err := here.Create(t.Context(), pod, corev1.PodSpec{
		InitContainers: []corev1.Container{beside, sleeps("waits", "1000002")}, Containers: []corev1.Container{{Name: "app", Image: pictures().web}},
	})
	if err == nil {
		err = here.AwaitPod(t.Context(), pod, "is in its second container", func(p *corev1.Pod) bool {
			return statusOf(p.Status.InitContainerStatuses, "waits").State.Running != nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for container, seconds := range map[string]string{"beside": "1000001", "waits": "1000002"} {
		out, _ := fromNode(t, 0, pod, "--from-node", "-c", container, "--", "sh", "-c", `tr '\0' ' ' </proc/1/cmdline`)
		if out != "sleep "+seconds+" " {
			t.Errorf("process 1 of %s is %q", container, out)
		}
	}
	if _, said := fromNode(t, 1, pod, "--from-node", "-c", "app", "--", "true"); !strings.Contains(said, "app is not running (waiting: PodInitializing)") {
		t.Errorf("of the application that is not there it is said\n%s", said)
	}
}

// TestStaticPodFromTheNode: of a pod that the API server cannot change, the way from the node is offered first, with the reason.
func TestStaticPodFromTheNode(t *testing.T) {
	t.Parallel()
	if here.internet == nil {
		t.Log("the cluster is not that of testdata/cluster: which static pods it has is not known")
		return
	}
	const pod = "static-node-1"
	system := here.Elsewhere("kube-system")
	before := asItIs(t, system, pod)
	p := desk{cols: 80, rows: 24, config: "sessions: {nodeNamespace: " + here.Name + "}\n"}.sit(t, "-n", system.Name, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.must(p.WaitFor(soon, "the way from the node, and why", func(s terminal.Screen) bool {
		return s.Has("★ a static pod takes no debug container") && s.Has(admitted)
	}))
	p.presses("enter")
	p.getsShell()
	if ps := p.runs("ps"); !strings.Contains(firstProcess(ps), "pause") {
		t.Errorf("process 1 is not the static pod's:\n%s", ps)
	}
	p.types("exit\r")
	p.deletesNodePod(here.Name, "join-"+pod+"-", "✓ exit 0")
	before.still(t)
}
