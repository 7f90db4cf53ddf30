package nodefiles_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/nodefiles"
)

func now() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// Files and programs tell of the node that they are on.
func TestNode(t *testing.T) {
	node := &corev1.Node{}
	node.Name = "n-9"
	node.Status.NodeInfo = corev1.NodeSystemInfo{OSImage: "Ubuntu 24.04 LTS", KubeletVersion: "v1.34.4", ContainerRuntimeVersion: "containerd://2.0", MachineID: "abc"}
	node.Status.Conditions = []corev1.NodeCondition{
		{Type: corev1.NodeReady, Status: corev1.ConditionFalse, Message: "no network"},
		{Type: corev1.NodeDiskPressure, Status: corev1.ConditionTrue, Message: "disk is full"},
		{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionFalse, Message: "all is well"},
	}
	dir := t.TempDir()
	for name, text := range nodefiles.Of(node, now()) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table := filepath.Join(t.TempDir(), "containers")
	if err := os.WriteFile(table, []byte("CONTAINER STATE\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"etc/os-release": "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nID=ubuntu\n", "etc/hostname": "n-9\n", "etc/machine-id": "abc\n",
	} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
			t.Errorf("%s is %q, %v", name, text, err)
		}
	}
	for line, want := range map[string]string{
		"journalctl -u kubelet -n 5": "Mar 04 11:59:00 n-9 kubelet[801]: node condition Ready is False: no network\n" +
			"Mar 04 11:59:00 n-9 kubelet[801]: node condition DiskPressure is True: disk is full\n",
		"crictl ps -a": "CONTAINER STATE\n", "systemctl --failed": "0 loaded units listed.\n", "systemctl status kubelet": "kubelet.service     active (running)\n",
	} {
		words := strings.Fields(line)
		script := nodefiles.Programs(dir, table)[words[0]]
		out, err := exec.CommandContext(t.Context(), "sh", append([]string{"-c", script}, words...)...).Output()
		if err != nil || !strings.HasSuffix(string(out), want) || strings.Contains(string(out), "all is well") {
			t.Errorf("%s says %q, %v", line, out, err)
		}
	}
	for _, line := range []string{"crictl images", "systemctl restart kubelet"} {
		words := strings.Fields(line)
		if err := exec.CommandContext(t.Context(), "sh", append([]string{"-c", nodefiles.Programs(dir, table)[words[0]]}, words...)...).Run(); err == nil {
			t.Errorf("%s does nothing, and says that all is well", line)
		}
	}
}
