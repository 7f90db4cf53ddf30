package script

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/proxy"
)

// runsRight runs a short command with dayfly run, and says what is wrong with its code and its output; empty: nothing.
func runsRight(t *testing.T, kubeconfig, pod string) string {
	cmd := exec.CommandContext(t.Context(), here.binary, "run", pod, "-n", here.Name, "--kubeconfig", kubeconfig, "--image", pictures().shell,
		"--timeout", "5m", "--", "sh", "-c", "echo one; echo two; exit 7")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if code := exitCode(err); code != 7 || stdout.String() != "one\ntwo\n" {
		return fmt.Sprintf("exit code %d, output %q, stderr:\n%s", code, stdout.String(), stderr.String())
	}
	return ""
}

// TestTwoHundredRuns: a hundred short commands at random moments, and a hundred through proxies that break a request in each phase, bring their
// code and their whole output, once.
func TestTwoHundredRuns(t *testing.T) {
	t.Parallel()
	const plain, broken, atOnce = 100, 100, 4
	var pods []string
	for i := range atOnce {
		pods = append(pods, webPod(t, fmt.Sprintf("runs-%d", i)))
	}
	type work struct{ name, kubeconfig, pod string }
	next := make(chan work)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for w := range next {
				if wrong := runsRight(t, w.kubeconfig, w.pod); wrong != "" {
					t.Errorf("%s: %s", w.name, wrong)
				}
			}
		})
	}
	names := slices.Sorted(maps.Keys(proxy.Faults("")))
	for i := range plain {
		next <- work{fmt.Sprintf("plain %d", i), here.kubeconfig, pods[i%atOnce]}
	}
	for i := range broken {
		name, pod := names[i%len(names)], pods[i%atOnce]
		next <- work{name, proxy.Start(t, here.kubeconfig, proxy.Faults(pod)[name]).Kubeconfig, pod}
	}
	close(next)
	workers.Wait()
}

// TestRunIntoHead: whoever reads only the first line ends a run, as the shell tells it.
func TestRunIntoHead(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "head")
	cmd := exec.CommandContext(t.Context(), "bash", "-c", `"$0" run "$1" -n "$2" --kubeconfig "$3" --image "$4" -q -- sh -c 'while :; do echo line; sleep 0.1; done' | head -1; echo "${PIPESTATUS[0]}"`,
		here.binary, pod, here.Name, here.kubeconfig, pictures().shell)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(out)); got != "line\n141" {
		t.Errorf("it prints %q", got)
	}
}

// TestRunInACopy: of a pod that crashes, one that has completed and one that serves, a copy runs the command beside the pod's own containers;
// its code and output come home, nothing is added to the pod, and the copy is deleted.
func TestRunInACopy(t *testing.T) {
	t.Parallel()
	serving := webPod(t, "copied")
	before := kubectl(t, here.kubeconfig, "get", "pod", serving, "-n", here.Name, "-o", "jsonpath={.spec}")
	for _, of := range []struct{ namespace, pod string }{{"shop", "crasher"}, {"shop", "done"}, {here.Name, serving}} {
		cmd := exec.CommandContext(t.Context(), here.binary, "run", of.pod, "-n", of.namespace, "--kubeconfig", here.kubeconfig, "--image", pictures().shell,
			"--copy", "--timeout", "5m", "--", "sh", "-c", "echo one; echo two; exit 7")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if code := exitCode(cmd.Run()); code != 7 || stdout.String() != "one\ntwo\n" {
			t.Errorf("%s: exit code %d, output %q, stderr:\n%s", of.pod, code, stdout.String(), stderr.String())
		}
		_, rest, _ := strings.Cut(stderr.String(), "--copy-to=")
		name, _, ok := strings.Cut(rest, " ")
		if !ok || !strings.HasPrefix(name, of.pod+"-debug-") {
			t.Fatalf("no copy is told of:\n%s", stderr.String())
		}
		kubectl(t, here.kubeconfig, "wait", "pod/"+name, "-n", of.namespace, "--for=delete", "--timeout=180s")
	}
	if after := kubectl(t, here.kubeconfig, "get", "pod", serving, "-n", here.Name, "-o", "jsonpath={.spec}"); after != before {
		t.Errorf("the pod that was copied has changed:\n%s\n%s", before, after)
	}
}
