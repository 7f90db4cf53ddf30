package script

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// gone waits until nothing of a copy is left, and wants no more time for that than a limit.
func gone(t *testing.T, copied string, limit time.Duration) {
	t.Helper()
	began := time.Now()
	for _, what := range []string{"job", "pod"} {
		kubectl(t, here.kubeconfig, "wait", what+"/"+copied, "-n", here.Name, "--for=delete", "--timeout=180s")
		if left := kubectl(t, here.kubeconfig, "get", what, copied, "-n", here.Name); !strings.Contains(left, "NotFound") {
			t.Errorf("%s %s is there:\n%s", what, copied, left)
		}
	}
	if took := time.Since(began); took > limit {
		t.Errorf("%s was gone after %s", copied, took.Round(time.Second))
	}
}

// copyOf starts dayfly run --copy in the background, waits until its command runs, and returns the copy's name.
func copyOf(t *testing.T, pod string, args ...string) (cmd *exec.Cmd, copied string, stderr *bytes.Buffer) {
	t.Helper()
	words := append([]string{"run", pod, "-n", here.Name, "--kubeconfig", here.kubeconfig, "--image", pictures().shell, "--copy"}, args...)
	cmd = exec.CommandContext(t.Context(), here.binary, append(words, "--", "sh", "-c", "hostname; exec sleep 1000")...)
	if here.internet != nil {
		cmd.Env = append(os.Environ(), here.internet.env()...)
	}
	stderr = &bytes.Buffer{}
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	name := make([]byte, 256)
	n, err := out.Read(name)
	if copied = strings.TrimSpace(string(name[:n])); err != nil || !strings.HasPrefix(copied, pod+"-debug-") {
		t.Fatalf("it printed %q, %v: %s", copied, err, stderr)
	}
	return cmd, copied, stderr
}

// TestCopyOutlivesNobody: dayfly is killed; the cluster deletes the copy, and the Job that owns it, when its time is over.
func TestCopyOutlivesNobody(t *testing.T) {
	t.Parallel()
	cmd, copied, _ := copyOf(t, webPod(t, "outlives"), "--life", "60s")
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	gone(t, copied, 75*time.Second)
}

// TestCopyCannotWrite: what a copy shares with its pod it cannot write to, unless that is asked for.
func TestCopyCannotWrite(t *testing.T) {
	t.Parallel()
	const pod = "writes"
	err := here.Run(t.Context(), pod, corev1.PodSpec{
		Containers: []corev1.Container{{
			Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", "[ -e /data/file ] || echo original > /data/file; exec sleep 1000000"},
			VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		}},
		Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: "/var/lib/dayfly-test-" + here.Name, Type: new(corev1.HostPathDirectoryOrCreate)},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func() string {
		return kubectl(t, here.kubeconfig, "exec", pod, "-n", here.Name, "--", "cat", "/data/file")
	}
	write := func(args ...string) string {
		words := append([]string{"run", pod, "-n", here.Name, "--kubeconfig", here.kubeconfig, "--image", pictures().shell, "--copy"}, args...)
		// The file system of the container that mounts the volume, by the processes that the tool shares with it.
		script := `until ls -d /proc/[0-9]*/root/data >/dev/null 2>&1; do sleep 1; done; for D in /proc/[0-9]*/root/data; do echo changed > $D/file; done`
		out, _ := exec.CommandContext(t.Context(), here.binary, append(words, "--timeout", "5m", "--", "sh", "-c", script)...).CombinedOutput()
		return string(out)
	}
	before := read()
	if said := write(); read() != before || !strings.Contains(said, "Read-only file system") {
		t.Errorf("the pod's data was %q, is %q:\n%s", before, read(), said)
	}
	if said := write("--writable"); !strings.HasPrefix(read(), "changed") {
		t.Errorf("the pod's data is %q where the copy may write:\n%s", read(), said)
	}
}

// TestIdleCopyOfACrashLoop: a few keys lead from the pods to a shell in the image that crashes, distroless as it is; the program is run by hand there,
// and the cause is seen.
func TestIdleCopyOfACrashLoop(t *testing.T) {
	t.Parallel()
	const pod = "crashes"
	err := here.Create(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().web, Command: []string{"/web"}, Args: []string{"-crash"}}}})
	if err == nil {
		err = here.AwaitPod(t.Context(), pod, "has crashed", func(p *corev1.Pod) bool {
			s := statusOf(p.Status.ContainerStatuses, "app")
			return s.LastTerminationState.Terminated != nil || s.State.Terminated != nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "app")
	p.chooses("busybox")
	p.goesOnTo("tab", "tab: in an idle copy", p.launches())
	p.goesOnTo("tab", "tab: in the pod", p.launches())
	p.presses("enter")
	p.seesIn(start, "Idle copy of container app", "exit code 3", "cannot reach", "run-original")
	p.types("run-original\r")
	p.seesIn(soon, "boom", "3")
	p.types("exit\r")
	p.getsCard("the copy of " + pod)
	p.goesOnTo("e", "Delete pod "+pod+"-debug-")
	p.goesOnTo("enter", "was deleted")
	p.leaves()
	noCopyOf(t, pod)
}
