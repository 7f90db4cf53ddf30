package containerfiles_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/containerfiles"
)

// A container finds the files of its image, what its pod mounts as a kubelet lays it out, and what its program has written since.
func TestLayOut(t *testing.T) {
	volume := func(name string, source corev1.VolumeSource) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: source}
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: corev1.PodSpec{Volumes: []corev1.Volume{
		volume("conf", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "web"}}}),
		volume("data", corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}),
	}}}
	started := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	folder := filepath.Join(t.TempDir(), "c")
	c := containerfiles.Container{
		Image: map[string]string{"/etc/web.conf": "a", "../../out": "b"}, Links: map[string]string{"/app/now": "/etc/web.conf"}, Log: []string{"one", "two"}, Logged: started.Add(time.Hour), Pod: pod, Started: started,
		Spec: &corev1.Container{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: "conf", MountPath: "/etc/my conf/"}, {Name: "data", MountPath: "/data"}}},
		Data: func(kind, name string) map[string]string { return map[string]string{"key": kind + " " + name} },
	}
	if err := c.LayOut(folder); err != nil {
		t.Fatal(err)
	}
	root := containerfiles.Root(folder)
	for name, want := range map[string]string{"etc/web.conf": "a", "out": "b", "etc/my conf/key": "ConfigMap web", "var/log/app.log": "two\n", "etc/hostname": "web\n"} {
		if text, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(text) != want {
			t.Errorf("%s is %q, %v", name, text, err)
		}
	}
	if to, err := os.Readlink(filepath.Join(root, "app/now")); err != nil || to != "/etc/web.conf" {
		t.Errorf("%q, %v", to, err)
	}
	old, err := os.Stat(filepath.Join(root, "etc/web.conf"))
	if err != nil || !old.ModTime().Before(started) {
		t.Errorf("a file of the image is of %v, %v", old.ModTime(), err)
	}
	if grown, err := os.Stat(filepath.Join(root, "var/log")); err != nil || !grown.ModTime().After(started) {
		t.Errorf("the folder of the log is of %v, %v", grown.ModTime(), err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "mountinfo")); err != nil || !strings.Contains(string(text), ` /etc/my\040conf `) || !strings.Contains(string(text), " /data ") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestConfine(t *testing.T) {
	env := []string{"PATH=/bin", "TARGET_ROOT=/other"}
	for _, root := range []string{"", "@"} {
		command, with := containerfiles.Confine([]string{"sh", "-c", "R=$1; cat", "sh", root, "/etc/passwd"}, env, "/scratch/root")
		if !slices.Equal(command, []string{"sh", "-c", "R=$1; cat", "sh", "@", "/etc/passwd"}) || !slices.Equal(with, []string{"PATH=/bin", "TARGET_ROOT=/scratch/root"}) {
			t.Errorf("%q with %q", command, with)
		}
	}
	for _, other := range [][]string{{"sh"}, {"sh", "-c", "cat $1", "sh", ""}, {"sh", "-c", "R=$1;"}} {
		if command, with := containerfiles.Confine(other, env, "/scratch/root"); !slices.Equal(command, other) || !slices.Equal(with, env) {
			t.Errorf("%q with %q", command, with)
		}
	}
}
