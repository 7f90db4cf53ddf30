package nodes

import (
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

func TestMain(m *testing.M) { kubetest.Main(m) }

// inspected opens a node of the practice cluster, and waits for all that is read of it.
func inspected(t *testing.T, name string) (*kittest.Host, *Inspection) {
	t.Helper()
	h := kittest.NewHost(t)
	h.Cluster = kubetest.Practise(t, "practice")
	s := NewInspection(t.Context(), h.Kit, h.Cluster, name)
	t.Cleanup(s.Close)
	h.Stack = append(h.Stack, s)
	s.Init()
	for s.reading.source != nil {
		h.Do(t, s.reading.listen()())
	}
	return h, s
}

func TestInspect(t *testing.T) {
	h, s := inspected(t, "n-3")
	h.Height = 90
	frame := h.Text()
	for _, want := range []string{
		"nodes › n-3 › inspect", "● ready for 4d, only for pods that tolerate its taints", "cpu     ", " of 4", " of 8 GiB", "pods    ", "kubernetes.io/arch=arm64",
		"NoSchedule: new pods need to tolerate it", "✓ MemoryPressure", "false for 4d · KubeletHasSufficientMemory", "kubelet    v1.34.4", "linux/arm64", "host name  n-3",
		"ephemeral-storage  100 GiB", "kubernetes.io/hostname",
	} {
		if !strings.Contains(frame, want) {
			t.Errorf("no %q in\n%s", want, frame)
		}
	}
	h.Do(t, kittest.Press("v"))
	if frame := h.Text(); !strings.Contains(frame, "kind: Node") || !strings.Contains(frame, "› YAML") {
		t.Errorf("as YAML:\n%s", frame)
	}
	if got := s.CopyCommand(); !strings.Contains(got, "kubectl get node n-3 --output=yaml") {
		t.Errorf("the command is %q", got)
	}
	h.Do(t, kittest.Press("enter"), kittest.Press("d"))
	if len(h.Asked) != 2 || h.Asked[0] != (kit.OpenNodePods{Cluster: h.Cluster, Node: "n-3"}) || h.Asked[1] != (kit.OpenNodeTools{Cluster: h.Cluster, Node: "n-3"}) {
		t.Errorf("asked for %+v", h.Asked)
	}
	kittest.CheckEverySize(t, s)
	h.Do(t, kittest.Press("v"))
	kittest.CheckEverySize(t, s)
}

// A node that has been deleted stays on the screen as it was at last.
func TestInspectOfANodeThatGoes(t *testing.T) {
	h, s := inspected(t, "n-1")
	s.reading.source = make(chan nodes.Evidence)
	h.Do(t, evidenceMsg{s.reading.source, kit.Batch[nodes.Evidence]{Items: []nodes.Evidence{{Absent: &kube.Problem{Message: "node n-1 does not exist any more"}}}}})
	if frame := h.Text(); !strings.Contains(frame, "node n-1 does not exist any more") || !strings.Contains(frame, "Conditions") {
		t.Errorf("frame:\n%s", frame)
	}
	kittest.CheckEverySize(t, s)
}

func TestInspectOfNoNode(t *testing.T) {
	h, s := inspected(t, "nowhere")
	if frame := h.Text(); !strings.Contains(frame, "node nowhere does not exist") || s.Reading() {
		t.Errorf("frame:\n%s", frame)
	}
	if h.Do(t, kittest.Press("d")); len(h.Asked) != 0 || h.Flashed == "" {
		t.Errorf("asked for %+v, flashed %q", h.Asked, h.Flashed)
	}
	kittest.CheckEverySize(t, s)
}
