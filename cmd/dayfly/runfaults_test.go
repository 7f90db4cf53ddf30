//go:build unix

package main

import (
	"encoding/json"
	"io"
	"net/http"
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

// TestRunManyOutlivesFaults: while the API server is away, those of many that are about to begin wait for it, and run once each when it is back.
func TestRunManyOutlivesFaults(t *testing.T) {
	t.Parallel()
	b := practised(t)
	write(t, b.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
	for name, how := range map[string]proxy.How{"bad gateway": proxy.BadGateway, "reset before": proxy.ResetBefore, "close after": proxy.CloseAfter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := proxy.Start(t, filepath.Join(b.folder, "kubeconfig"), proxy.Fault{Method: http.MethodPatch, Path: "/ephemeralcontainers?fieldManager=dayfly", How: how, Always: true})
			own, ran := behind(t, p), filepath.Join(t.TempDir(), "ran")
			write(t, own.folder+"/config/dayfly/config.yaml", "registries: {ask: false}\n")
			cmd := own.command("run", "annotated", "notready", "nonroot", "-c", "", "--", "sh", "-c", "echo $HOSTNAME >> "+ran+"; echo here")
			said, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			const waits = "dayfly: no more can be begun at the moment, and is tried again for two minutes: "
			if how != proxy.CloseAfter { // which has been carried out, and is found
				readUntil(t, said, waits)
				p.Heal()
			}
			rest, _ := io.ReadAll(said)
			out, _ := io.ReadAll(stdout)
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != 0 || sorted(string(out)) != "annotated | here\nnonroot   | here\nnotready  | here\n" || strings.Contains(string(rest), waits) {
				t.Errorf("exit code %d, printed %q, then said %s", code, out, rest)
			}
			if each, _ := os.ReadFile(ran); sorted(string(each)) != "annotated\nnonroot\nnotready\n" {
				t.Errorf("it has run in %q", each)
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
