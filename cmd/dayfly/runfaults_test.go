//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dayfly-k8s/dayfly/testdata/proxy"
)

// TestRunOutlivesFaults: whichever request a proxy breaks and however, the output is there once and the code is the command's.
func TestRunOutlivesFaults(t *testing.T) {
	t.Parallel()
	b := practised(t)
	direct := filepath.Join(b.folder, "kubeconfig")
	hows := map[string]proxy.How{
		"close before": proxy.CloseBefore, "reset before": proxy.ResetBefore, "close after": proxy.CloseAfter,
		"reset after": proxy.ResetAfter, "close middle": proxy.CloseMiddle, "reset middle": proxy.ResetMiddle,
		"close answered": proxy.CloseAnswered, "bad gateway": proxy.BadGateway,
	}
	for phase, f := range map[string]proxy.Fault{
		"pod":    {Method: "GET", Path: "/pods/annotated"},
		"patch":  {Method: "PATCH", Path: "/ephemeralcontainers?fieldManager=dayfly"},
		"watch":  {Method: "GET", Path: "watch=true"},
		"attach": {Method: "GET", Path: "/attach"},
		"log":    {Method: "GET", Path: "/log"},
	} {
		for name, how := range hows {
			if phase == "attach" && (how == proxy.CloseAfter || how == proxy.ResetAfter) {
				continue // its answer is the stream: the middle breaks that
			}
			if phase == "watch" && (how == proxy.CloseAfter || how == proxy.ResetAfter) {
				continue // likewise
			}
			t.Run(phase+" "+name, func(t *testing.T) {
				t.Parallel()
				f.How = how
				p := proxy.Start(t, direct, f)
				own := &bench{t, home(t)}
				kubeconfig, err := os.ReadFile(p.Kubeconfig)
				if err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(own.folder, "kubeconfig"), string(kubeconfig))
				got := own.runs(nil, "run", "annotated", "--preset", "busybox", "--timeout", "2m",
					"--", "sh", "-c", "echo one; sleep 1; echo two; exit 7")
				if got.code != 7 || got.stdout != "one\ntwo\n" {
					t.Errorf("exit code %d, want 7; struck %v; printed %q; stderr:\n%s", got.code, p.Struck(), got.stdout, got.stderr)
				}
			})
		}
	}
}
