package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// webPort is the port of the web image.
const webPort = 8080

// tshark is what Wireshark's reader says of a capture, line by line. The cluster of testdata/cluster installs it.
func tshark(t *testing.T, file string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "tshark", append([]string{"-r", file}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark %q: %v: %s", args, err, said.String())
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
}

// tapped is a capture under way.
type tapped struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	said bytes.Buffer
	file string
}

// taps begins a capture, and returns when all pods are captured.
func taps(t *testing.T, pods []string, args ...string) *tapped {
	t.Helper()
	c := &tapped{file: filepath.Join(t.TempDir(), "a.pcapng")}
	all := slices.Concat([]string{"capture"}, pods, []string{"--kubeconfig", here.kubeconfig, "-n", here.Name, "--image", pictures().dump, "-w", c.file, "-o", "json"}, args)
	c.cmd = exec.CommandContext(t.Context(), here.binary, all...)
	c.cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.said
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ticks, patience := time.NewTicker(100*time.Millisecond), time.After(time.Minute)
	defer ticks.Stop()
	for {
		file, _ := os.ReadFile(c.file)
		if !slices.ContainsFunc(pods, func(pod string) bool { return !bytes.Contains(file, []byte(here.Name+"/"+pod)) }) {
			return c
		}
		select {
		case <-ticks.C:
		case <-patience:
			_ = c.cmd.Process.Kill()
			_ = c.cmd.Wait()
			t.Fatalf("not all are captured: %s", c.said.String())
		}
	}
}

// captureResult is what -o json prints.
type captureResult struct {
	Packets    int64
	Resets     int
	Interfaces []struct {
		Name    string
		Packets int64
	}
	Protocols []struct {
		Name    string
		Packets int64
	}
}

func (c *tapped) ends(t *testing.T) (r captureResult) {
	t.Helper()
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, c.said.String())
	}
	if err := json.Unmarshal(c.out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// runsPods runs pods that serve, and one that asks, and returns their addresses.
func runsPods(t *testing.T, asks string, serve ...string) (ips map[string]string) {
	t.Helper()
	for _, name := range append(serve, asks) {
		container := corev1.Container{Name: "app", Image: pictures().web}
		if name == asks {
			container.Image, container.Command = pictures().shell, []string{"sh", "-c", "sleep 100000"}
		}
		if err := here.Run(t.Context(), name, corev1.PodSpec{Containers: []corev1.Container{container}}); err != nil {
			t.Fatal(err)
		}
	}
	ips = map[string]string{}
	for _, name := range append(serve, asks) {
		pod, err := here.Pod(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		ips[name] = pod.Status.PodIP
	}
	return ips
}

// TestCaptureOfThree: a capture of three pods while a loop of requests runs is one file with three named interfaces, in which each sees every request to it; its
// figures are those of tshark; dayfly's own traffic is not in it; and nothing of the stream is in a log.
func TestCaptureOfThree(t *testing.T) {
	const each = 20
	pods := []string{"tap-0", "tap-1", "tap-2"}
	ips := runsPods(t, "asks", pods...)
	c := taps(t, pods, "--profile", "netadmin", "--for", "12s")
	var script strings.Builder
	for i := range each {
		for _, pod := range pods {
			fmt.Fprintf(&script, "wget -q -O /dev/null http://%s:%d/%s-%d; ", ips[pod], webPort, pod, i)
		}
	}
	for _, pod := range pods { // nobody listens there
		fmt.Fprintf(&script, "wget -q -O /dev/null http://%s:9/; ", ips[pod])
	}
	kubectl(t, here.kubeconfig, "-n", here.Name, "exec", "asks", "--", "sh", "-c", script.String()+"true")
	got := c.ends(t)

	seen := map[string]int{}
	for _, line := range tshark(t, c.file, "-Y", "http.request", "-T", "fields", "-e", "frame.interface_name", "-e", "http.request.uri") {
		seen[line]++
	}
	for _, pod := range pods {
		for i := range each {
			if line := fmt.Sprintf("%s/%s\t/%s-%d", here.Name, pod, pod, i); seen[line] != 1 {
				t.Errorf("%q is there %d times", line, seen[line])
			}
		}
	}
	if len(seen) != each*len(pods) || len(got.Interfaces) != len(pods) {
		t.Errorf("%d requests of %d interfaces", len(seen), len(got.Interfaces))
	}
	counts := map[string]int64{"": got.Packets, "tcp.flags.reset == 1": int64(got.Resets)}
	for _, p := range got.Protocols {
		if p.Name == "HTTP" {
			counts["http"] = p.Packets
		}
	}
	for _, i := range got.Interfaces {
		counts[fmt.Sprintf("frame.interface_name == %q", i.Name)] = i.Packets
	}
	for filter, want := range counts {
		if n := len(tshark(t, c.file, "-Y", filter)); int64(n) != want || n == 0 {
			t.Errorf("tshark finds %d packets of %q, dayfly %d", n, filter, want)
		}
	}
	known := ips["asks"]
	for _, pod := range pods {
		known += ", " + ips[pod]
	}
	if own := tshark(t, c.file, "-Y", fmt.Sprintf("tcp && !(ip.src in {%s} && ip.dst in {%[1]s})", known)); len(own) > 0 {
		t.Errorf("dayfly's own traffic is in it:\n%s", strings.Join(own, "\n"))
	}
	for _, pod := range pods {
		holdsEnded(t, pod)
	}
}

// holdsEnded holds that the only debug container of a pod has ended, and that its log has nothing of what tcpdump has said and captured: at most a shell's last
// words.
func holdsEnded(t *testing.T, name string) {
	t.Helper()
	pod, err := here.Pod(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	states := pod.Status.EphemeralContainerStatuses
	if len(states) != 1 || states[0].State.Terminated == nil {
		t.Errorf("%s has %+v", name, states)
		return
	}
	const words = 200
	if log := kubectl(t, here.kubeconfig, "-n", here.Name, "logs", name, "-c", states[0].Name); len(log) > words || strings.Contains(log, "HTTP") || strings.Contains(log, "listening on") {
		t.Errorf("the log of %s has %q", name, log)
	}
}

// TestCaptureFromTheNode: nothing is added to the pod, and nothing is left.
func TestCaptureFromTheNode(t *testing.T) {
	ips := runsPods(t, "asks-node", "tap-node")
	c := taps(t, []string{"tap-node"}, "--from-node", "--node-namespace", here.Name, "--count", "10", "--", "port", fmt.Sprint(webPort))
	kubectl(t, here.kubeconfig, "-n", here.Name, "exec", "asks-node", "--", "wget", "-q", "-O", "/dev/null", fmt.Sprintf("http://%s:%d/from-node", ips["tap-node"], webPort))
	got := c.ends(t)
	if requests := tshark(t, c.file, "-Y", "http.request.uri == \"/from-node\""); got.Packets != 10 || len(requests) != 1 {
		t.Errorf("%d packets, %d requests", got.Packets, len(requests))
	}
	if pod, err := here.Pod(t.Context(), "tap-node"); err != nil || len(pod.Spec.EphemeralContainers) > 0 {
		t.Errorf("%v was added (%v)", pod.Spec.EphemeralContainers, err)
	}
	if left := kubectl(t, here.kubeconfig, "-n", here.Name, "get", "pods,jobs", "-o", "name", "-l", "app.kubernetes.io/managed-by"); strings.Contains(left, "pod/") {
		t.Errorf("there are %s", left)
	}
}

// TestCaptureOnTheNodesNetwork: what carries the capture is not in it, or it would grow by itself.
func TestCaptureOnTheNodesNetwork(t *testing.T) {
	spec := corev1.PodSpec{HostNetwork: true, Containers: []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"sh", "-c", "sleep 100000"}}}}
	if err := here.Run(t.Context(), "tap-host", spec); err != nil {
		t.Fatal(err)
	}
	c := taps(t, []string{"tap-host"}, "--profile", "netadmin", "--for", "3s")
	c.ends(t)
	if own := tshark(t, c.file, "-Y", "tcp.port == 10250 || ip.addr == 127.0.0.0/8"); len(own) > 0 {
		t.Errorf("%d packets of dayfly's own are in it: %s", len(own), own[0])
	}
	if !strings.Contains(c.said.String(), "is in the network of its node: left out are") {
		t.Errorf("it says %s", c.said.String())
	}
}
