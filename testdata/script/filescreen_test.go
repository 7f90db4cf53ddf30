package script

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// measuredPod is a pod whose container has no shell, and files in /data: a large one, and one to be changed. Its sum is that of the large one, by the pod itself.
func measuredPod(t *testing.T, name string) (sum string) {
	t.Helper()
	mounts := []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	spec := corev1.PodSpec{
		InitContainers: []corev1.Container{{
			Name: "writes", Image: pictures().shell, VolumeMounts: mounts,
			Command: []string{"sh", "-c", "head -c 5000000 /dev/urandom >/data/large; echo timeout: 200ms >/data/app.yaml; chown 1234:1234 /data/app.yaml; chmod 640 /data/app.yaml; sha256sum /data/large"},
		}},
		Containers: []corev1.Container{{Name: "app", Image: pictures().web, VolumeMounts: mounts}},
		Volumes:    []corev1.Volume{{Name: "data"}},
	}
	if err := here.Run(t.Context(), name, spec); err != nil {
		t.Fatal(err)
	}
	sum, _, _ = strings.Cut(kubectl(t, here.kubeconfig, "logs", name, "-c", "writes"), " ")
	return sum
}

// TestFilesOnTheScreen: the files of a container without a shell are browsed by a debug container that is shown before it is added. A file comes home equal, another is
// edited and written back as it was owned, and when the person leaves, nothing runs any more and nothing was in the log.
func TestFilesOnTheScreen(t *testing.T) {
	t.Parallel()
	want := measuredPod(t, "filed")
	home := t.TempDir()
	editor := filepath.Join(home, "editor.sh")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\nsed -i s/200ms/2s/ \"$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := desk{cols: 80, rows: 24, env: []string{"EDITOR=" + editor}}.sit(t, "filed")
	p.sees("CONTAINER", "running")
	p.goesOnTo("F", "app cannot list its files itself", "the cluster would allow it")
	p.goesOnTo("enter", "data/", "empty dir")
	p.goesOnTo("p", "A folder or a file of the container")
	p.types("/data")
	p.goesOnTo("enter", "app.yaml", "large", "5.0 MB")
	p.goesOnTo("G", "large · 5000000 bytes")
	p.goesOnTo("d", "Where to on this machine?")
	p.presses("ctrl+u")
	p.types(filepath.Join(home, "large"))
	p.goesOnTo("enter", "5.0 MB, SHA-256 equal")
	text, err := os.ReadFile(filepath.Join(home, "large"))
	if got := sha256.Sum256(text); err != nil || hex.EncodeToString(got[:]) != want {
		t.Errorf("the copy has SHA-256 %x, want %s (%v)", got, want, err)
	}
	p.goesOnTo("k", "app.yaml · ")
	p.goesOnTo("e", "Write this to filed/app:/data/app.yaml?", "-timeout: 200ms", "+timeout: 2s", "1234:1234")
	p.goesOnTo("enter", "app.yaml is written")
	p.goesOnTo("enter", "timeout: 2s")
	p.goesOnTo("esc", "app.yaml is written")
	p.presses("esc") // what was told is taken back first
	p.must(p.WaitFor(soon, "the list alone", func(s terminal.Screen) bool { return s.Has("large") && !s.Has("is written") }))
	p.goesOnTo("esc", "CONTAINER", "ended: exit")
	p.leaves()
	var actions []string
	for _, e := range p.journal() {
		actions = append(actions, e.Action)
	}
	if got := strings.Join(actions, " "); !strings.Contains(got, journal.Started) || !strings.Contains(got, journal.Downloaded) || !strings.Contains(got, journal.Uploaded) || !strings.Contains(got, journal.Ended) {
		t.Errorf("the journal has %s", got)
	}
	name, _, _ := strings.Cut(kubectl(t, here.kubeconfig, "get", "pod", "filed", "-o", "jsonpath={.spec.ephemeralContainers[0].name}"), "exit code")
	if log := kubectl(t, here.kubeconfig, "logs", "filed", "-c", name); log != "exit code 0\n" {
		t.Errorf("the log of the debug container has %q", log)
	}
}
