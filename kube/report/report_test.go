package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/report"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

func gather(t *testing.T, c *kube.Cluster, o report.Options) *report.Report {
	t.Helper()
	r, err := report.Gather(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A report of a crash loop says why, since when and what its log said.
func TestCrashLoop(t *testing.T) {
	c := kubetest.Practise(t, "practice")
	pod, err := c.Pod(t.Context(), "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	did := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "crasher"}, Actions: []report.Action{{Time: did, Text: "added a debug container"}}})
	text := r.Markdown()
	for _, want := range []string{
		"# Pod shop/crasher\n", "- Not ready since: 2", "restarted", "## Time line", " | log of app before its last restart | `boom: cannot reach db", "| 2026-03-01T12:00:00Z | dayfly | `added a debug container` |", "| warning of ", "BackOff: ",
		"## Log of " + pod.Default + " before its last restart", "## Taken out", "- `pod.yaml`", "- `node.yaml`",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("without %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
	var names []string
	for _, f := range r.Files() {
		names = append(names, f.Name)
	}
	for _, want := range []string{"report.md", "pod.yaml", "node.yaml", "logs/" + pod.Default + ".previous.log"} {
		if !slices.Contains(names, want) {
			t.Errorf("no file %s in %v", want, names)
		}
	}
}

// planted has the word planted wherever a secret may be.
func planted() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Namespace: "shop", Annotations: map[string]string{
				corev1.LastAppliedConfigAnnotation: `{"env":"planted"}`, "x/api-key": "planted-annotation", "note": "see https://bob:planted@host/",
			},
		},
		Spec: corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{
			Name: "app", Image: "shop:1", Args: []string{"--token", "planted-argument"}, Env: []corev1.EnvVar{{Name: "DB_PASSWORD", Value: "planted-env"}},
		}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", RestartCount: 3, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
			LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 3, Reason: "Error", Message: "password=planted-exit", FinishedAt: metav1.NewTime(time.Unix(1e9, 0))}},
		}}},
	}
}

// only serves a pod, its events and its logs, and forbids all else.
func only(w http.ResponseWriter, r *http.Request) {
	const pods = "/api/v1/namespaces/shop/pods/web"
	var answer any
	switch {
	case r.URL.Path == pods:
		pod := planted()
		pod.APIVersion, pod.Kind = "v1", "Pod"
		answer = pod
	case r.URL.Path == pods+"/log":
		_, _ = fmt.Fprint(w, "2026-03-01T12:00:00Z hello ``` it is planted-env\n2026-03-01T12:00:01Z password=\"planted log\"\n2026-03-01T12:00:02Z last \x1b[31mwords\n")
		return
	case strings.HasSuffix(r.URL.Path, "/events"):
		answer = corev1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}, Items: []corev1.Event{{
			Reason: "Unhealthy", Type: "Warning", Message: "probe of http://x?token=planted-event <b>|@all", LastTimestamp: metav1.NewTime(time.Unix(2e9, 0)),
		}}}
	default:
		w.WriteHeader(http.StatusForbidden)
		answer = metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: "Failure", Reason: "Forbidden", Code: http.StatusForbidden, Message: "forbidden: no"}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) //nolint:errchkjson // what is encoded is ours
}

func TestSecretsAreTakenOut(t *testing.T) {
	c := kubetest.Serve(t, http.HandlerFunc(only))
	r := gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}})
	for _, f := range r.Files() {
		if bytes.Contains(f.Data, []byte("planted")) {
			t.Errorf("a secret is in %s:\n%s", f.Name, f.Data)
		}
	}
	for _, want := range []string{
		"- env DB\\_PASSWORD, in pod.yaml", "env DB_PASSWORD, in logs/app.log", "Node node-1 could not be read", "The Services could not be read", "````\n", "last words", "\\|@all`",
	} {
		if !strings.Contains(strings.ReplaceAll(r.Markdown(), "\\_", "_"), strings.ReplaceAll(want, "\\_", "_")) {
			t.Errorf("without %q:\n%s", want, r.Markdown())
		}
	}
	r = gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Secrets: true})
	if !strings.Contains(r.Markdown(), "it is planted-env") || !strings.Contains(r.Markdown(), "Nothing was taken out") {
		t.Errorf("asked for secrets, there are none:\n%s", r.Markdown())
	}
}

func TestWrite(t *testing.T) {
	c := kubetest.Serve(t, http.HandlerFunc(only))
	r := gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}})
	for _, name := range []string{"x.zip", "folder"} {
		place := filepath.Join(t.TempDir(), name)
		if err := r.Write(place); err != nil {
			t.Fatal(err)
		}
		file := place
		if name == "folder" {
			file = filepath.Join(place, "logs", "app.log")
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", file, info.Mode())
		}
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Write(place); !errors.Is(err, fs.ErrExist) {
			t.Errorf("written again: %v", err)
		}
		if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
			t.Errorf("it was changed: %v", err)
		}
	}
}

func TestZip(t *testing.T) {
	c := kubetest.Serve(t, http.HandlerFunc(only))
	r := gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}})
	var b bytes.Buffer
	if err := r.Zip(&b); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(archive, r.Name()+"/report.md")
	if err != nil || string(data) != r.Markdown() {
		t.Errorf("%v: %s", err, data)
	}
}
