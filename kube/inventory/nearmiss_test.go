package inventory_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// applied notes that a manifest was applied by the server, by kubectl apply --server-side.
func applied(p *corev1.Pod) {
	createdBy("kubectl")(p)
	p.ManagedFields[0].Operation = metav1.ManagedFieldsOperationApply
}

// nearMisses are ordinary pods that have something of a leftover, by the reason why they are none.
func nearMisses() map[string]*corev1.Pod {
	const static = "kubernetes.io/config.mirror"
	return map[string]*corev1.Pod{
		"a Deployment's pod":                                     pod("web-7d4b9c-x2k4b", ownedBy("ReplicaSet web-7d4b9c")),
		"a Deployment that is called nsenter-proxy":              pod("nsenter-proxy-7d4b9c-x2k4b", contains("nsenter"), hostPID, ownedBy("ReplicaSet nsenter-proxy-7d4b9c")),
		"a Deployment called node-debugger-dashboard":            pod("node-debugger-dashboard-7d4b9c-x2k4b", ownedBy("ReplicaSet node-debugger-dashboard-7d4b9c")),
		"a bare pod of that name, which is on no such node":      pod("node-debugger-dashboard-x2k4b", createdBy("helm")),
		"the name of the node without an end":                    pod("node-debugger-node-1", createdBy("helm")),
		"an end that is too long":                                pod("node-debugger-node-1-x2k4bx", createdBy("helm")),
		"a DaemonSet's agent called node-debugger":               pod("node-debugger-node-1-x2k4b", hostPID, mounts("/"), ownedBy("DaemonSet node-debugger-node-1")),
		"a DaemonSet's agent with everything of the node":        pod("node-exporter-x2k4b", hostPID, hostNetwork, privileged, mounts("/"), ownedBy("DaemonSet node-exporter")),
		"an agent with the runtime's socket":                     pod("datadog-x2k4b", mounts("/var/run/docker.sock"), may("SYS_PTRACE"), ownedBy("DaemonSet datadog")),
		"inspektor-gadget's agents":                              pod("gadget-x2k4b", hostPID, may("SYS_ADMIN"), label("k8s-app", "gadget"), ownedBy("DaemonSet gadget")),
		"managed by Helm":                                        pod("cart", createdBy("helm"), label("app.kubernetes.io/managed-by", "Helm")),
		"managed by somebody else's dayfly":                      pod("cart", createdBy("helm"), label("app.kubernetes.io/managed-by", "dayfly-operator")),
		"the label of kubectl debug in a Deployment's template":  pod("web-7d4b9c-x2k4b", label("app.kubernetes.io/managed-by", "kubectl-debug"), ownedBy("ReplicaSet web-7d4b9c")),
		"the label of dayfly in a StatefulSet's template":        pod("db-0", label("app.kubernetes.io/managed-by", "dayfly"), ownedBy("StatefulSet db")),
		"an annotation that mentions dayfly":                     pod("cart", createdBy("helm"), annotated("note", "debugged with dayfly", "dayfly-k8s.github.io/session", "s-1")),
		"an annotation that names a pod as the original":         pod("cart", createdBy("helm"), annotated("dayfly-k8s.github.io/copy-of", "web")),
		"nsenter- with an end of another length":                 pod("nsenter-tools", createdBy("helm"), contains("nsenter"), hostPID),
		"nsenter- and six letters, without the container":        pod("nsenter-3fk2a9", createdBy("helm"), hostPID),
		"nsenter- and its container, but not on the node":        pod("nsenter-3fk2a9", createdBy("helm"), contains("nsenter")),
		"k9s-shell- and a word":                                  pod("k9s-shell-docs", createdBy("helm"), contains("k9s-shell"), hostPID),
		"k9s-shell- and a number, of another container":          pod("k9s-shell-4812", createdBy("helm"), hostPID),
		"node-shell- and a word":                                 pod("node-shell-operator", createdBy("helm"), contains("shell"), hostPID),
		"node-shell- and a UUID that is none":                    pod("node-shell-d5314890ee4f11e896848c164500a77ed531", createdBy("helm"), contains("shell"), hostPID),
		"node-shell-operator's Deployment":                       pod("node-shell-operator-7d4b9c-x2k4b", contains("shell"), hostPID, ownedBy("ReplicaSet node-shell-operator-7d4b9c")),
		"ksniff- and an end of another length":                   pod("ksniff-dashboard", createdBy("helm"), contains("ksniff-privileged")),
		"ksniff- and five letters, of another container":         pod("ksniff-x9z2b", createdBy("helm"), privileged),
		"the operator of mirrord":                                pod("mirrord-operator-7d4b9c-x2k4b", label("app", "mirrord-operator"), ownedBy("ReplicaSet mirrord-operator-7d4b9c")),
		"an application that is called mirrord":                  pod("mirrord", createdBy("helm"), label("app", "mirrord")),
		"an agent of mirrord in somebody's Deployment":           pod("mirrord-agent-x", label("app", "mirrord"), contains("mirrord-agent"), ownedBy("ReplicaSet mirrord-agent")),
		"a DaemonSet with oc debug's annotation":                 pod("tests-x2k4b", annotated("debug.openshift.io/source-container", "container-00"), ownedBy("DaemonSet tests")),
		"an empty annotation of oc debug":                        pod("tests", createdBy("helm"), annotated("debug.openshift.io/source-resource", "")),
		"an application container called debugger":               pod("ide", createdBy("helm"), contains("debugger"), terminal),
		"an application container called debugger-x2k4b":         pod("ide", createdBy("helm"), added("debugger-x2k4b")),
		"a Deployment with a container called debugger-x2k4b":    pod("ide-7d4b9c-x2k4b", added("debugger-x2k4b"), ownedBy("ReplicaSet ide-7d4b9c")),
		"a name that ends in -debug":                             pod("web-debug", createdBy("helm"), sharing),
		"a bare pod from kubectl create":                         pod("job-1", createdBy("kubectl-create"), sharing, terminal),
		"a bare pod from kubectl apply":                          pod("job-1", createdBy("kubectl-client-side-apply"), sharing, terminal),
		"a bare pod from kubectl apply --server-side":            pod("job-1", applied, sharing, added("debugger-x2k4b")),
		"a bare pod from kubectl run without a terminal":         pod("load", createdBy("kubectl-run")),
		"a bare pod from kubectl's API without shared processes": pod("raw", createdBy("kubectl")),
		"a Deployment of netshoot":                               pod("probe-7d4b9c-x2k4b", image("nicolaka/netshoot:latest"), ownedBy("ReplicaSet probe-7d4b9c")),
		"an image whose name ends like netshoot's":               pod("probe", createdBy("kubectl-run"), image("example.com/not-nicolaka/netshoot:1")),
		"a build of a CI":                                        pod("runner-x2k4b-project-1-concurrent-0", createdBy("gitlab-runner"), privileged, terminal),
		"a pipeline's step":                                      pod("build-x2k4b", privileged, ownedBy("TaskRun build")),
		"a Job's pod":                                            pod("nightly-report-x2k4b", ownedBy("Job nightly-report")),
		"a static pod":                                           pod("etcd-node-1", hostNetwork, mounts("/etc/kubernetes/pki"), annotated(static, "x"), ownedBy("Node node-1")),
		"a static pod with the label of kubectl debug":           pod("tools-node-1", hostPID, annotated(static, "x"), label("app.kubernetes.io/managed-by", "kubectl-debug")),
		"a pod that podbench's documentation names":              pod("docs", createdBy("helm"), annotated("podbench.dev/origin", "web")),
		"a label whose key only begins like a profiler's":        pod("flame", createdBy("helm"), label("kubectl-flame/idle", "1")),
		"a debug-agent that a DaemonSet runs":                    pod("debug-agent-x2k4b", hostPID, contains("debug-agent"), ownedBy("DaemonSet debug-agent")),
		"a pod of which it is no longer told who has made it":    pod("much-changed", createdBy("ancient-changes"), sharing, added("debugger-x2k4b")),
		"a pod of which nobody has noted who has made it":        pod("old", func(p *corev1.Pod) { p.ManagedFields = nil }),
	}
}

// Ordinary pods are no leftovers, however they are called.
func TestOrdinaryPodsAreNoLeftovers(t *testing.T) {
	for why, pod := range nearMisses() {
		if items := inventory.Recognise(pod, now()); len(items) > 0 {
			t.Errorf("%s: %s is %q, because of %s", why, pod.Name, briefs(items), items[0].Because)
		}
	}
	if n := len(nearMisses()); n < 40 {
		t.Errorf("there are only %d", n)
	}
}
