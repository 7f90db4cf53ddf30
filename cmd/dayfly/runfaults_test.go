//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/proxy"
)

// TestRunOutlivesFaults: whichever request a proxy breaks and however, the output is there once and the code is the command's.
func TestRunOutlivesFaults(t *testing.T) {
	t.Parallel()
	b := practised(t)
	direct := filepath.Join(b.folder, "kubeconfig")
	for name, fault := range proxy.Faults("annotated") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := proxy.Start(t, direct, fault)
			own := behind(t, p)
			got := own.runs(nil, "run", "annotated", "--preset", "busybox", "--timeout", "2m",
				"--", "sh", "-c", "echo one; sleep 1; echo two; exit 7")
			if !p.Struck() && fault.Path != "/log" { // a log is read only where the attach came too late for something
				t.Error("the fault did not strike")
			}
			if got.code != 7 || got.stdout != "one\ntwo\n" {
				t.Errorf("exit code %d, want 7; struck %v; printed %q; stderr:\n%s", got.code, p.Struck(), got.stdout, got.stderr)
			}
		})
	}
}

// behind is a bench whose way to the cluster leads through a proxy.
func behind(t *testing.T, p *proxy.Proxy) *bench {
	t.Helper()
	own := &bench{t, home(t)}
	kubeconfig, err := os.ReadFile(p.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(own.folder, "kubeconfig"), string(kubeconfig))
	return own
}

// TestRunThroughNoGateway: what needs its input fails where nothing can be attached, and says that the program may still run.
func TestRunThroughNoGateway(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := proxy.Start(t, filepath.Join(b.folder, "kubeconfig"), proxy.Fault{Path: "/attach", How: proxy.BadGateway, Always: true})
	own := behind(t, p)
	got := own.runs(strings.NewReader("input"), "run", "annotated", "-i", "-o", "json", "--timeout", "2m", "--", "sh", "-c", "read line; sleep 1000")
	var report struct {
		ExitCode *int
		RunsOn   bool
		Error    string
		Notes    []string
	}
	if err := json.Unmarshal([]byte(got.stderr), &report); err != nil {
		t.Fatalf("%v: %s", err, got.stderr)
	}
	if got.code != 1 || report.ExitCode != nil || !report.RunsOn || !strings.Contains(report.Error, "attach to annotated/") ||
		!strings.Contains(strings.Join(report.Notes, "\n"), "dayfly attach annotated") {
		t.Errorf("exit code %d, %+v", got.code, report)
	}
}

// TestRunWithCutInput: a link that is lost before all of the input has been sent is no success, whatever the command makes of the part it got.
func TestRunWithCutInput(t *testing.T) {
	t.Parallel()
	b := practised(t)
	p := proxy.Start(t, filepath.Join(b.folder, "kubeconfig"), proxy.Fault{Path: "/attach", How: proxy.CloseMiddle})
	own := behind(t, p)
	input, more, err := os.Pipe() // whose end never comes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = more.Close() })
	if _, err := more.WriteString("part\n"); err != nil {
		t.Fatal(err)
	}
	got := own.runs(input, "run", "annotated", "-i", "--timeout", "2m", "--", "sh", "-c", "cat; echo end")
	if got.code != 1 || !strings.Contains(got.stderr, "before all of the input") {
		t.Errorf("exit code %d; struck %v; printed %q; stderr:\n%s", got.code, p.Struck(), got.stdout, got.stderr)
	}
}
