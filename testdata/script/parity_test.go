package script

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/manifests"
)

// accepted are the differences between what kubectl prints of the practice cluster and of a real one that are right, each
// with its reason. What matches is replaced in both outputs before they are compared.
func accepted() []difference {
	of := func(pattern, with, reason string) difference {
		return difference{regexp.MustCompile(`(?m)` + pattern), with, reason}
	}
	return []difference{
		of(` \(x\d+ over [\ddhms]+\)`, "", "how often an event was repeated depends on the age"),
		of(`(  )(\d+[dhms]){1,2}(  |$)`, "${1}AGE$3", "the practice cluster begins with a history, the real one begins now"),
		of(`(\w{3}, \d\d \w{3} \d{4} |\d{4}-\d\d-)[\dT:-]+( [+-]\d{4}|Z)`, "TIME", "so their times differ"),
		of(` +`, " ", "and so do the widths of columns"),
		of(`\d+\.\d+\.\d+\.\d+`, "IP", "networks differ"),
		of(`\b(node-1|n-\d)\b(/IP)?`, "NODE", "nodes have other names, and there are three in the practice cluster"),
		of(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "UID", "UIDs are random"),
		of(`kube-api-access-\w{5}`, "VOLUME", "the suffix of the volume is random"),
		of(`start exec "[0-9a-f]{64}"`, `start exec "ID"`, "and so are those of commands"),
		of(`^ ?Warning FailedScheduling .*node\.kubernetes\.io/unreachable.*\n`, "", "a node of the practice cluster falls silent, which its scheduler tells once more"),
		of(` 0/\d nodes are available: (\d node\(s\) (had untolerated taint \{[^}]*\}|were unschedulable), )*\d node`, " NODES: node",
			"the practice cluster has more nodes, and some of them are tainted or cordoned"),
		of(` 0/\d nodes are available: \d Preemption`, " NODES: Preemption", "and preemption counts the same nodes"),
		of(`^ ?Warning Unhealthy .*(: connect: connection refused|Client\.Timeout exceeded.*)\n`, "",
			"whether a probe comes before the server listens, or is answered within its second, is a matter of luck"),
		of(`^ ?Warning FailedMount .* failed to sync configmap cache: timed out waiting for the condition\n`, "",
			"and so is whether the kubelet has the certificates of a new namespace when it mounts them; it tries again"),
		of(`containerd://[0-9a-f]{64}`, "ID", "container IDs are random"),
		of(`sha256:[0-9a-f]{64}`, "DIGEST", "there are no images in the practice cluster whose digest could be taken"),
		of(`\r$`, "", "containerd's logs of a terminal drop carriage returns; the practice cluster's keep them, until that is mended"),
		of(`(resourceVersion: )"\d+"`, "$1", "the history of the store is another one"),
	}
}

type difference struct {
	pattern *regexp.Regexp
	with    string
	reason  string
}

// TestParity runs kubectl on the practice cluster and on a real one with the same pods. It must not see which is which.
func TestParity(t *testing.T) {
	practice := practiceCluster(t)
	applyShop(t)
	const steady = "annotated nonroot notready done pending stuck-init"
	for _, line := range []string{
		"get pods " + steady,
		"get pods " + steady + " -o name",
		"get pods " + steady + " -o wide",
		"get deployment web -o wide",
		"get pods -l app=nothing",
		"get pod nope",
		"get pods --field-selector=foo=bar",
		"get nothing",
		"describe pod nonroot",
		"describe pod notready",
		"describe pod done",
		"describe pod stuck-init",
		"describe pod pending",
		"get pod nonroot -o yaml",
		"logs annotated -c proxy",
		"logs annotated -c nope",
		"logs done",
		"logs stuck-init",
		"logs pending",
		"logs nonroot -p",
		"logs nope",
		"exec annotated -c nope -- true",
		"exec done -- true",
		events("annotated"), events("nonroot"), events("notready"), events("done"),
		events("pending"), events("stuck-init"), events("badimage"), events("crasher"),
		"exec annotated -c proxy -- echo hello",
		"exec annotated -c proxy -- sh -c exit${IFS}7",
		"exec annotated -c proxy -- nope",
		"auth can-i patch pods --subresource=ephemeralcontainers",
		"delete pod nope",
		"run new --image=busybox:1.37 --dry-run=server",
		"run new_ --image=busybox:1.37 --dry-run=server",
		`patch pod annotated --subresource=ephemeralcontainers --dry-run=server -p {"spec":{"ephemeralContainers":[{"name":"app","image":"a"}]}}`,
		`patch pod annotated --subresource=ephemeralcontainers --dry-run=server -p {"spec":{"ephemeralContainers":[{"name":"A","targetContainerName":"x","ports":[{"containerPort":1}]}]}}`,
		`patch pod annotated --subresource=ephemeralcontainers --dry-run=server -p {"metadata":{"uid":"x"}}`,
		`patch pod annotated --subresource=ephemeralcontainers --dry-run=server -p {"spec":{"ephemeralContainers":[{"name":"a","image":3}]}}`,
		"label pod annotated a=b --dry-run=server",
	} {
		t.Run(line, func(t *testing.T) {
			args := strings.Fields(line)
			agree(t, kubectl(t, here.kubeconfig, args...), kubectl(t, practice, args...))
		})
	}
}

// agree compares what kubectl has printed of the real and of the practice cluster.
func agree(t *testing.T, want, got string) {
	t.Helper()
	if diff := gocmp.Diff(normal(want), normal(got)); diff != "" {
		t.Errorf("real (-) and practice (+) cluster:\n%s", diff)
	}
}

// events is the line that shows what has happened to a pod, without the order, in which only those of one container come.
func events(pod string) string {
	return "get events --field-selector=involvedObject.name=" + pod + " --sort-by=.message -o custom-columns=T:.type,R:.reason,M:.message"
}

// normal is what kubectl has printed, without the differences that are accepted. A row of an event or of a watch may come several
// times in a row: how often the same was written depends on the age, and on how a kubelet divides its changes of a status.
func normal(output string) string {
	repeats := regexp.MustCompile(`^ ?(Normal|Warning|ADDED|MODIFIED) `)
	output = strings.ReplaceAll(output, here.Name, "shop")
	for _, d := range accepted() {
		output = d.pattern.ReplaceAllString(output, d.with)
	}
	lines := strings.SplitAfter(output, "\n")
	return strings.Join(slices.CompactFunc(lines, func(a, b string) bool { return a == b && repeats.MatchString(a) }), "")
}

// kubectl is what it prints, on both of its outputs, and its exit code. KUBECTL names the program.
func kubectl(t *testing.T, kubeconfig string, args ...string) string {
	t.Helper()
	return kubectlWith(t.Context(), t, kubeconfig, "", args...)
}

func kubectlWith(ctx context.Context, t *testing.T, kubeconfig, input string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(ctx, cmp.Or(os.Getenv("KUBECTL"), "kubectl"), args...)
	c.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "HOME="+t.TempDir())
	c.Stdin = strings.NewReader(input)
	output, err := c.CombinedOutput()
	if refused := (*exec.ExitError)(nil); err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	return fmt.Sprintf("%sexit code %d\n", output, c.ProcessState.ExitCode())
}

// practiceCluster starts one and returns the path of its kubeconfig.
func practiceCluster(t *testing.T) string {
	t.Helper()
	c := exec.Command(here.binary, "demo", "--serve")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("dayfly demo --serve: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	kubeconfig, ok := strings.CutPrefix(strings.TrimSpace(line), "export KUBECONFIG=")
	if err != nil || !ok || !filepath.IsAbs(kubeconfig) {
		t.Fatalf("dayfly demo --serve says %q, %v", line, err)
	}
	return kubeconfig
}

// applyShop makes the pods of the practice cluster's shop in the real one, in the test's own namespace, and waits until
// they are what they will be.
func applyShop(t *testing.T) {
	t.Helper()
	data, err := manifests.FS.ReadFile("shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var documents []string
	for _, document := range strings.Split(string(data), "\n---\n") {
		if !strings.Contains(document, "kind: Namespace\n") {
			documents = append(documents, strings.ReplaceAll(document, "namespace: shop", "namespace: "+here.Name))
		}
	}
	shop := strings.Join(documents, "\n---\n")
	t.Cleanup(func() {
		kubectlWith(context.Background(), t, here.kubeconfig, shop, "delete", "--ignore-not-found", "-f", "-")
	})
	kubectl(t, here.kubeconfig, "delete", "events", "--all") // an earlier run had pods of the same names
	t.Log(kubectlWith(t.Context(), t, here.kubeconfig, shop, "create", "-f", "-"))
	running := func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodRunning }
	for name, holds := range map[string]func(*corev1.Pod) bool{
		"annotated": running, "nonroot": running, "notready": running,
		"done": func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodSucceeded },
		"stuck-init": func(p *corev1.Pod) bool {
			return len(p.Status.InitContainerStatuses) > 0 && p.Status.InitContainerStatuses[0].State.Running != nil
		},
	} {
		if err := here.AwaitPod(t.Context(), name, "is as it will be", holds); err != nil {
			t.Fatal(err)
		}
	}
	kubectl(t, here.kubeconfig, "rollout", "status", "deployment", "web")
	for pod, last := range map[string]string{
		"badimage": "Error: ImagePullBackOff", "crasher": "Back-off restarting", "notready": "statuscode: 503", "pending": "FailedScheduling",
	} {
		follow(t, here.kubeconfig, append(strings.Fields(events(pod)), "--watch")...).until(last)
	}
}
