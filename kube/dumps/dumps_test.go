package dumps_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/stream"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// practised is a request in a practice cluster, and the folder that is the root of the target.
func practised(t *testing.T, script string) (*kube.Cluster, dumps.Request, string) {
	t.Helper()
	c := kubetest.PractiseLive(t, "practice")
	at := kube.Target{Namespace: "shop", Pod: "annotated"}
	var out strings.Builder
	if _, err := stream.Exec(t.Context(), c, at.Of("proxy"), []string{"sh", "-c", "echo $TARGET_ROOT"}, stream.Streams{Out: &out}); err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(out.String())
	if err := os.MkdirAll(filepath.Join(root, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	return c, dumps.Request{
		Dump:   dumps.Dump{Command: []string{"sh", "-c", script, "x", "argument"}, File: "/tmp/dayfly-x.bin", InTarget: true},
		Target: at.Of("app"), Runs: at.Of("proxy"), To: filepath.Join(t.TempDir(), "home.bin"),
	}, root
}

// A dump comes home whole, for its owner alone, and is gone where it was made.
func TestBring(t *testing.T) {
	c, r, root := practised(t, `echo making it; head -c 3000000 /dev/zero >"$TARGET_ROOT$FILE"; echo "$1" >>"$TARGET_ROOT$FILE"`)
	var stages []dumps.Stage
	said := ""
	r.Progress = func(p dumps.Progress) {
		if !slices.Contains(stages, p.Stage) {
			stages = append(stages, p.Stage)
		}
		if p.Said != "" {
			said = p.Said
		}
	}
	r.Memory = true
	got, err := dumps.Bring(t.Context(), c, r)
	if err != nil || got.File != r.To || got.Bytes != 3000009 || !got.Equal || len(got.SHA256) != 64 || got.Left != nil || got.Said != "making it" {
		t.Fatalf("%+v, %v", got, err)
	}
	data, err := os.ReadFile(r.To)
	if err != nil || !strings.HasSuffix(string(data), "argument\n") {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if info, err := os.Stat(r.To); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(root, r.File)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if want := []dumps.Stage{dumps.Measuring, dumps.Making, dumps.Copying, dumps.Deleting}; !slices.Equal(stages, want) || said != "making it" {
		t.Errorf("it told of %v, and of %q", stages, said)
	}
}

// Whatever goes wrong, nothing is left: not there, and no part of it here.
func TestBringFails(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		change func(*dumps.Request)
		want   string
	}{
		"command":   {`: >"$TARGET_ROOT$FILE"; echo "no such process" >&2; exit 3`, nil, "make a dump of annotated/app: the command ended with code 3: no such process"},
		"silent":    {"exit 1", nil, "ended with code 1: it printed nothing"},
		"no file":   {":", nil, "there is no such file"},
		"not there": {`mkdir -p "$TARGET_ROOT$FILE"`, nil, "it is not a regular file"},
		"taken":     {`: >"$TARGET_ROOT$FILE"`, func(r *dumps.Request) { r.To = os.Args[0] }, "is there already"},
	} {
		t.Run(name, func(t *testing.T) {
			c, r, root := practised(t, test.script)
			if test.change != nil {
				test.change(&r)
			}
			got, err := dumps.Bring(t.Context(), c, r)
			if err == nil || !strings.Contains(kube.Explain(err).Message, test.want) || got.File != "" {
				t.Errorf("%+v, %v; want %s", got, err, test.want)
			}
			if info, err := os.Stat(filepath.Join(root, r.File)); err == nil && !info.IsDir() {
				t.Error("it is still there")
			}
			if _, err := os.Stat(r.To); err == nil && test.change == nil {
				t.Error("a part is here")
			}
		})
	}
}

// A dump that is cancelled while it is copied is deleted there, and here.
func TestBringCancelled(t *testing.T) {
	c, r, root := practised(t, `head -c 3000000 /dev/zero >"$TARGET_ROOT$FILE"`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.Progress = func(p dumps.Progress) {
		if p.Stage == dumps.Copying && p.Done > 0 {
			cancel()
		}
	}
	if _, err := dumps.Bring(ctx, c, r); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	for _, file := range []string{r.To, filepath.Join(root, r.File)} {
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is there: %v", file, err)
		}
	}
}

// A command that is cancelled does not go on: what it would make then nobody would delete.
func TestBringCancelledWhileItIsMade(t *testing.T) {
	c, r, root := practised(t, `: >"$TARGET_ROOT$FILE"; (sleep 1000; : >"$TARGET_ROOT$FILE.later") & echo "$!" >"$TARGET_ROOT/tmp/pid"; echo begun; wait`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.Progress = func(p dumps.Progress) {
		if p.Said == "begun" {
			cancel()
		}
	}
	if got, err := dumps.Bring(ctx, c, r); !errors.Is(err, context.Canceled) || got.Left != nil {
		t.Errorf("the error is %v, and left is %v", err, got.Left)
	}
	if _, err := os.Stat(filepath.Join(root, r.File)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is there: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(root, "tmp/pid"))
	if err != nil {
		t.Fatal(err)
	}
	if line, _ := os.ReadFile("/proc/" + strings.TrimSpace(string(text)) + "/cmdline"); len(line) > 0 { // of one that has ended nothing is left, or an empty line
		t.Errorf("the command goes on: %q", line)
	}
}

// What could not be deleted is told, also when that is not all that went wrong.
func TestBringLeavesSomething(t *testing.T) {
	c, r, _ := practised(t, `mkdir -p "$TARGET_ROOT$FILE"; exit 3`)
	got, err := dumps.Bring(t.Context(), c, r)
	if err == nil || got.Left == nil || !strings.Contains(got.Left.Message, `"/tmp/dayfly-x.bin" could not be deleted in annotated/app`) {
		t.Errorf("%v, and left is %+v", err, got.Left)
	}
}

func quantity(text string) *resource.Quantity {
	q := resource.MustParse(text)
	return &q
}

// What it may cost is told by the probes, the limits and the volumes of the pod.
func TestCost(t *testing.T) {
	live := func(c *corev1.Container, _ *corev1.PodSpec) {
		c.LivenessProbe = &corev1.Probe{PeriodSeconds: 5, FailureThreshold: 4, TimeoutSeconds: 2}
	}
	ready := func(c *corev1.Container, _ *corev1.PodSpec) { c.ReadinessProbe = &corev1.Probe{} }
	limited := func(resource corev1.ResourceName, text string) func(*corev1.Container, *corev1.PodSpec) {
		return func(c *corev1.Container, _ *corev1.PodSpec) {
			if c.Resources.Limits == nil {
				c.Resources.Limits = corev1.ResourceList{}
			}
			c.Resources.Limits[resource] = *quantity(text)
		}
	}
	mounted := func(empty *corev1.EmptyDirVolumeSource) func(*corev1.Container, *corev1.PodSpec) {
		return func(c *corev1.Container, spec *corev1.PodSpec) {
			c.VolumeMounts = []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}}
			spec.Volumes = []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: empty}}}
		}
	}
	readOnly := func(c *corev1.Container, _ *corev1.PodSpec) {
		c.SecurityContext = &corev1.SecurityContext{ReadOnlyRootFilesystem: new(true)}
	}
	type change = func(*corev1.Container, *corev1.PodSpec)
	heap := dumps.Dump{File: "/tmp/x", InTarget: true, Memory: true}
	for name, test := range map[string]struct {
		dump    dumps.Dump
		changes []change
		want    []string
	}{
		"pause":     {dumps.Dump{Pauses: true}, nil, []string{"the process stands still while the dump is made; it has no liveness probe that would restart it"}},
		"liveness":  {dumps.Dump{Pauses: true}, []change{live}, []string{"! the process stands still while the dump is made: its liveness probe restarts it after 22s (4 × 5 s + 2 s)"}},
		"readiness": {dumps.Dump{Pauses: true}, []change{ready}, []string{"! the process stands still while the dump is made; it has no liveness probe that would restart it; its readiness probe takes it out of its Services after 31s"}},
		"limit": {heap, []change{limited(corev1.ResourceMemory, "64Mi")}, []string{
			"the dump is as large as the memory that is used: 64Mi at most, the limit of app", "it is written to the node's disk until it is here",
		}},
		"storage": {heap, []change{limited(corev1.ResourceMemory, "2Gi"), limited(corev1.ResourceEphemeralStorage, "1Gi")}, []string{
			"the dump is as large as the memory that is used: 2Gi at most, the limit of app",
			"! the dump counts for the pod's limit of ephemeral storage, 1Gi: the pod is evicted if that is passed",
		}},
		"small volume": {heap, []change{mounted(&corev1.EmptyDirVolumeSource{SizeLimit: quantity("10Mi")})}, []string{
			"the dump is as large as the memory that is used, and app has no memory limit",
			"! it is written to volume tmp at /tmp, which has 10Mi at most: the pod is evicted if that is passed",
		}},
		"in memory": {heap, []change{mounted(&corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}), limited(corev1.ResourceMemory, "64Mi")}, []string{
			"the dump is as large as the memory that is used: 64Mi at most, the limit of app",
			"! it is written to volume tmp at /tmp, which is in memory: what is written counts for the memory limit, and the process may be killed (OOMKilled)",
		}},
		"read-only": {dumps.Dump{File: "/tmp/x", InTarget: true}, []change{readOnly}, []string{
			"! the root file system of app is read-only, and no volume is mounted at /tmp: the dump cannot be written",
		}},
		"mapped": {dumps.Dump{File: "/tmp/x", Mapped: true}, []change{limited(corev1.ResourceEphemeralStorage, "1Gi")}, []string{
			"! the dump has all memory that the process has mapped, which may be many times what it uses; the room is measured before",
			"! the dump counts for the pod's limit of ephemeral storage, 1Gi: the pod is evicted if that is passed",
		}},
		"small": {dumps.Dump{File: "/tmp/x"}, []change{readOnly}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}}}
			for _, change := range test.changes {
				change(&pod.Spec.Containers[0], &pod.Spec)
			}
			var got []string
			for _, e := range test.dump.Cost(kube.NewPod(pod), "app") {
				if e.Warns {
					e.Text = "! " + e.Text
				}
				got = append(got, e.Text)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}
