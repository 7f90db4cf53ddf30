package files_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

func TestFollow(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/a b"), "1")
	for link, to := range map[string]string{"l": "data/a b", "abs": "/data", "none": "gone", "round": "round", "out": "../../../../../etc/shadow"} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := files.Follow(t.Context(), c, p, []string{"/l", "/abs", "/none", "/round", "/out", "/two\nlines"})
	if err != nil || len(got) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	if !got["/l"].OK || !got["/l"].Mode.IsRegular() || !got["/abs"].OK || !got["/abs"].Mode.IsDir() || got["/none"].OK || got["/round"].OK || got["/out"].OK {
		t.Errorf("%+v", got)
	}
}

func TestReadPortion(t *testing.T) {
	c, p, folder := practised(t)
	text := strings.Repeat("0123456789abcdef", 5000) // 80,000 bytes
	put(t, filepath.Join(folder, "data/long"), text)
	put(t, filepath.Join(folder, "data/empty"), "")
	var all bytes.Buffer
	for number := range int64(3) {
		got, err := files.ReadPortion(t.Context(), c, p, "/data/long", number)
		if err != nil || got.Size != int64(len(text)) {
			t.Fatalf("portion %d: %+v, %v", number, got.Size, err)
		}
		all.Write(got.Data)
		if number == 2 && len(got.Data) > 0 {
			t.Errorf("behind the end are %d bytes", len(got.Data))
		}
	}
	if all.String() != text {
		t.Errorf("%d bytes, want %d", all.Len(), len(text))
	}
	if got, err := files.ReadPortion(t.Context(), c, p, "/data/empty", 0); err != nil || len(got.Data) != 0 || got.Size != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := exec.Command("mkfifo", filepath.Join(folder, "data/fifo")).Run(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"/data/fifo": `read "/data/fifo" in annotated/app: it is not a regular file`, "/data": `read "/data" in annotated/app: it is not a`, "/none": `read "/none" in annotated/app: there is no such file`} {
		_, err := files.ReadPortion(t.Context(), c, p, name, 0)
		kubetest.WantProblem(t, err, want)
	}
}

func TestStream(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/text"), "one\ntwo\n")
	var out bytes.Buffer
	if err := files.Stream(t.Context(), c, p, "/data/text", 4, &out); err != nil || out.String() != "two\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	enough := errors.New("enough")
	if err := files.Stream(t.Context(), c, p, "/data/text", 0, failing{enough}); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func TestUsage(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/large/a"), strings.Repeat("x", 300_000))
	put(t, filepath.Join(folder, "data/small/b"), "x")
	put(t, filepath.Join(folder, "data/file"), "x")
	sizes := map[string]int64{}
	note, err := files.Usage(t.Context(), c, p, "/data", func(name string, bytes int64) { sizes[name] = bytes })
	if err != nil || note != "" || len(sizes) != 2 || sizes["large"] < 300_000 || sizes["small"] >= sizes["large"] {
		t.Errorf("%v, %q, %v", sizes, note, err)
	}
	if _, err := files.Usage(t.Context(), c, p, "/none", func(string, int64) {}); err == nil {
		t.Error("there is no such folder")
	}
}

func TestMounts(t *testing.T) {
	object := &corev1.Pod{}
	object.Spec.Volumes = []corev1.Volume{
		{Name: "a", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "web"}}}},
		{Name: "b", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}}},
		{Name: "c", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var\x1b[m"}}},
	}
	object.Spec.Containers = []corev1.Container{{Name: "other"}, {Name: "app", VolumeMounts: []corev1.VolumeMount{
		{Name: "a", MountPath: "/etc/web/", ReadOnly: true}, {Name: "b", MountPath: "/run"}, {Name: "c", MountPath: "/host"},
	}}}
	got := files.Mounts(kube.NewPod(object), "app")
	if len(got) != 3 || got["/etc/web"] != "config map web, read-only" || got["/run"] != "memory" || got["/host"] != "node /var␛[m" {
		t.Errorf("%q", got)
	}
}

// A copy is there when it is whole, and then only; nothing else stays.
func TestSave(t *testing.T) {
	c, p, folder := practised(t)
	put(t, filepath.Join(folder, "data/text"), strings.Repeat("hello\n", 100_000))
	here := t.TempDir()
	to := filepath.Join(here, "copy")
	r := files.Request{Place: p, Path: "/data/text"}
	e, err := files.Describe(t.Context(), c, p, r.Path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.Progress = func(int64) { cancel() }
	if _, err := files.Save(ctx, c, r, e, to); err == nil {
		t.Error("it has gone on after the end of its context")
	}
	wantNames(t, here)
	r.Progress = nil
	if got, err := files.Save(t.Context(), c, r, e, to); err != nil || !got.Equal {
		t.Errorf("%+v, %v", got, err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Mode().Perm() != 0o640 || info.Size() != 600_000 || !info.ModTime().Equal(e.Modified) {
		t.Errorf("%v, %v", info, err)
	}
	r.Path = "/data"
	ctx, cancel = context.WithCancel(t.Context())
	r.Progress = func(int64) { cancel() }
	if _, err := files.SaveTree(ctx, c, r, filepath.Join(here, "tree"), files.DefaultLimits()); err == nil {
		t.Error("it has gone on after the end of its context")
	}
	wantNames(t, here, "copy")
	r.Progress = nil
	if got, err := files.SaveTree(t.Context(), c, r, filepath.Join(here, "tree"), files.DefaultLimits()); err != nil || got.Files != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := files.SaveTree(t.Context(), c, r, filepath.Join(here, "tree"), files.DefaultLimits()); err == nil {
		t.Error("what is there is replaced")
	}
	wantNames(t, here, "copy", "tree")
}

func wantNames(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("in the folder are %q, want %q", got, want)
	}
}
