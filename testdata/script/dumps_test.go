package script

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// profiled is a Go program that serves its profiles where nobody but its pod can reach them.
const profiled = `package main

import (
	"net/http"
	_ "net/http/pprof"
)

var kept [][]byte

func keep() {
	for range 40 {
		kept = append(kept, make([]byte, 1<<20))
	}
}

func main() {
	keep()
	panic(http.ListenAndServe("127.0.0.1:6060", nil))
}
`

// built is a program for pods, which have no libraries.
func built(t *testing.T, source string) (file string) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(folder, "program")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", file, "main.go")
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// A profile of a program that serves it on localhost comes home, opens, and is nowhere in the pod's logs; the debug container has ended.
func TestProfileComesHome(t *testing.T) {
	t.Parallel()
	const pod = "profiled"
	err := here.Run(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{{
		Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", "while [ ! -x /tmp/program ]; do sleep 1; done; exec /tmp/program"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(built(t, profiled))
	if err != nil {
		t.Fatal(err)
	}
	put := kubectlWith(t.Context(), t, here.kubeconfig, string(program), "-n", here.Name, "exec", "-i", pod, "--", "sh", "-c", "cat >/tmp/x && chmod +x /tmp/x && mv /tmp/x /tmp/program")
	if !strings.HasSuffix(put, "exit code 0\n") {
		t.Fatal(put)
	}
	state := t.TempDir()
	run := func(args ...string) (file string, said string) {
		cmd := exec.CommandContext(t.Context(), here.binary, append([]string{"run", pod, "-n", here.Name, "--kubeconfig", here.kubeconfig, "--preset"}, args...)...)
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+state, "XDG_CONFIG_HOME="+t.TempDir())
		var out, words bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &words
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, &words)
		}
		return strings.TrimSpace(out.String()), words.String()
	}
	for listens := false; !listens; {
		listens = strings.Contains(kubectl(t, here.kubeconfig, "-n", here.Name, "exec", pod, "-c", "app", "--", "sh", "-c", "netstat -ltn"), "127.0.0.1:6060")
	}
	heap, said := run("go-heap")
	if !strings.HasPrefix(heap, filepath.Join(state, "dayfly", "dumps", pod+"-")) || !strings.Contains(said, "equal to that in the pod") {
		t.Errorf("it is in %s: %s", heap, said)
	}
	if info, err := os.Stat(heap); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	top, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", heap).CombinedOutput()
	if err != nil || !strings.Contains(string(top), "main.keep") {
		t.Errorf("go tool pprof: %v: %s", err, top)
	}
	summary, _ := run("process", "--out", filepath.Join(state, "process.txt"))
	if data, err := os.ReadFile(summary); err != nil || !strings.Contains(string(data), "Name:\tprogram") {
		t.Errorf("%v: %s", err, data)
	}
	if logs := kubectl(t, here.kubeconfig, "-n", here.Name, "logs", pod, "--all-containers"); strings.TrimSpace(strings.TrimSuffix(logs, "exit code 0\n")) != "" {
		t.Errorf("in the logs is %q", logs)
	}
	states := kubectl(t, here.kubeconfig, "-n", here.Name, "get", "pod", pod, "-o", "jsonpath={.status.ephemeralContainerStatuses[*].state}")
	if strings.Contains(states, "running") || strings.Count(states, "terminated") != 2 {
		t.Errorf("the debug containers are %s", states)
	}
}
