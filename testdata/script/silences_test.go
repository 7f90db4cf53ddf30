package script

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/proxy"
)

// A gateway before the API server that keeps what it should pass on is named, and nobody is told that a link was lost which there never was.
func TestGatewayIsToldOf(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]proxy.How{"swallows": proxy.Swallow, "answers itself": proxy.BadGateway} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := webPod(t, "gateway-"+strconv.Itoa(int(how)))
			p := proxy.Start(t, here.kubeconfig, proxy.Fault{Path: "/attach", How: how, Always: true})
			person := sitDown(t, nil, "--kubeconfig", p.Kubeconfig, "-n", here.Name, pod)
			person.sees("CONTAINER", "running")
			person.takes("busybox")
			person.seesIn(start, "does not pass the connection on")
			began := time.Now()
			person.getsCard("✗ not attached")
			t.Logf("the card comes %.1f s behind the first word of the gateway", time.Since(began).Seconds())
			if screen := person.Screen(); screen.Has("link is lost") {
				t.Errorf("a link is said to be lost\n%s", screen)
			}
			person.leaves()
		})
	}
}

// Output that the node has thrown away while the way to it was gone is told as missing: on the screen of a script, and for programs.
func TestTornLogIsTold(t *testing.T) {
	t.Parallel()
	line := layCable(t)
	pod := webPod(t, "torn")
	cmd := exec.CommandContext(t.Context(), here.binary, "run", pod, "-n", here.Name, "--kubeconfig", line.kubeconfig, "--image", pictures().shell,
		"--timeout", "5m", "-o", "json", "--", "sh", "-c",
		// 1.5 MB a second, each line another: kubelets rotate a log at some megabytes, and look at it every ten seconds.
		`for n in $(seq 0 44); do awk -v n=$n 'BEGIN { for (i = 0; i < 1500; i++) printf "%d.%d %01000d\n", n, i, 0 }'; sleep 1; done; echo end`)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var report bytes.Buffer
	cmd.Stderr = &report
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1<<20)
	if _, err := stdout.Read(first); err != nil {
		t.Fatal(err)
	}
	line.goes(true)
	for begin := 0; begin < 3; begin = logBegins(t, pod) { // what was shown is of the first blocks
		<-time.After(time.Second)
	}
	back := time.Now()
	line.goes(false)
	rest, err := io.ReadAll(stdout)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, &report)
	}
	t.Logf("it ended %.1f s behind the way back", time.Since(back).Seconds())
	var told struct {
		ExitCode      *int
		OutputMissing bool
		Notes         []string
	}
	if err := json.Unmarshal(report.Bytes(), &told); err != nil {
		t.Fatalf("%v: %s", err, &report)
	}
	if told.ExitCode == nil || *told.ExitCode != 0 || !told.OutputMissing || !strings.Contains(strings.Join(told.Notes, " "), "output may be missing") {
		t.Errorf("it reports %s", &report)
	}
	if !bytes.HasSuffix(rest, []byte("\nend\n")) {
		t.Errorf("its last line is missing")
	}
}

// logBegins is the block that the log of a pod's one debug container begins with.
func logBegins(t *testing.T, pod string) int {
	t.Helper()
	name := strings.Fields(kubectl(t, here.kubeconfig, "get", "pod", pod, "-n", here.Name, "-o", "jsonpath={.spec.ephemeralContainers[0].name}{\" \"}"))[0]
	log := kubectl(t, here.kubeconfig, "logs", pod, "-n", here.Name, "-c", name, "--limit-bytes=20")
	block, _, _ := strings.Cut(log, ".")
	n, err := strconv.Atoi(block)
	if err != nil {
		return 0 // a log that is being rotated is empty for a moment
	}
	return n
}
