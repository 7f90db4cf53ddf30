package script

import (
	"archive/zip"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// reported is what dayfly report has written of a pod, by the names of the files.
func reported(t *testing.T, pod string) map[string]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.zip")
	cmd := exec.CommandContext(t.Context(), here.binary, "report", pod, "-n", here.Name, "--kubeconfig", here.kubeconfig, "--out", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	files := map[string]string{}
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(f.Name, "/")
		files[name] = string(data)
	}
	return files
}

// A report of a crash loop says what kubectl says, and no secret is in it, wherever it was put.
func TestReportOfACrashLoop(t *testing.T) {
	t.Parallel()
	const pod = "report-crash"
	err := here.Create(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{{
		Name: "app", Image: pictures().shell, Env: []corev1.EnvVar{{Name: "DB_PASSWORD", Value: "planted-env"}},
		Command: []string{"sh", "-c", `echo "it is $DB_PASSWORD"; echo "dial postgres://bob:planted-url@db/"; echo cannot reach the db; exit 3`},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	err = here.AwaitPod(t.Context(), pod, "is restarted", func(p *corev1.Pod) bool {
		return len(p.Status.ContainerStatuses) == 1 && p.Status.ContainerStatuses[0].RestartCount > 0 && p.Status.ContainerStatuses[0].LastTerminationState.Terminated != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	says := func(path string) string {
		return strings.TrimSuffix(kubectl(t, here.kubeconfig, "-n", here.Name, "get", "pod", pod, "-o", "jsonpath={"+path+"}"), "exit code 0\n")
	}
	kubectl(t, here.kubeconfig, "-n", here.Name, "annotate", "pod", pod, "example.com/api-key=planted-annotation", "example.com/note=see https://bob:planted-note@host/")
	files := reported(t, pod)
	text := files["report.md"]
	for _, want := range []string{
		"# Pod " + here.Name + "/" + pod, "exited with code 3 (Error)", "`exit 3 Error`", "Node: " + says(".spec.nodeName"), "Created: " + says(".metadata.creationTimestamp"),
		"| " + says(".metadata.creationTimestamp") + " | pod | `created` |", "cannot reach the db", "env DB\\_PASSWORD, in pod.yaml", "annotation example.com/api-key, in pod.yaml",
		" | `cannot reach the db` |\n", " | log of app", "event of app | `Started: ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("without %q:\n%s", want, text)
		}
	}
	if !strings.Contains(files["pod.yaml"], "uid: "+says(".metadata.uid")) || !strings.Contains(files["node.yaml"], "kind: Node") {
		t.Errorf("pod.yaml:\n%s\nnode.yaml:\n%s", files["pod.yaml"], files["node.yaml"])
	}
	for name, data := range files {
		if strings.Contains(data, "planted") {
			t.Errorf("a secret is in %s:\n%s", name, data)
		}
	}
}
