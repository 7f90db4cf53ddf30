package script

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

const admitted = "✓ allowed: you can start this session"

// What Pod Security says of a profile is on the screen before anything is sent, in its own words; one key goes to what passes, and says what
// is lost by that.
func TestRestrictedNamespaceIsToldBeforehand(t *testing.T) {
	t.Parallel()
	restricted := besideUs(t, "restricted")
	enforces(t, restricted)
	p := sitDown(t, nil, "-n", restricted.Name, "safe")
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	const hint = "→ the namespace allows no more than profile restricted; press w to use the strongest profile that the cluster admits"
	p.sees("profile general:", `to pod safe: refused by admission control: pods "safe" is forbidden: violates PodSecurity "restricted:latest": `+
		`allowPrivilegeEscalation != false (container "debugger-`, `must not include "SYS_PTRACE" in securityContext.capabilities.add)`, hint)
	p.presses("enter") // which is refused, or the keys that follow would be typed for a session
	p.presses("p")
	p.sees("profile netadmin:", `violates PodSecurity "restricted:latest"`, `must not include "NET_ADMIN", "NET_RAW" in securityContext.capabilities.add)`, hint)
	p.presses("enter", "p", "p")
	p.sees("profile restricted:", admitted)
	p.presses("p", "p", "p", "p")
	p.sees("profile netadmin:", `violates PodSecurity "restricted:latest"`)
	p.presses("w")
	p.sees("profile restricted:", admitted, "! no tcpdump: NET_RAW is not allowed here; no route or firewall changes: "+
		"NET_ADMIN is not allowed here; not root: an image that runs as root does not start")
	if added := debuggersOf(t, restricted, "safe"); len(added) > 0 {
		t.Errorf("there are debug containers already: %+v", added)
	}
	p.presses("enter")
	p.getsShellOf("$")
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
}

// A debug container from before the namespace was restricted can never be taken out, and the whole pod is judged each time.
func TestPoisonedPodIsToldBeforehand(t *testing.T) {
	t.Parallel()
	poisoned := besideUs(t, "poisoned")
	p := sitDown(t, nil, "-n", poisoned.Name, "safe")
	p.sees("CONTAINER", "running")
	p.takes("busybox")
	p.getsShellOf("$")
	p.types("exit\r")
	p.getsCard("✓ exit 0")
	p.leaves()
	old := debuggersOf(t, poisoned, "safe")
	if len(old) != 1 {
		t.Fatalf("there are %d debug containers, want 1", len(old))
	}
	enforces(t, poisoned)
	before := asItIs(t, poisoned, "safe")

	p = sitDown(t, nil, "-n", poisoned.Name, "safe")
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	const hint = "→ something else in the pod breaks the rules of its namespace: no profile helps until the pod is replaced"
	p.sees("the pod itself violates Pod Security level restricted: debug container "+old[0].Name+" (SYS_PTRACE, may escalate privileges, "+
		"keeps capabilities); nothing can be added until the pod is replaced", "profile general:", `violates PodSecurity "restricted:latest"`, hint)
	p.presses("p", "p", "p")
	p.sees("profile restricted:", `allowPrivilegeEscalation != false (container "`+old[0].Name+`" must set securityContext.allowPrivilegeEscalation=false)`,
		hint)
	p.presses("enter")
	p.leaves()
	before.still(t)
}

// Who may not add a debug container is told so, with what to ask for in their name.
func TestNotAllowedToPatchSaysWhatToAskFor(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "viewer")
	before := asItIs(t, here.Namespace, pod)
	p := sitDownAt(t, 100, 50, nil, "--context", scratch.Viewer, pod) // with room for all of the Role
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.sees("✗ you may not add a debug container to pod "+pod+": patch pods/ephemeralcontainers, create pods/attach are not allowed in namespace "+here.Name,
		"→ ask for this Role and RoleBinding in namespace "+here.Name+"; press v to see it, and y there to copy it")
	p.presses("enter")
	p.reads("kind: Role", "resources: [pods/ephemeralcontainers] verbs: [patch]", "resources: [pods/attach] verbs: [create, get]",
		"kind: RoleBinding", `name: "`+here.User(scratch.Viewer)+`"`)
	p.leaves()
	before.still(t)
}

// Who may add one but not attach to it would leave it there for nothing, and for ever.
func TestNotAllowedToAttachIsToldBeforeInjecting(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "adder")
	before := asItIs(t, here.Namespace, pod)
	p := sitDownAt(t, 100, 50, nil, "--context", scratch.Adder, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.sees("✗ you could add a debug container to pod "+pod+", but not attach to it: create pods/attach is not allowed in namespace "+here.Name,
		"→ ask for this Role and RoleBinding in namespace "+here.Name)
	p.presses("enter")
	all := p.reads("kind: Role", "resources: [pods/attach] verbs: [create, get]", "kind: RoleBinding", `name: "`+here.User(scratch.Adder)+`"`)
	if all.Has("resources: [pods/ephemeralcontainers]") {
		t.Errorf("it is asked for what is there already\n%s", all)
	}
	p.leaves()
	before.still(t)
}

// besideUs makes a namespace for one test, in which pod safe runs. That keeps to all levels of Pod Security.
func besideUs(t *testing.T, word string) *scratch.Namespace {
	t.Helper()
	n, err := here.Beside(t.Context(), word)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Delete(context.Background()); err != nil { // t's own has ended
			t.Error(err)
		}
	})
	spec := corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: new(true), RunAsUser: new(int64(1000)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{{Name: "app", Image: pictures().web, SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		}}},
	}
	if err := n.Run(t.Context(), "safe", spec); err != nil {
		t.Fatal(err)
	}
	return n
}

func enforces(t *testing.T, n *scratch.Namespace) {
	t.Helper()
	if err := n.Enforce(t.Context(), "restricted"); err != nil {
		t.Fatal(err)
	}
}
