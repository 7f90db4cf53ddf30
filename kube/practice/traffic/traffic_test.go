package traffic_test

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/packets"
	"github.com/dayfly-k8s/dayfly/kube/practice/traffic"
)

func pod() traffic.Pod {
	return traffic.Pod{Name: "web-0", Namespace: "shop", IP: netip.MustParseAddr("10.1.0.7")}
}

// The packets are such as a tcpdump prints, and tell of what there is to find: names that do not exist, a request that fails, a connection that is refused.
func TestCapture(t *testing.T) {
	r, err := packets.NewReader(bytes.NewReader(traffic.Capture(pod(), time.Unix(1_700_000_000, 0), 0)))
	if err != nil {
		t.Fatal(err)
	}
	a := packets.NewAnalysis()
	of := a.Interface("shop/web-0")
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Add(of, r.Link(), p)
	}
	now := a.Look()
	if now.Packets != 64 || now.Resets != 1 || now.Retransmissions != 1 || len(now.Questions) != 4 || now.Questions[0].Failed != 1 || len(now.Requests) != 5 || now.Requests[0].Answer != "503" {
		t.Errorf("%+v", now)
	}
	if some := traffic.Capture(pod(), time.Unix(1_700_000_000, 0), 3); !bytes.HasPrefix(traffic.Capture(pod(), time.Unix(1_700_000_000, 0), 0), some) {
		t.Error("a part is not the beginning of all")
	}
}

// The program answers what tcpdump is asked, and ends as it does.
func TestProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it is a shell script
	}
	folder := t.TempDir()
	file, program := filepath.Join(folder, "packets"), filepath.Join(folder, "tcpdump")
	all := traffic.Capture(pod(), time.Unix(1_700_000_000, 0), 0)
	if err := errors.Join(os.WriteFile(file, all, 0o600), os.WriteFile(program, []byte(traffic.Program(file)), 0o700)); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]struct {
		says string
		fine bool
	}{
		"-i any -d port 80": {"(000) ret", true}, "-i any -d prot 80": {"can't parse filter expression", false},
		"-i eth7 -d port 80": {"eth7: No such device exists", false}, "-ni any": {"dayfly capture shows", false},
	} {
		out, err := exec.Command(program, strings.Fields(args)...).CombinedOutput()
		if (err == nil) != want.fine || !strings.Contains(string(out), want.says) {
			t.Errorf("%s: %v: %s", args, err, out)
		}
	}
	cmd := exec.Command("sh", "-c", `"$1" -i any -s 100 -U -w - "port 80" & read -r _; kill -TERM $!; wait $!`, "sh", program)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(all))
	if _, err := io.ReadFull(out, got); err != nil || !bytes.Equal(got, all) {
		t.Errorf("it prints something else (%v)", err)
	}
	_, _ = io.WriteString(in, "\n")
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "64 packets received by filter") {
		t.Errorf("%v: %s", err, said.String())
	}
}
