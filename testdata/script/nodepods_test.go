package script

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/testdata/proxy"
)

// someNode is a node of the cluster: that of pod, which is made.
func someNode(t *testing.T, pod string) string {
	t.Helper()
	made, err := here.Pod(t.Context(), webPod(t, pod))
	if err != nil {
		t.Fatal(err)
	}
	return made.Spec.NodeName
}

// TestNodeProfiles: whatever the profile, a pod runs on the node, and has of it what the profile gives: its processes, its network and its files, or none of
// these; by its files a person can be at home there. And the node's own shell has its namespaces.
func TestNodeProfiles(t *testing.T) {
	t.Parallel()
	node := someNode(t, "for-profiles")
	const asks = `id -u; [ -r /host/etc/passwd ] && echo files; for N in pid net ipc; do readlink /proc/self/ns/$N; done`
	var lock sync.Mutex
	all := map[kube.Profile][]string{}
	var runs sync.WaitGroup
	for _, profile := range kube.Profiles() {
		runs.Go(func() {
			args := []string{"--profile", string(profile)}
			if profile == kube.Restricted { // which the image's own user is not
				args = append(args, "--preset", "nobody")
			}
			out, _ := fromNode(t, 0, "node/"+node, append(args, "--", "sh", "-c", asks)...)
			lock.Lock()
			defer lock.Unlock()
			all[profile] = strings.Fields(out)
		})
	}
	runs.Go(func() {
		out, _ := fromNode(t, 0, "node/"+node, "--profile", "sysadmin", "--", "chroot", "/host", "sh", "-c", "ls -d /host 2>&1; head -n 1 /etc/passwd")
		if !strings.HasPrefix(out, "root:") && !strings.Contains(out, "\nroot:") {
			t.Errorf("in the node's files there is %q", out)
		}
	})
	var own string
	runs.Go(func() {
		own, _ = fromNode(t, 0, "node/"+node, "--host-shell", "--", "sh", "-c", "for N in pid net ipc mnt; do readlink /proc/self/ns/$N; readlink /proc/1/ns/$N; done")
	})
	runs.Wait()
	host := strings.Fields(own) // each as it is for the shell, and for the node's first process
	if len(host) != 8 {
		t.Fatalf("the node's own shell says %q", own)
	}
	for i := 0; i < len(host); i += 2 {
		if host[i] != host[i+1] {
			t.Errorf("the node's own shell is in %s, and the node's first process in %s", host[i], host[i+1])
		}
	}
	for profile, said := range all {
		files := profile == kube.Legacy || profile == kube.General || profile == kube.Sysadmin
		namespaces := files || profile == kube.Netadmin
		if has := strings.Contains(strings.Join(said, " "), "files"); has != files {
			t.Errorf("profile %s has the node's files: %t, want %t", profile, has, files)
		}
		if root := len(said) > 0 && said[0] == "0"; root == (profile == kube.Restricted) {
			t.Errorf("profile %s runs as %q", profile, said)
		}
		for _, of := range []string{host[0], host[2], host[4]} {
			if has := strings.Contains(strings.Join(said, " "), of); has != namespaces {
				t.Errorf("profile %s has %s of the node: %t, want %t", profile, of, has, namespaces)
			}
		}
	}
}

// TestNodesOwnShellFromTheScreen: from a pod's tools a few keys lead to the shell of its node, and the card tells how it ended.
func TestNodesOwnShellFromTheScreen(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "node-shell")
	before := versionOf(t, here.Name, pod)
	p := desk{cols: 80, rows: 24, config: "sessions: {nodeNamespace: " + here.Name + "}\n"}.sit(t, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesFromTheNode(true)
	p.sees("its files in")
	p.goesOnTo("o", "▸ [ ] its own shell", "namespace "+here.Name)
	p.goesOnTo("space", "▸ [x] its own shell")
	p.goesOnTo("enter", "its own shell, in its namespaces", p.launches())
	p.presses("enter")
	p.getsShellOf("#")
	if out := p.asks("readlink /proc/self/ns/mnt; readlink /proc/1/ns/mnt"); !sameLines(out) {
		t.Errorf("the shell is not in the files of the node: %q", out)
	}
	p.types("exit 6\r")
	p.deletesNodePod(here.Name, "node-debugger-", "✗ exit 6")
	if after := versionOf(t, here.Name, pod); after != before {
		t.Errorf("the pod was %s, and is %s", before, after)
	}
}

// sameLines reports whether a shell has printed one namespace twice.
func sameLines(out string) bool {
	var found []string
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "mnt:[") {
			found = append(found, line)
		}
	}
	return len(found) == 2 && found[0] == found[1]
}

// startsFromNode starts dayfly run in the background, waits until its command runs, and returns the name of its pod. The command waits for ever.
func startsFromNode(t *testing.T, about string, args ...string) (cmd *exec.Cmd, name string, stderr func() string) {
	t.Helper()
	words := append([]string{"run", about, "-n", here.Name, "--kubeconfig", here.kubeconfig, "--image", pictures().shell, "--node-namespace", here.Name}, args...)
	cmd = exec.CommandContext(t.Context(), here.binary, append(words, "--", "sh", "-c", "echo runs; exec sleep 1000")...)
	if here.internet != nil {
		cmd.Env = append(os.Environ(), here.internet.env()...)
	}
	said := &lockedBuffer{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len("runs\n"))
	if _, err := io.ReadFull(out, first); err != nil || string(first) != "runs\n" {
		t.Fatalf("it printed %q, %v: %s", first, err, said)
	}
	if name = nodePodIn(said.String()); name == "" {
		t.Fatalf("no pod is told of:\n%s", said)
	}
	return cmd, name, said.String
}

// lockedBuffer keeps what is written to it while others read it.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// TestNodePodsOutliveNobody: dayfly is killed; the cluster deletes the pods on the node, and their Jobs, when their time is over.
func TestNodePodsOutliveNobody(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "outlives-node")
	node := someNode(t, "outlives-its-node")
	var names []string
	for _, args := range [][]string{{pod, "--from-node"}, {"node/" + node}} {
		cmd, name, _ := startsFromNode(t, args[0], append(args[1:], "--life", "60s")...)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if kubectl(t, here.kubeconfig, "get", "pod", name, "-o", "jsonpath={.status.phase}") != "Runningexit code 0\n" {
			t.Errorf("%s does not run when dayfly has been killed", name)
		}
		names = append(names, name)
	}
	for _, name := range names {
		gone(t, name, 75*time.Second)
	}
}

// TestSignalsTwiceStillDelete: a person who is impatient gets their pod deleted all the same: nobody else would do it before its time.
func TestSignalsTwiceStillDelete(t *testing.T) {
	t.Parallel()
	cmd, name, said := startsFromNode(t, webPod(t, "twice-node"), "--from-node")
	for range 20 { // whenever dayfly looks at one, there is another
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			break
		}
	}
	if code := exitCode(cmd.Wait()); code != 130 {
		t.Errorf("exit code %d: %s", code, said())
	}
	if !strings.Contains(said(), "pod "+name+" was deleted") {
		t.Errorf("it is not said that the pod was deleted:\n%s", said())
	}
	noNodePod(t, here.Name, name)
}

// TestNodePodIsToldOfWhenItCannotBeDeleted: the link is cut when the pod is to be deleted; it is told what is left and how to delete it, and in the end its Job
// does it.
func TestNodePodIsToldOfWhenItCannotBeDeleted(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "cut-node")
	cut := proxy.Start(t, here.kubeconfig, proxy.Fault{Method: "DELETE", How: proxy.ResetBefore, Always: true})
	code, out, said := runsUnder(t, "", "run", pod, "-n", here.Name, "--kubeconfig", cut.Kubeconfig, "--from-node", "--node-namespace", here.Name, "--image", pictures().shell,
		"--life", "20s", "--", "echo", "ran")
	if code != 0 || out != "ran\n" || !cut.Struck() {
		t.Errorf("exit code %d, printed %q, cut %t: %s", code, out, cut.Struck(), said)
	}
	name := nodePodIn(said)
	for _, want := range []string{"delete pod " + name + ": the connection to ", "to delete it: kubectl delete job,pod " + name + " --context=proxy"} {
		if !strings.Contains(said, want) {
			t.Errorf("it is not said: %s\n%s", want, said)
		}
	}
	if there := kubectl(t, here.kubeconfig, "get", "pod", name, "-o", "name"); !strings.Contains(there, "pod/"+name) {
		t.Errorf("it was not there any more: %s", there)
	}
	gone(t, name, soon)
}

// joining counts what there is in a namespace to join a pod, NAMESPACE/NAME.
func joining(t *testing.T, namespace, pod string) int {
	t.Helper()
	all := kubectl(t, here.kubeconfig, "get", "pods,jobs", "-n", namespace, "-o", `jsonpath={range .items[*]}{.metadata.annotations}{"\n"}{end}`)
	count := 0
	for annotations := range strings.Lines(all) {
		if strings.Contains(annotations, `"`+pod+`/`) || strings.Contains(annotations, `"`+pod+`"`) {
			count++
		}
	}
	return count
}

// TestHelperPodKeepsOutOfARestrictedNamespace: the pod that joins a container of a restricted namespace is in another, and that is told before; where the one
// that is chosen refuses it, that is told before, too, and one key leads to another.
func TestHelperPodKeepsOutOfARestrictedNamespace(t *testing.T) {
	t.Parallel()
	n := besideUs(t, "from-node")
	enforces(t, n)
	p := desk{cols: 100, rows: 40, config: "sessions: {nodeNamespace: " + n.Name + "}\n"}.sit(t, "-n", n.Name, "safe")
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesFromTheNode(false)
	p.sees(`violates PodSecurity "restricted:latest"`, "m: create it in namespace default")
	p.presses("enter")
	p.sees("known to fail")
	nothing := func() {
		t.Helper()
		if left := kubectl(t, here.kubeconfig, "get", "pods,jobs", "-n", n.Name, "-o", "name"); left != "pod/safe\nexit code 0\n" {
			t.Errorf("there are\n%s", left)
		}
		if left := joining(t, "default", n.Name+"/safe"); left != 0 {
			t.Errorf("in namespace default there are %d objects for it", left)
		}
	}
	nothing()
	p.goesOnTo("m", "from the node, by a pod in namespace default", admitted)
	nothing()
	p.presses("enter")
	p.getsShell()
	if made := joining(t, "default", n.Name+"/safe"); made != 2 {
		t.Errorf("in namespace default there are %d objects for it, want a pod and its Job", made)
	}
	if ps := p.runs("ps"); !strings.Contains(firstProcess(ps), "web") {
		t.Errorf("process 1 is not the target's:\n%s", ps)
	}
	p.types("exit\r")
	p.deletesNodePod("default", "join-safe-", "✓ exit 0")
	nothing()

	code, out, said := runsUnder(t, "", "run", "safe", "-n", n.Name, "--from-node", "--as-target", "--image", pictures().shell, "--", "id", "-u")
	if code != 0 || out != "1000\n" || nodePodIn(said) == "" {
		t.Errorf("as the target's user: exit code %d, printed %q: %s", code, out, said)
	}
	noNodePod(t, "default", nodePodIn(said))
	code, out, said = runsUnder(t, "", "run", "safe", "-n", n.Name, "--from-node", "--node-namespace", n.Name, "--image", pictures().shell, "--", "true")
	if code != 1 || out != "" || !strings.Contains(said, "violates PodSecurity") || !strings.Contains(said, "create it in namespace default with --node-namespace default") {
		t.Errorf("in the restricted namespace: exit code %d, printed %q: %s", code, out, said)
	}
	nothing()
}
