package inventory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

const uuid = "d5314890-ee4f-11e8-9684-8c164500a77e"

// brief is an item in a line.
func brief(i inventory.Item) string {
	sure := "likely"
	if i.Certain {
		sure = "certain"
	}
	text := fmt.Sprintf("%s %s by %s, %s, %s", sure, i.Kind, i.Tool, i.Danger, i.State)
	if i.Of != "" {
		text += ", of " + i.Of
	}
	if len(i.Gives) > 0 {
		text += "; " + strings.Join(i.Gives, ", ")
	}
	return text
}

func briefs(items []inventory.Item) (lines []string) {
	for _, i := range items {
		lines = append(lines, brief(i))
	}
	return lines
}

// Each tool is known by what it writes, and what it has left is told.
func TestRecognisesTools(t *testing.T) {
	onNode := []change{hostPID, hostNetwork, mounts("/")}
	dayfly := func(pairs ...string) change {
		return func(p *corev1.Pod) {
			createdBy("dayfly")(p)
			label("app.kubernetes.io/managed-by", "dayfly")(p)
			annotated(append(pairs, "dayfly-k8s.github.io/session", "s-1")...)(p)
		}
	}
	for _, test := range []struct {
		pod  *corev1.Pod
		want string
	}{
		{pod("web-copy", dayfly("dayfly-k8s.github.io/copy-of", "web")), "certain copy by dayfly, running, running, of pod shop/web"},
		{pod("node-debugger-n", append(onNode, dayfly("dayfly-k8s.github.io/node", "node-1"))...), "certain node pod by dayfly, root on node, running, of node node-1; hostPID, hostNetwork, mounts / of the node"},
		{pod("join-web", privileged, hostPID, dayfly("dayfly-k8s.github.io/joins", "shop/web/app", "dayfly-k8s.github.io/node", "node-1")), "certain join by dayfly, root on node, running, of container app of pod shop/web; privileged, hostPID"},
		{pod("labelled", label("app.kubernetes.io/managed-by", "dayfly")), "likely tool pod by dayfly, running, running"},

		{pod("node-debugger-node-1-6ncgm", append(onNode, createdBy("kubectl"), label("app.kubernetes.io/managed-by", "kubectl-debug"))...), "certain node pod by kubectl debug, root on node, running, of node node-1; hostPID, hostNetwork, mounts / of the node"},
		{pod("node-debugger-node-1-6ncgm", append(onNode, createdBy("kubectl"), over)...), "certain node pod by kubectl debug, over, ended: exit 0 Completed, of node node-1"},
		{pod("node-debugger-node-1-6ncgm", createdBy("terraform")), "likely node pod by kubectl debug, running, running, of node node-1"},
		{pod("node-debugger-node-1-a1b2c", append(onNode, createdBy("Mozilla"), contains("debugger"), terminal, inputOnce)...), "likely node pod by Headlamp, root on node, running, of node node-1; hostPID, hostNetwork, mounts / of the node"},
		{pod("web-debug", createdBy("kubectl"), added("debugger-s5552")), "certain copy by kubectl debug, running, running"},
		{pod("web-kept-labels", createdBy("kubectl"), added("debugger-s5552"), ownedBy("ReplicaSet web-7d")), "certain copy by kubectl debug, running, running"},
		{pod("web-debug", createdBy("kubectl"), sharing), "likely copy by kubectl debug, running, running"},
		{pod("web-debug", createdBy("kubectl-debug")), "likely copy by kubectl debug, running, running"},
		{pod("web-debug", createdBy("kubectl.exe"), added("debugger-s5552")), "certain copy by kubectl debug, running, running"},
		{pod("tmp", createdBy("kubectl-run"), terminal), "likely tool pod by kubectl run, running, running"},
		{pod("tmp", createdBy("kubectl-run"), image("docker.io/nicolaka/netshoot:v0.13")), "likely tool pod by kubectl run, running, running"},

		{pod("nsenter-3fk2a9", contains("nsenter"), hostPID, hostNetwork, privileged, createdBy("kubectl-run"), terminal), "certain node pod by kubectl node-shell, root on node, running, of node node-1; privileged, hostPID, hostNetwork"},
		{pod("k9s-shell-48122", append(onNode, contains("k9s-shell"), privileged)...), "certain node pod by k9s, root on node, running, of node node-1; privileged, hostPID, hostNetwork, mounts / of the node"},
		{pod("node-shell-"+uuid, contains("shell"), hostPID, privileged), "certain node pod by Lens, root on node, running, of node node-1; privileged, hostPID"},
		{pod("node-shell-node-1-17421-x2k", hostPID), "likely node pod by Headlamp, root on node, running, of node node-1; hostPID"},
		{pod("lfk-node-shell-abc12", hostPID, privileged), "certain node pod by lfk, root on node, running, of node node-1; privileged, hostPID"},
		{pod("ksniff-x9z2b", contains("ksniff-privileged"), privileged, mounts("/var/run/docker.sock")), "certain tool pod by ksniff, root on node, running, of node node-1; privileged, socket /var/run/docker.sock of the node"},
		{pod("debug-agent-pod-"+uuid, hostPID), "likely tool pod by kubectl-debug (plugin), root on node, running, of node node-1; hostPID"},

		{pod("web-debug", label("debug.openshift.io/managed-by", "oc-debug"), annotated("debug.openshift.io/source-resource", "pods/web")), "certain copy by oc debug, running, running, of pod shop/web"},
		{pod("n-debug", append(onNode, annotated("debug.openshift.io/source-resource", "/v1, Resource=nodes/node-1"))...), "certain node pod by oc debug, root on node, running, of node node-1; hostPID, hostNetwork, mounts / of the node"},
		{pod("debux-copy-x2k4b", label("app.kubernetes.io/managed-by", "debux"), label("debux.clement-tourriere/mode", "copy"), annotated("debux.clement-tourriere/source-pod", "web")), "certain copy by debux, running, running, of pod shop/web"},
		{pod("debux-node-1", hostPID, label("app.kubernetes.io/managed-by", "debux"), label("debux.clement-tourriere/mode", "node")), "certain node pod by debux, root on node, running, of node node-1; hostPID"},
		{pod("web-dev", label("podbench.dev/devpod", "true"), annotated("podbench.dev/origin", "web")), "certain copy by podbench, running, running, of pod shop/web"},
		{pod("mirrord-agent-q1w2e3r4t5-x2k4b", label("app", "mirrord"), contains("mirrord-agent"), hostPID, mounts("/run"), ownedBy("Job mirrord-agent-q1w2e3r4t5")), "certain tool pod by mirrord, root on node, running; hostPID, mounts /run of the node"},
		{pod("kubectl-trace-"+uuid+"-x2k4b", label("iovisor.org/kubectl-trace", uuid), privileged, ownedBy("Job kubectl-trace-"+uuid)), "certain tool pod by kubectl trace, root on node, running, of node node-1; privileged"},
		{pod("kubectl-flame-"+uuid+"-x2k4b", label("kubectl-flame/id", uuid), ownedBy("Job kubectl-flame-"+uuid)), "certain tool pod by kubectl flame, running, running, of node node-1"},
		{pod("kubectl-prof-bpf-"+uuid+"-x2k4b", label("kubectl-prof/id", uuid), may("SYS_ADMIN"), ownedBy("Job kubectl-prof-bpf-"+uuid)), "certain tool pod by kubectl prof, root on node, running, of node node-1; SYS_ADMIN"},

		{pod("web", entered("debugger-fg4mk", "kubectl", running())), "certain debug container by kubectl debug, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("mine", "kubectl", ended())), "likely debug container by kubectl debug, over, ended: exit 3 Error, of container app of pod shop/web"},
		{pod("web", entered("debugger-fg4mk", "ancient-changes", running())), "likely debug container by kubectl debug, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("debugger-fg4mk", "Go-http-client", nil)), "likely debug container by kubectl debug, running, waiting, of container app of pod shop/web; processes of app"},
		{pod("web", entered("shell", "dayfly", running())), "certain debug container by dayfly, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("netshoot", "kubectl-netshoot", running())), "certain debug container by kubectl netshoot, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("headlamp-debug", "Mozilla", running())), "certain debug container by Headlamp, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("headlamp-debug-k3x9", "Mozilla", running())), "certain debug container by Headlamp, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("debux-1772625600000000000", "debux", running(), given("DEBUX_DAEMON"))), "certain debug container by debux, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("podbench-1", "kubectl", running(), given("PODBENCH_TARGET"))), "certain debug container by podbench, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("mirrord-agent-q1w2e3r4t5", "unknown", running())), "certain debug container by mirrord, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("cdebug-1a2b3c4d", "cdebug", running())), "likely debug container by cdebug, running, running, of container app of pod shop/web; processes of app"},
		{pod("web", entered("whatever", "my-operator", running())), "likely debug container by , running, running, of container app of pod shop/web; processes of app"},
		{pod("web", sharing, entered("shell", "dayfly", running())), "certain debug container by dayfly, running, running, of container app of pod shop/web; processes of the pod"},
		{pod("web", over, entered("shell", "dayfly", nil)), "certain debug container by dayfly, over, waiting, of container app of pod shop/web"},
	} {
		got := briefs(inventory.Recognise(test.pod, now()))
		if diff := cmp.Diff([]string{test.want}, got); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", test.pod.Name, diff)
		}
	}
}

// What may be done is told with the worst first, and so is how bad that is.
func TestGives(t *testing.T) {
	entry := func(changes ...func(*corev1.SecurityContext)) func(*corev1.EphemeralContainer) {
		return func(e *corev1.EphemeralContainer) {
			e.SecurityContext, e.TargetContainerName = &corev1.SecurityContext{}, ""
			for _, change := range changes {
				change(e.SecurityContext)
			}
		}
	}
	adds := func(names ...corev1.Capability) func(*corev1.SecurityContext) {
		return func(s *corev1.SecurityContext) { s.Capabilities = &corev1.Capabilities{Add: names} }
	}
	asUser := func(id int64) func(*corev1.SecurityContext) {
		return func(s *corev1.SecurityContext) { s.RunAsUser = &id }
	}
	for _, test := range []struct {
		pod  *corev1.Pod
		want string
	}{
		{pod("web", entered("x", "dayfly", running(), entry())), "running []"},
		{pod("web", entered("x", "dayfly", running(), entry(adds("SYS_PTRACE")))), "elevated [SYS_PTRACE]"},
		{pod("web", hostPID, entered("x", "dayfly", running(), entry(adds("CAP_SYS_PTRACE")))), "root on node [hostPID SYS_PTRACE]"},
		{pod("web", hostNetwork, entered("x", "dayfly", running(), entry(adds("NET_ADMIN", "NET_RAW"), asUser(0)))), "elevated [hostNetwork NET_ADMIN NET_RAW root]"},
		{pod("web", entered("x", "dayfly", running(), entry(asUser(0)))), "running [root]"},
		{pod("web", user(0), entered("x", "dayfly", running(), entry())), "running [root]"},
		{pod("web", user(0), entered("x", "dayfly", running(), entry(asUser(1000)))), "running []"},
		{pod("web", privileged, entered("x", "dayfly", running(), entry())), "running []"}, // the application is, its debug container is not
		{pod("web", entered("x", "dayfly", ended(), entry(adds("SYS_ADMIN")))), "over []"},
		{pod("web", entered("x", "dayfly", running(), entry(adds("SYS_ADMIN")))), "root on node [SYS_ADMIN]"},
		{pod("web", entered("x", "dayfly", running(), entry(adds("NET_BIND_SERVICE")))), "running [NET_BIND_SERVICE]"},
		{pod("c", createdBy("kubectl-debug"), initially("NET_ADMIN", nil)), "running []"},
		{pod("c", createdBy("kubectl-debug"), initially("NET_ADMIN", new(corev1.ContainerRestartPolicyAlways))), "elevated [NET_ADMIN]"},
		{pod("c", createdBy("kubectl-debug"), mounts("/data/cache")), "elevated [mounts /data/cache of the node]"},
		{pod("c", createdBy("kubectl-debug"), mounts("/run/containerd/containerd.sock")), "root on node [socket /run/containerd/containerd.sock of the node]"},
		{pod("c", createdBy("kubectl-debug"), mounts("/var/lib/kubelet/pods")), "root on node [mounts /var/lib/kubelet/pods of the node]"},
		{pod("c", createdBy("kubectl-debug"), mounts("/etc/")), "root on node [mounts /etc of the node]"},
		{pod("c", createdBy("kubectl-debug"), func(p *corev1.Pod) { p.Spec.HostIPC = true }), "elevated [hostIPC]"},
	} {
		items := inventory.Recognise(test.pod, now())
		if len(items) != 1 {
			t.Fatalf("%q", briefs(items))
		}
		if got := fmt.Sprint(items[0].Danger, " ", items[0].Gives); got != test.want {
			t.Errorf("it gives %q, want %q", got, test.want)
		}
	}
}

// A pod says when it ends by itself, and what holds it.
func TestEnds(t *testing.T) {
	dayfly := label("app.kubernetes.io/managed-by", "dayfly")
	deleted := func(p *corev1.Pod) {
		p.DeletionTimestamp, p.DeletionGracePeriodSeconds = new(metav1.NewTime(now().Add(-4*time.Minute-30*time.Second))), new(int64(30))
	}
	for _, test := range []struct {
		pod  *corev1.Pod
		want string
	}{
		{pod("c", dayfly, annotated("dayfly-k8s.github.io/until", "2026-03-04T13:00:00Z")), "13:00 "},
		{pod("c", dayfly, annotated("dayfly-k8s.github.io/until", "soon\x1b[2J")), "- "},
		{pod("c", createdBy("kubectl-debug"), annotated("dayfly-k8s.github.io/until", "2026-03-04T13:00:00Z")), "- "}, // copied with the rest
		{pod("c", createdBy("kubectl-debug"), func(p *corev1.Pod) { p.Spec.ActiveDeadlineSeconds = new(int64(3 * 3600)) }), "13:00 its processes end then; the pod stays"},
		{pod("m", label("app", "mirrord"), contains("mirrord-agent"), ownedBy("Job mirrord-agent-1")), "- Job mirrord-agent-1 owns it"},
		{pod("c", dayfly, deleted), "- terminating for 5m"},
		{pod("c", dayfly, deleted, func(p *corev1.Pod) { p.Finalizers = []string{"example.com/hold"} }), "- terminating for 5m, held by finalizer example.com/hold"},
		{pod("c", dayfly, func(p *corev1.Pod) { p.DeletionTimestamp = new(metav1.NewTime(now().Add(time.Hour))) }), "- terminating for 0s"}, // by another clock
		{pod("web", entered("x", "dayfly", running())), "- its entry goes with the pod"},
	} {
		items := inventory.Recognise(test.pod, now())
		if len(items) != 1 {
			t.Fatalf("%q", briefs(items))
		}
		until := "-"
		if !items[0].Until.IsZero() {
			until = items[0].Until.Format("15:04")
		}
		if got := until + " " + items[0].Ending; got != test.want {
			t.Errorf("it ends %q, want %q", got, test.want)
		}
		if want := strings.Contains(test.want, "terminating"); items[0].Terminating != want {
			t.Errorf("%q: it is being deleted: %t", test.want, items[0].Terminating)
		}
	}
}

// Whose it is, since when and why is told, cleaned and cut.
func TestWhoAndWhen(t *testing.T) {
	long := strings.Repeat("x", 5000)
	p := pod("c", createdBy("day\x1bfly"), label("app.kubernetes.io/managed-by", "dayfly"), image("busy\x1b[2Jbox"), ownedBy("ReplicaSet web\x1b[2J"), annotated(
		"dayfly-k8s.github.io/created-by", "eve\u202e", "dayfly-k8s.github.io/reason", "because\n\x1b]0;x\a"+long, "dayfly-k8s.github.io/session", "s\x00", "dayfly-k8s.github.io/copy-of", "web\x1b"+long))
	p.OwnerReferences[0].Controller = nil
	p.Finalizers, p.DeletionTimestamp = []string{"x\x1b[31m"}, new(metav1.NewTime(now()))
	p.Spec.NodeName, p.UID = "n\x1b[1m", "u\x1b[1m"
	entered("debug\x1b[2Jger", "kub\x1bectl", running(), func(e *corev1.EphemeralContainer) { e.TargetContainerName = "a\x1bpp" })(p)
	items := inventory.Recognise(p, now())
	if len(items) != 2 {
		t.Fatalf("%q", briefs(items))
	}
	for _, i := range items {
		for _, text := range append([]string{
			i.Tool, i.Because, i.Target.Namespace, i.Target.Pod, i.Target.Container, i.Target.Node, i.UID, i.Of, i.By, i.Client, i.Reason, i.Image, i.State, i.Ending, i.Session, i.Controlled,
		}, i.Gives...) {
			apitest.WantClean(t, text)
			if len(text) > 700 {
				t.Errorf("%.100q… has %d bytes", text, len(text))
			}
		}
	}
	if i := items[0]; !strings.HasPrefix(i.By, "eve") || i.Client != "day␛fly" || !i.Since.Equal(now().Add(-2*time.Hour)) || !strings.HasPrefix(i.Reason, "because ") {
		t.Errorf("it is by %q (%q) since %s, because of %.20q", i.By, i.Client, i.Since, i.Reason)
	}
	if i := items[1]; !i.Since.Equal(time.Unix(1_700_000_000, 0)) || i.By != "" || i.Session != "" {
		t.Errorf("the debug container is by %q since %s, in session %q", i.By, i.Since, i.Session)
	}
}

// Who has created a pod is not told by what the API server writes when it no longer knows.
func TestClientIsNotKnown(t *testing.T) {
	items := inventory.Recognise(pod("c", createdBy("ancient-changes"), label("app.kubernetes.io/managed-by", "dayfly")), now())
	if len(items) != 1 || items[0].Client != "" {
		t.Errorf("%q is by %q", briefs(items), items[0].Client)
	}
}

// What is most dangerous comes first, then what is certain, then what is oldest.
func TestSort(t *testing.T) {
	at := func(hour int) time.Time { return now().Add(time.Duration(hour) * time.Hour) }
	items := []inventory.Item{
		{Reason: "8", Danger: inventory.Over, Certain: true, Since: at(-9)},
		{Reason: "4", Danger: inventory.Elevated, Since: at(-9)},
		{Reason: "7", Danger: inventory.Running, Since: at(-9)},
		{Reason: "2", Danger: inventory.NodeRoot, Certain: true, Since: at(-1)},
		{Reason: "3", Danger: inventory.NodeRoot, Certain: true},
		{Reason: "5", Danger: inventory.Running, Certain: true, Since: at(-2)},
		{Reason: "1", Danger: inventory.NodeRoot, Certain: true, Since: at(-3)},
		{Reason: "6", Danger: inventory.Running, Certain: true, Since: at(5)},
	}
	inventory.Sort(items)
	got := ""
	for _, i := range items {
		got += i.Reason
	}
	if got != "12345678" {
		t.Errorf("the order is %s", got)
	}
}
