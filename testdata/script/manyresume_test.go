package script

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// countedPods makes pods whose debug containers can count in a folder of their target how often the command has run there, and waits for them.
func countedPods(t *testing.T, label string, pods int) {
	t.Helper()
	var all strings.Builder
	for i := range pods {
		fmt.Fprintf(&all, "---\n{apiVersion: v1, kind: Pod, metadata: {name: %s-%d, labels: {many: %s}}, spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: app, image: %q, command: [sleep, '3600']}]}}\n", label, i, label, pictures().shell)
	}
	if out := kubectlWith(t.Context(), t, here.kubeconfig, all.String(), "create", "-n", here.Name, "-f", "-"); !strings.HasSuffix(out, "exit code 0\n") {
		t.Fatal(out)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		kubectlWith(ctx, t, here.kubeconfig, "", "delete", "pod", "-n", here.Name, "-l", "many="+label, "--wait=false")
	})
	if out := kubectl(t, here.kubeconfig, "wait", "-n", here.Name, "--timeout=120s", "--for=condition=Ready", "pod", "-l", "many="+label); !strings.HasSuffix(out, "exit code 0\n") {
		t.Fatal(out)
	}
}

// TestManyIsResumed: dayfly is killed in the middle of a batch. What runs is a leftover of this person; the batch is resumed, and in the end the command
// has run once in each pod, and all outputs are there.
func TestManyIsResumed(t *testing.T) {
	t.Parallel()
	const pods = 8
	label, home := fmt.Sprint("r", time.Now().UnixNano()), t.TempDir()
	countedPods(t, label, pods)
	// In some it ends at once; the others wait for a file of their pod.
	const script = `echo run >> /proc/1/root/ran; echo begun; case $(hostname) in *[02468]) ;; *) until [ -e /proc/1/root/go ]; do sleep 0.2; done; esac; echo over`
	run := func(more ...string) *exec.Cmd {
		args := append([]string{"run", "--kubeconfig", here.kubeconfig, "-n", here.Name, "-l", "many=" + label, "--image", pictures().shell, "--max", "3", "--per-node", "3"}, more...)
		cmd := exec.CommandContext(t.Context(), here.binary, append(args, "--", "sh", "-c", script)...)
		cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home)
		return cmd
	}
	book := func() string {
		text, _ := os.ReadFile(filepath.Join(home, "dayfly", "journal.jsonl"))
		return string(text)
	}
	first := run("--prefix")
	var said bytes.Buffer
	first.Stderr = &said
	printed, err := first.StdoutPipe()
	if err == nil {
		err = first.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	// The first, third and fifth end; the second, fourth and sixth run then, and there is no place for the last two.
	lines, begun, over := bufio.NewScanner(printed), 0, 0
	for (begun < 6 || over < 3) && lines.Scan() {
		switch {
		case strings.HasSuffix(lines.Text(), "| begun"):
			begun++
		case strings.HasSuffix(lines.Text(), "| over"):
			over++
		}
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	id := regexp.MustCompile(`dayfly: this is batch ([a-z2-9]{5})\n`).FindStringSubmatch(said.String())
	if id == nil {
		t.Fatalf("it says %s", said.String())
	}
	left := exec.CommandContext(t.Context(), here.binary, "leftovers", "--kubeconfig", here.kubeconfig, "-n", here.Name, "-o", "json")
	left.Env = run().Env
	out, err := left.Output()
	if n := strings.Count(string(out), `"debugger-`+id[1]); err != nil || n < 3 {
		t.Errorf("dayfly leftovers lists %d of the batch: %v: %s", n, err, out)
	}
	for i := range pods {
		kubectl(t, here.kubeconfig, "exec", "-n", here.Name, fmt.Sprintf("%s-%d", label, i), "-c", "app", "--", "touch", "/go")
	}
	again := run("-o", "json", "--resume", id[1])
	var stderr bytes.Buffer
	again.Stderr = &stderr
	result, err := again.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	checkResumed(t, result, id[1], pods)
	for i := range pods {
		pod := fmt.Sprintf("%s-%d", label, i)
		if out := kubectl(t, here.kubeconfig, "exec", "-n", here.Name, pod, "-c", "app", "--", "cat", "/ran"); out != "run\nexit code 0\n" {
			t.Errorf("in %s it has run otherwise than once: %q", pod, out)
		}
		if out := kubectl(t, here.kubeconfig, "get", "-n", here.Name, "pod", pod, "-o", "jsonpath={.spec.ephemeralContainers[*].name}"); strings.Count(out, "debugger-") != 1 {
			t.Errorf("%s has %s", pod, out)
		}
	}
	if strings.Contains(book(), "/ran") {
		t.Error("the journal has the command")
	}
}

// checkResumed looks at what the second run says of all.
func checkResumed(t *testing.T, result []byte, id string, pods int) {
	t.Helper()
	var whole manyWhole
	if err := json.Unmarshal(result, &whole); err != nil || len(whole.Members) != pods {
		t.Fatalf("%v: %s", err, result)
	}
	for _, m := range whole.Members {
		switch {
		case m.Skipped == "has succeeded in batch "+id+" already":
		case m.ExitCode == nil || *m.ExitCode != 0 || m.Output != "begun\nover\n":
			t.Errorf("%+v", m)
		}
	}
	if whole.Changed != 2 {
		t.Errorf("%d are changed: %s", whole.Changed, result)
	}
}
