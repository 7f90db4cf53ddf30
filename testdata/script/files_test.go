package script

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// Of a gigabyte that comes out of a container without a shell, and what is written on its lines.
const (
	gigabyte   = 1 << 30
	bigLine    = "0123456789abcdef\n"
	mostMemory = 80 << 20
)

// bigSum is the SHA-256 of the file of bigPod.
func bigSum() string {
	sum, block, left := sha256.New(), strings.Repeat(bigLine, 1<<12), gigabyte
	for ; left > len(block); left -= len(block) {
		_, _ = io.WriteString(sum, block)
	}
	_, _ = io.WriteString(sum, block[:left])
	return hex.EncodeToString(sum.Sum(nil))
}

// bigPod is a pod whose container has no shell, and a gigabyte in /data/big.
func bigPod(t *testing.T, name string) {
	t.Helper()
	mounts := []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	spec := corev1.PodSpec{
		InitContainers: []corev1.Container{{
			Name: "writes", Image: pictures().shell, VolumeMounts: mounts,
			Command: []string{"sh", "-c", fmt.Sprintf("yes %s | head -c %d >/data/big", strings.TrimSpace(bigLine), gigabyte)},
		}},
		Containers: []corev1.Container{{Name: "app", Image: pictures().web, VolumeMounts: mounts}},
		Volumes:    []corev1.Volume{{Name: "data"}},
	}
	if err := here.Run(t.Context(), name, spec); err != nil {
		t.Fatal(err)
	}
}

// TestFileOverABrokenLink: a gigabyte comes out of a container that has no program but its own, over a link that breaks in the middle, in little memory.
func TestFileOverABrokenLink(t *testing.T) {
	bigPod(t, "files")
	line := layCable(t)
	cmd := exec.CommandContext(t.Context(), here.binary, "cp", here.Name+"/files:/data/big", "-", "--kubeconfig", line.kubeconfig)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	if _, err := io.CopyN(sum, out, gigabyte/4); err != nil {
		t.Errorf("the first quarter: %v", err)
	}
	line.breaks()
	if _, err := io.Copy(sum, out); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v; it says %s", err, said.String())
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != bigSum() {
		t.Errorf("SHA-256 is %s, want %s", got, bigSum())
	}
	if !strings.Contains(said.String(), "trying again") {
		t.Errorf("it does not say that the link was lost: %s", said.String())
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && usage.Maxrss<<10 > mostMemory {
		t.Errorf("it took %d kB", usage.Maxrss)
	}
}

// TestUploadOverABrokenLink: a large file goes into a container over a link that breaks in the middle, and what has arrived is not sent again.
func TestUploadOverABrokenLink(t *testing.T) {
	mounts := []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	spec := corev1.PodSpec{
		Containers: []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"sleep", "36000"}, VolumeMounts: mounts}},
		Volumes:    []corev1.Volume{{Name: "data"}},
	}
	if err := here.Run(t.Context(), "receives", spec); err != nil {
		t.Fatal(err)
	}
	const size, enough = 400 << 20, 40 << 20
	text := bytes.Repeat([]byte(bigLine), size/len(bigLine))
	file := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	line := layCable(t)
	cmd := exec.CommandContext(t.Context(), here.binary, "cp", file, here.Name+"/receives:/data/sent", "--kubeconfig", line.kubeconfig)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	inside := func(script string) string {
		return kubectl(t, here.kubeconfig, "-n", here.Name, "exec", "receives", "--", "sh", "-c", script)
	}
	for n := 0; n < enough; { // each question takes a while
		_, _ = fmt.Sscan(inside("cat /data/.dayfly-* 2>/dev/null | wc -c"), &n)
	}
	line.breaks()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v; it says %s", err, said.String())
	}
	if !strings.Contains(said.String(), "trying again") || !strings.Contains(said.String(), "SHA-256 equal") {
		t.Errorf("it says %s", said.String())
	}
	sum := sha256.Sum256(text)
	if got, want := inside("ls -A /data; sha256sum </data/sent"), "sent\n"+hex.EncodeToString(sum[:])+"  -\nexit code 0\n"; got != want {
		t.Errorf("there is %q, want %q", got, want)
	}
}

// TestFilesIntoAndOutOf: what is copied into a container that has no shell belongs to its user, and comes out again.
func TestFilesIntoAndOutOf(t *testing.T) {
	user := int64(1234)
	spec := corev1.PodSpec{
		Containers: []corev1.Container{{
			Name: "app", Image: pictures().web, SecurityContext: &corev1.SecurityContext{RunAsUser: &user}, VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		}},
		Volumes: []corev1.Volume{{Name: "data"}},
	}
	if err := here.Run(t.Context(), "owned", spec); err != nil {
		t.Fatal(err)
	}
	folder, state := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a"), []byte("text"), 0o640); err != nil {
		t.Fatal(err)
	}
	dayfly := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), here.binary, append(args, "--kubeconfig", here.kubeconfig, "-n", here.Name)...)
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+state, "XDG_CONFIG_HOME="+state)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%q: %v: %s", args, err, said.String())
		}
		return string(out)
	}
	dayfly("cp", folder, "owned:/data/new")
	if list := dayfly("ls", "owned:/data/new", "-o", "json"); !strings.Contains(list, `"uid": 1234`) || !strings.Contains(list, `"mode": "0640"`) {
		t.Errorf("there is %s", list)
	}
	dayfly("cp", "owned:/data", filepath.Join(folder, "back"))
	if text, err := os.ReadFile(filepath.Join(folder, "back/new/a")); string(text) != "text" {
		t.Errorf("%q came back (%v)", text, err)
	}
}
