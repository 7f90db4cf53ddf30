package script

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// manyMember is what dayfly run -o json says of one of many.
type manyMember struct {
	Namespace, Pod, Skipped, Error, Output string
	ExitCode                               *int
	Added                                  bool
}

// manyWhole is what it says of all.
type manyWhole struct {
	Changed int
	Members []manyMember
	Groups  []struct{ Members []string }
}

// runsMany runs a command in many pods, for programs.
func runsMany(t *testing.T, args ...string) (whole manyWhole, code int, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), here.binary, append([]string{"run", "--kubeconfig", here.kubeconfig, "-A", "-o", "json"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		code = exitCode(err)
	}
	if err := json.Unmarshal(stdout.Bytes(), &whole); err != nil {
		t.Fatalf("%v: exit code %d, %s", err, code, stderr.String())
	}
	return whole, code, stderr.String()
}

// manyReady is how many pods of a namespace run.
const manyReady = 8

// manyPods makes ten pods in each of three namespaces, of which one in each has an image that is not there and one has completed, and waits for the
// others.
func manyPods(t *testing.T, label string) (namespaces []string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	namespaces = []string{here.Name}
	for _, word := range []string{"many", "more"} {
		other, err := here.Beside(t.Context(), word)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = other.Delete(ctx) })
		namespaces = append(namespaces, other.Name)
	}
	for _, namespace := range namespaces {
		var all strings.Builder
		pod := func(name, image, command string) {
			fmt.Fprintf(&all, "---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, labels: {many: %s}}, spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: app, image: %q, command: [sh, -c, %q]}]}}\n", name, label, image, command)
		}
		for i := range manyReady {
			pod(fmt.Sprintf("many-%d", i), pictures().shell, "sleep 3600")
		}
		pod("many-bad", pictures().missing, "sleep 3600")
		pod("many-done", pictures().shell, "true")
		if out := kubectlWith(t.Context(), t, here.kubeconfig, all.String(), "create", "-n", namespace, "-f", "-"); !strings.HasSuffix(out, "exit code 0\n") {
			t.Fatal(out)
		}
		t.Cleanup(func() {
			kubectlWith(ctx, t, here.kubeconfig, "", "delete", "pod", "-n", namespace, "-l", "many="+label, "--wait=false")
		})
	}
	for _, namespace := range namespaces {
		ready := []string{"--for=condition=Ready"}
		for i := range manyReady {
			ready = append(ready, fmt.Sprintf("pod/many-%d", i))
		}
		for _, wait := range [][]string{
			ready, {"--for=jsonpath={.status.phase}=Succeeded", "pod/many-done"},
			{"--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff", "pod/many-bad"},
		} {
			if out := kubectl(t, here.kubeconfig, append([]string{"wait", "-n", namespace, "--timeout=120s"}, wait...)...); !strings.HasSuffix(out, "exit code 0\n") {
				t.Fatal(out)
			}
		}
	}
	return namespaces
}

// byPod are members by NAMESPACE/POD.
func byPod(w manyWhole) map[string]manyMember {
	all := map[string]manyMember{}
	for _, m := range w.Members {
		all[m.Namespace+"/"+m.Pod] = m
	}
	return all
}

// TestMany: in 30 pods of three namespaces every output and code is what kubectl exec brings, the skip list is right, and pods whose image is not there
// hold nobody up.
func TestMany(t *testing.T) {
	t.Parallel()
	label := fmt.Sprint("m", time.Now().UnixNano())
	namespaces := manyPods(t, label)
	const script = "echo here; hostname; case $(hostname) in *-3) echo odd; exit 3; esac"
	whole, code, said := runsMany(t, "-l", "many="+label, "--way", "exec", "--", "sh", "-c", script)
	if code != 3 || whole.Changed != 0 || len(whole.Members) != 30 || len(whole.Groups) != 2 || len(whole.Groups[0].Members) != 21 {
		t.Errorf("exit code %d, %+v; it says %s", code, whole, said)
	}
	members := byPod(whole)
	for _, namespace := range namespaces {
		for i := range manyReady {
			pod := fmt.Sprintf("many-%d", i)
			m := members[namespace+"/"+pod]
			want := kubectl(t, here.kubeconfig, "exec", "-n", namespace, pod, "--", "sh", "-c", script+"; exit 0")
			want, _, _ = strings.Cut(want, "command terminated")
			want = strings.TrimSuffix(want, "exit code 0\n")
			wantCode := 0
			if i == 3 {
				wantCode = 3
			}
			if m.ExitCode == nil || *m.ExitCode != wantCode || m.Output != want || m.Added {
				t.Errorf("%s: %+v, kubectl exec brings %q", pod, m, want)
			}
		}
		if m := members[namespace+"/many-bad"]; m.Skipped == "" || !strings.Contains(m.Skipped, "is not running") {
			t.Errorf("the one whose image is not there: %+v", m)
		}
		if m := members[namespace+"/many-done"]; m.Skipped != "has completed" {
			t.Errorf("the one that has completed: %+v", m)
		}
	}
	whole, code, said = runsMany(t, "-l", "many="+label, "--image", pictures().shell, "--max", "10", "--per-node", "10", "--batch", "many-x", "--timeout", "2m", "--", "sh", "-c", script)
	ran := slices.DeleteFunc(slices.Clone(whole.Members), func(m manyMember) bool { return m.Skipped != "" })
	if code != 3 || whole.Changed != 27 || len(ran) != 27 || len(whole.Groups) != 2 {
		t.Errorf("with debug containers: exit code %d, %d changed, %d ran; it says %s", code, whole.Changed, len(ran), said)
	}
	for _, m := range ran {
		want, wantCode := "here\n"+m.Pod+"\n", 0
		if m.Pod == "many-3" {
			want, wantCode = want+"odd\n", 3
		}
		if m.ExitCode == nil || *m.ExitCode != wantCode || m.Output != want || !m.Added {
			t.Errorf("%s/%s: %+v", m.Namespace, m.Pod, m)
		}
	}
	again := exec.CommandContext(t.Context(), here.binary, "run", "--kubeconfig", here.kubeconfig, "-A", "-l", "many="+label, "--image", pictures().shell, "--batch", "many-x", "--", "true")
	out, err := again.CombinedOutput()
	if code := exitCode(err); code != 1 || !strings.Contains(string(out), "nothing to run: all are skipped") || !strings.Contains(string(out), "has debug container many-x already") {
		t.Errorf("again: exit code %d, %s", code, out)
	}
	whole, code, said = runsMany(t, "-l", "many="+label, "--image", pictures().missing, "--max", "30", "--per-node", "30", "--timeout", "90s", "--", "true")
	ran = slices.DeleteFunc(slices.Clone(whole.Members), func(m manyMember) bool { return m.Skipped != "" })
	if code != 3 || len(ran) != 27 {
		t.Errorf("exit code %d, %d ran; it says %s", code, len(ran), said)
	}
	for _, m := range ran {
		if m.ExitCode != nil || m.Error == "" {
			t.Errorf("%s/%s: %+v", m.Namespace, m.Pod, m)
		}
	}
}

// TestManyFromTheScreen: by keys, at 80×24. Pods are marked, who is skipped and what changes is said before, equal answers are one line, and what has
// failed runs again by itself; nothing is begun before it was shown.
func TestManyFromTheScreen(t *testing.T) {
	t.Parallel()
	in, err := here.Beside(t.Context(), "marks")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() { _ = in.Delete(ctx) })
	var all strings.Builder
	for i := range 5 {
		fmt.Fprintf(&all, "---\n{apiVersion: v1, kind: Pod, metadata: {name: marks-%d}, spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: app, image: %q, command: [sh, -c, %q]}]}}\n",
			i, pictures().shell, "sleep 3600")
	}
	if out := kubectlWith(t.Context(), t, here.kubeconfig, all.String(), "create", "-n", in.Name, "-f", "-"); !strings.HasSuffix(out, "exit code 0\n") {
		t.Fatal(out)
	}
	if out := kubectl(t, here.kubeconfig, "wait", "-n", in.Name, "--for=condition=Ready", "pod", "--all", "--timeout=120s"); !strings.HasSuffix(out, "exit code 0\n") {
		t.Fatal(out)
	}
	p := desk{cols: 80, rows: 24}.sit(t, "-n", in.Name)
	p.must(p.WaitFor(start, "the pods", func(s terminal.Screen) bool { return s.Has("marks-4") && s.Has("5 pods") }))
	p.presses("*", "g", "space")
	p.sees("4 marked", "d run in 4")
	p.goesOnTo("d", "What do you want to run in 4 pods?")
	p.goesOnTo("enter", "It runs as in a shell")
	p.types("echo here; case $(hostname) in *3) echo odd; exit 3; esac")
	p.goesOnTo("enter", "Runs in 4 pods on 1 node", "4 pods are changed for good")
	p.goesOnTo("enter", "3 of 4 ok", "▸ 3 pods", "marks-3", "exit 3", "≠ odd")
	for i := range 5 {
		pod, err := in.Pod(t.Context(), fmt.Sprintf("marks-%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if n, want := len(pod.Spec.EphemeralContainers), map[bool]int{true: 0, false: 1}[i == 0]; n != want {
			t.Errorf("%s has %d debug containers", pod.Name, n)
		}
	}
	p.goesOnTo("r", "Runs in 1 pod on 1 node")
	p.goesOnTo("w", "No pod is changed")
	p.goesOnTo("enter", "0 of 1 ok", "exit 3", "odd")
	p.presses("esc")
	p.sees("3 of 4 ok")
	p.presses("esc")
	p.sees("5 pods")
	p.leaves()
}

// TestManyWays: presets for many answer in copies and from the node too, nothing is added to the pods, and what is made for it goes.
func TestManyWays(t *testing.T) {
	t.Parallel()
	label := fmt.Sprint("w", time.Now().UnixNano())
	var all strings.Builder
	for i := range 3 {
		fmt.Fprintf(&all, "---\n{apiVersion: v1, kind: Pod, metadata: {name: ways-%d, labels: {many: %s}}, spec: {restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{name: app, image: %q, command: [sh, -c, %q]}]}}\n",
			i, label, pictures().shell, "mkdir -p /lib/apk/db; printf 'P:libssl3\\nV:3.1.4-r5\\n' > /lib/apk/db/installed; nc -l -p 8080; sleep 3600")
	}
	if out := kubectlWith(t.Context(), t, here.kubeconfig, all.String(), "create", "-n", here.Name, "-f", "-"); !strings.HasSuffix(out, "exit code 0\n") {
		t.Fatal(out)
	}
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		kubectlWith(ctx, t, here.kubeconfig, "", "delete", "pod", "-n", here.Name, "-l", "many="+label, "--wait=false")
	})
	if out := kubectl(t, here.kubeconfig, "wait", "-n", here.Name, "--for=condition=Ready", "pod", "-l", "many="+label, "--timeout=120s"); !strings.HasSuffix(out, "exit code 0\n") {
		t.Fatal(out)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--way node --preset library -- ssl", 0, "apk libssl3 3.1.4-r5\n"},
		{"--way node --preset listening", 0, "tcp 8080\n"},
		{"--way node -- hostname -i", 0, ""},
		{"--way copy --preset listening", 0, "tcp 8080\n"},
		{"--way copy --preset library -- ssl", 3, "the target's files cannot be seen\n"}, // it shares its processes
		{"--way copy -- hostname -i", 0, ""},
		{"--way node --preset reach -- 127.0.0.1:8081", 3, "127.0.0.1 does not connect on port 8081\n"},
		{"--way node --preset reach -- no-such.invalid", 3, "no-such.invalid does not resolve\n"},
		{"--preset library -- ssl", 0, "apk libssl3 3.1.4-r5\n"},
	} {
		whole, code, said := runsMany(t, append([]string{"-l", "many=" + label, "--per-node", "3"}, strings.Fields(c.args)...)...)
		if changed := strings.HasPrefix(c.args, "--preset"); code != c.code || (whole.Changed != 0) != changed || len(whole.Members) != 3 || len(whole.Groups) != 1 {
			t.Errorf("%s: exit code %d, %+v; it says %s", c.args, code, whole, said)
		}
		for _, m := range whole.Members {
			if m.Output != c.want && c.want != "" {
				t.Errorf("%s: in %s it prints %q, %s", c.args, m.Pod, m.Output, m.Error)
			}
		}
	}
	if out := kubectl(t, here.kubeconfig, "wait", "-n", here.Name, "--for=delete", "pod", "-l", "app.kubernetes.io/managed-by=dayfly", "--timeout=60s"); !strings.HasSuffix(out, "exit code 0\n") {
		t.Errorf("what was made for it is there still: %s", out)
	}
}
