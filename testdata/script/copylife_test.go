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

// claimed are a volume on the node, and a claim that only it can have.
const claimed = `
apiVersion: v1
kind: PersistentVolume
metadata: {name: NAMESPACE}
spec:
  capacity: {storage: 1Mi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /var/lib/dayfly-test-NAMESPACE, type: DirectoryOrCreate}
  claimRef: {namespace: NAMESPACE, name: data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", volumeName: NAMESPACE, resources: {requests: {storage: 1Mi}}}
`

// TestCopyCannotWrite: what a copy shares with its pod it cannot write to, unless that is asked for: a claim that is bound, which pod and copy both mount.
func TestCopyCannotWrite(t *testing.T) {
	t.Parallel()
	const pod = "writes"
	makes(t, here.Name, strings.ReplaceAll(claimed, "NAMESPACE", here.Name))
	const fill = "dd if=/dev/urandom of=/data/new bs=1k count=64 && mv /data/new /data/file; exec sleep 1000000"
	err := here.Run(t.Context(), pod, corev1.PodSpec{
		Containers: []corev1.Container{{
			Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", fill},
			VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		}},
		Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func() string { // every byte, and names, modes and times
		return kubectl(t, here.kubeconfig, "exec", pod, "-n", here.Name, "--", "sh", "-c", "tar c -C /data . | sha256sum")
	}
	write := func(args ...string) string {
		words := append([]string{"run", pod, "-n", here.Name, "--kubeconfig", here.kubeconfig, "--image", pictures().shell, "--copy"}, args...)
		// The file system of the container that mounts the volume, by the processes that the tool shares with it.
		const script = `until ls -d /proc/[0-9]*/root/data >/dev/null 2>&1; do sleep 0.1; done; for D in /proc/[0-9]*/root/data; do
			[ -s $D/file ] && echo reads; printf x | dd of=$D/file conv=notrunc; echo new > $D/new; touch $D/file; chmod 777 $D/file; rm $D/file; done`
		cmd := exec.CommandContext(t.Context(), here.binary, append(words, "--timeout", "5m", "--", "sh", "-c", script)...)
		if here.internet != nil {
			cmd.Env = append(os.Environ(), here.internet.env()...)
		}
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	for began := time.Now(); !strings.Contains(kubectl(t, here.kubeconfig, "exec", pod, "-n", here.Name, "--", "ls", "/data"), "file"); {
		if time.Since(began) > soon {
			t.Fatal("the pod does not write its data")
		}
	}
	before := read()
	said := write()
	if after := read(); after != before || !strings.Contains(said, "reads") || strings.Count(said, "Read-only file system") < 5 {
		t.Errorf("the pod's data was %q, is %q:\n%s", before, after, said)
	}
	if want := "claim data is read-only in the copy"; !strings.Contains(said, want) {
		t.Errorf("it is not said that %s:\n%s", want, said)
	}
	said = write("--writable")
	if left := kubectl(t, here.kubeconfig, "exec", pod, "-n", here.Name, "--", "ls", "/data"); !strings.HasPrefix(left, "new\n") {
		t.Errorf("where the copy may write, the pod's data are %q:\n%s", left, said)
	}
	if want := "the copy writes to the same data as the pod: claim data"; !strings.Contains(said, want) {
		t.Errorf("it is not said that %s:\n%s", want, said)
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
	p := opensIdleCopy(t, pod)
	p.sees("exit code 3", "cannot reach")
	p.prints(step{"run-original", []string{"boom: cannot reach", "run-original: exit code 3 after"}})
	p.types("exit\r")
	p.deletesCopyOf(pod)
}
