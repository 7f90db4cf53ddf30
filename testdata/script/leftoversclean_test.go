package script

import (
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// cleared is what dayfly leftovers --delete -o json says of one.
type cleared struct {
	leftover
	Result, Error, Kept, Command string
}

// entryName is a name that only kubectl debug gives: what is called otherwise is likely its own, and no more.
const entryName = "debugger-x7k2b"

// messy is a namespace in which kubectl debug was used in all three modes, in a pod that goes on serving and in one that a killed dayfly has copied.
func messy(t *testing.T, word string) (in *scratch.Namespace, copied string) {
	t.Helper()
	in, err := here.Beside(t.Context(), word)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Delete(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := in.Run(t.Context(), "web", corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"sleep", "1000000"}}}}); err != nil {
		t.Fatal(err)
	}
	web, err := in.Pod(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"web", "--target", "app", "-c", entryName}, {"web", "--copy-to", "web-copy", "-c", "debugger-x2k4b"}, {"node/" + web.Spec.NodeName},
	} {
		args = append([]string{"debug", "-n", in.Name, "--image", pictures().shell, "--profile", "general"}, args...)
		if out := kubectl(t, here.kubeconfig, append(args, "--", "sh", "-c", "trap exit HUP TERM; while :; do sleep 0.2; done")...); !strings.Contains(out, "exit code 0") {
			t.Fatal(out)
		}
	}
	cmd := exec.CommandContext(t.Context(), here.binary, "run", "web", "-n", in.Name, "--kubeconfig", here.kubeconfig, "--image", pictures().shell, "--copy", "--", "sh", "-c", "hostname; exec sleep 1000")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	name := make([]byte, 256)
	n, err := out.Read(name)
	if copied = strings.TrimSpace(string(name[:n])); err != nil || copied == "" {
		t.Fatalf("it printed %q, %v", copied, err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if err := in.AwaitPod(t.Context(), "web", "has its debug container running", func(p *corev1.Pod) bool {
		return statusOf(p.Status.EphemeralContainerStatuses, entryName).State.Running != nil
	}); err != nil {
		t.Fatal(err)
	}
	return in, copied
}

// wantClean wants the namespace to have the pod alone that was debugged, and its debug container to have ended.
func wantClean(t *testing.T, in *scratch.Namespace) {
	t.Helper()
	if left := strings.Fields(kubectl(t, here.kubeconfig, "get", "pods,jobs", "-n", in.Name, "-o", "name")); len(left) == 0 || left[0] != "pod/web" || len(left) > 1 && strings.HasPrefix(left[1], "pod/") {
		t.Errorf("there is %q", left)
	}
	pod, err := in.Pod(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	if pod.Status.Phase != corev1.PodRunning || statusOf(pod.Status.ContainerStatuses, "app").RestartCount > 0 {
		t.Errorf("the pod that was debugged has suffered: %+v", pod.Status)
	}
	if statusOf(pod.Status.EphemeralContainerStatuses, entryName).State.Terminated == nil {
		t.Error("the debug container runs on")
	}
}

// TestLeftoversAreTakenAway: by keys, at 80×24. What is done is shown before; the pod that was debugged goes on; a second look finds only the entry.
func TestLeftoversAreTakenAway(t *testing.T) {
	t.Parallel()
	in, copied := messy(t, "keys")
	p := desk{cols: 80, rows: 24}.sit(t, "leftovers", "-n", in.Name)
	p.must(p.WaitFor(start, "the list", func(s terminal.Screen) bool { return s.Has(copied) || s.Has("leftovers ·") && !s.Has("so far") }))
	p.presses("/")
	p.types(in.Name)
	p.sees(entryName, "web-copy", "node-debugger-", copied, "4 of ")
	p.presses("enter", "*")
	p.goesOnTo("e", "Delete 3 pods and end 1 debug container?", "kubectl delete pod web-copy", "kubectl delete job,pod "+copied)
	p.goesOnTo("enter", "Done", "✓ "+entryName+" in pod web ended", "✓ pod web-copy deleted", "✓ pod "+copied+" deleted")
	p.goesOnTo("esc", "1 of ", "○", "evict pod web")
	p.leaves()
	wantClean(t, in)
}

// TestLeftoversDelete: from a command line, as cron would. Without --yes nothing happens; what is young stays where that is asked for.
func TestLeftoversDelete(t *testing.T) {
	t.Parallel()
	in, copied := messy(t, "cron")
	clears := func(code int, args ...string) map[string]cleared {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), here.binary, append([]string{"leftovers", "-o", "json", "-n", in.Name, "--kubeconfig", here.kubeconfig, "--delete"}, args...)...)
		out, _ := cmd.Output()
		var list []cleared
		if err := json.Unmarshal(out, &list); err != nil || cmd.ProcessState.ExitCode() != code {
			t.Fatalf("%v, exit code %d: %s", err, cmd.ProcessState.ExitCode(), out)
		}
		found := map[string]cleared{}
		for _, c := range list {
			found[c.name()] = c
		}
		return found
	}
	for _, c := range []map[string]cleared{clears(0), clears(0, "--older-than", "1h", "--yes")} {
		if len(c) != 4 || c["web/"+entryName].Result != "" || c["web-copy"].Result != "" {
			t.Fatalf("something was done: %+v", c)
		}
	}
	if kept := clears(0, "--older-than", "1h", "--yes")["web-copy"].Kept; !strings.Contains(kept, "younger than 60m") {
		t.Errorf("it is kept because of %q", kept)
	}
	done := clears(0, "--older-than", "0", "--yes")
	if len(done) != 4 || done["web/"+entryName].Result != "ended" || done["web-copy"].Result != "deleted" || done[copied].Result != "deleted" {
		t.Errorf("what was done is %+v", done)
	}
	wantClean(t, in)
}
