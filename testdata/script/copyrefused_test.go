package script

import (
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// copyRefusals are what namespaces have against a copy, and what is said of it before anything is created.
func copyRefusals() map[string]struct {
	object string
	there  string // what the cluster says when it knows of it
	says   []string
} {
	return map[string]struct {
		object string
		there  string
		says   []string
	}{
		"quota": {
			"{apiVersion: v1, kind: ResourceQuota, metadata: {name: none}, spec: {hard: {pods: 0}}}",
			"exceeded quota: none, requested: pods=1, used: pods=1, limited: pods=0",
			[]string{
				"quota none has too little left: 1 of 0 pods used, and this takes 1",
				"debugging in the pod itself needs no quota, or ask whoever runs the namespace for a larger quota",
			},
		},
		"limits": {
			"{apiVersion: v1, kind: LimitRange, metadata: {name: small}, spec: {limits: [{type: Pod, max: {memory: 16Mi}}]}}",
			"maximum memory usage per Pod is 16Mi",
			[]string{"a LimitRange of the namespace allows at most 16Mi memory per pod", "ask whoever runs the namespace about its LimitRange"},
		},
	}
}

// TestCopyIsRefusedBeforehand: what a namespace has against a copy is told, and nothing has been created then, not even the Job.
func TestCopyIsRefusedBeforehand(t *testing.T) {
	t.Parallel()
	for name, c := range copyRefusals() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := besideUs(t, name)
			makes(t, n.Name, c.object)
			for began := time.Now(); ; { // admission learns of it a moment later
				said := kubectl(t, here.kubeconfig, "run", "tried", "-n", n.Name, "--image=none", "--dry-run=server")
				if strings.Contains(said, c.there) {
					break
				}
				if time.Since(began) > soon {
					t.Fatal(said)
				}
			}
			refusesCopy(t, n, c.says...)
		})
	}
	t.Run("restricted", func(t *testing.T) {
		t.Parallel()
		n := besideUs(t, "copies-restricted")
		enforces(t, n)
		refusesCopy(t, n, `violates PodSecurity "restricted:latest"`, "the namespace allows no more than profile restricted")
		if code, out, said := runsCopy(t, "", "safe", "-n", n.Name, "--profile", "restricted"); code != 0 || out != "ran\n" {
			t.Errorf("with profile restricted: exit code %d, printed %q: %s", code, out, said)
		}
		noCopyIn(t, n.Name, "safe")
	})
}

// refusesCopy wants no copy of pod safe, and to be told why.
func refusesCopy(t *testing.T, n *scratch.Namespace, says ...string) {
	t.Helper()
	code, out, said := runsCopy(t, "", "safe", "-n", n.Name)
	if code != 1 || out != "" {
		t.Errorf("exit code %d, printed %q", code, out)
	}
	for _, want := range says {
		if !strings.Contains(said, want) {
			t.Errorf("it is not said that %s:\n%s", want, said)
		}
	}
	if strings.Contains(said, "kubectl debug") {
		t.Errorf("it is tried all the same:\n%s", said)
	}
	if left := kubectl(t, here.kubeconfig, "get", "pods,jobs", "-n", n.Name, "-o", "name"); left != "pod/safe\nexit code 0\n" {
		t.Errorf("there are\n%s", left)
	}
}

// copierRole is what a copy takes without a Job.
const copierRole = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: copier}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list, watch, create, delete]}
- {apiGroups: [""], resources: [pods/log], verbs: [get]}
- {apiGroups: [""], resources: [pods/attach], verbs: [get, create]}
`

// TestCopyWithoutAJob: who may not create Jobs is told that the copy only ends, and its entry stays; so it does, when dayfly is killed.
func TestCopyWithoutAJob(t *testing.T) {
	t.Parallel()
	const copier = "e2e-copier"
	if err := here.Grant(t.Context(), copier, copierRole); err != nil {
		t.Fatal(err)
	}
	cmd, copied, said := copyOf(t, webPod(t, "no-job"), "--life", "25s", "--as", here.User(copier))
	if want := "dayfly deletes it before exiting; if it cannot, the pod ends after 25s, and its entry stays"; !strings.Contains(said.String(), want) {
		t.Errorf("it is not said that %s:\n%s", want, said)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if left := kubectl(t, here.kubeconfig, "get", "jobs", copied); !strings.Contains(left, "NotFound") {
		t.Errorf("there is a Job:\n%s", left)
	}
	err := here.AwaitPod(t.Context(), copied, "has ended by itself", func(p *corev1.Pod) bool {
		return p.Status.Phase == corev1.PodFailed && p.Status.Reason == "DeadlineExceeded" && len(p.OwnerReferences) == 0
	})
	if err == nil {
		err = here.DeletePod(t.Context(), copied)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestCopyOfATakenName: a pod that has the name of the copy stays as it is, and the Job of the copy does not.
func TestCopyOfATakenName(t *testing.T) {
	t.Parallel()
	cluster := opens(t)
	taken := webPod(t, "taken")
	before := asItIs(t, here.Namespace, taken)
	pod, err := cluster.Pod(t.Context(), here.Name, webPod(t, "takes"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := debug.NewPlan(pod, debug.Request{
		Way: debug.Copy, Name: debug.NewName(), Image: pictures().shell, Target: "app", EndsAfter: time.Hour, Own: debug.OwnPod{Name: taken},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "there is a pod of that name already"
	if f := debug.RunPreflight(t.Context(), cluster, p); f.Problem == nil || !strings.Contains(f.Problem.Message, want) {
		t.Errorf("before, it is said that %+v", f.Problem)
	}
	var last launch.Progress
	for last = range launch.CarryOut(t.Context(), cluster, p) {
	}
	if last.Step != launch.Failed || last.Err == nil || !strings.Contains(last.Err.Error(), want) {
		t.Errorf("it comes to %+v", last)
	}
	before.still(t)
	kubectl(t, here.kubeconfig, "wait", "job/"+taken, "--for=delete", "--timeout=60s")
	if left := kubectl(t, here.kubeconfig, "get", "job", taken); !strings.Contains(left, "NotFound") {
		t.Errorf("the Job has stayed:\n%s", left)
	}
}

// TestCopyOfAReplacedPod: of a pod that is deleted while a person chooses no copy is made; when another has come in its place, the copy is one of that.
func TestCopyOfAReplacedPod(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "replaced")
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesOnTo("tab", "tab: in an idle copy", admitted)
	if err := here.DeletePod(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	const gone = "pod replaced has been deleted"
	p.sees(gone)
	p.presses("enter")
	p.goesOnTo("?", "esc") // what the key before it does, it has done
	p.goesOnTo("esc", gone)
	noCopyOf(t, pod)
	second := []corev1.EnvVar{{Name: "WHICH", Value: "second"}}
	if err := here.Run(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().web, Env: second}}}); err != nil {
		t.Fatal(err)
	}
	p.must(p.WaitFor(soon, "the other pod", func(s terminal.Screen) bool { return !s.Has(gone) && s.Has(admitted) }))
	p.presses("enter")
	p.getsShell()
	copied := strings.TrimSpace(p.runs("hostname"))
	if made, err := here.Pod(t.Context(), copied); err != nil || len(made.Spec.Containers[0].Env) != 1 || made.Spec.Containers[0].Env[0] != second[0] {
		t.Errorf("the copy is not one of the other pod: %v, %+v", err, made)
	}
	p.types("exit\r")
	p.deletesCopyOf(pod)
}

// controlled are pods of a DaemonSet, a StatefulSet and a Job.
const controlled = `
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: daemon}, spec: {selector: {matchLabels: {app: daemon}}, template: {metadata: {labels: {app: daemon}}, spec: SPEC}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: stateful}, spec: {serviceName: stateful, selector: {matchLabels: {app: stateful}}, template: {metadata: {labels: {app: stateful}}, spec: SPEC}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: work}, spec: {template: {metadata: {labels: {app: work}}, spec: {restartPolicy: Never, SPEC}}}
`

// TestCopyOfAControlledPod: a copy of a pod that somebody controls runs, and its controller does not notice; with the labels of the pod it would, and
// that is told. So a static pod is copied, of which the API server has only a mirror.
func TestCopyOfAControlledPod(t *testing.T) {
	t.Parallel()
	spec := "terminationGracePeriodSeconds: 1, containers: [{name: app, image: " + pictures().web + "}]}"
	makes(t, here.Name, strings.NewReplacer("{restartPolicy: Never, SPEC", "{restartPolicy: Never, "+spec, "SPEC", "{"+spec).Replace(controlled))
	for name, adopts := range map[string]string{
		"daemon":   "DaemonSet daemon would adopt the copy",
		"stateful": "StatefulSet stateful selects the copy's labels, but adopts it only under a name like stateful-0",
		"work":     "Job work would adopt the copy",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kubectl(t, here.kubeconfig, "wait", "pod", "-l", "app="+name, "--for=create", "--timeout=60s")
			kubectl(t, here.kubeconfig, "wait", "pod", "-l", "app="+name, "--for=condition=Ready", "--timeout=180s")
			pods := func() string {
				return kubectl(t, here.kubeconfig, "get", "pods", "-l", "app="+name, "-o", `jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\n"}{end}`)
			}
			before := pods()
			pod, _, _ := strings.Cut(before, " ")
			code, out, said := runsCopy(t, "", pod, "-n", here.Name)
			if code != 0 || out != "ran\n" || strings.Contains(said, "adopt") {
				t.Errorf("exit code %d, printed %q: %s", code, out, said)
			}
			noCopyOf(t, pod)
			if after := pods(); after != before {
				t.Errorf("the pods were\n%s, and are\n%s", before, after)
			}
			wouldBeAdopted(t, pod, adopts)
		})
	}
	t.Run("static", func(t *testing.T) {
		t.Parallel()
		const pod = "static-node-1"
		if here.internet == nil {
			t.Log("the cluster is not that of testdata/cluster: which static pods it has is not known")
			return
		}
		code, out, said := runsCopy(t, "", pod, "-n", "kube-system")
		if code != 0 || out != "ran\n" || !strings.Contains(said, "the pod is static") {
			t.Errorf("exit code %d, printed %q: %s", code, out, said)
		}
		noCopyIn(t, "kube-system", pod)
	})
}

// wouldBeAdopted wants a finding about a copy of a pod that keeps all labels. It is not made.
func wouldBeAdopted(t *testing.T, name, finding string) {
	t.Helper()
	cluster := opens(t)
	pod, err := cluster.Pod(t.Context(), here.Name, name)
	if err != nil {
		t.Fatal(err)
	}
	around := debug.ReadCopyEnvironment(t.Context(), cluster, pod)
	found := podcopy.Check(pod.Object(), podcopy.Choices{Labels: []string{podcopy.All}}, around.Around)
	if !slices.ContainsFunc(found, func(f podcopy.Finding) bool { return strings.HasPrefix(f.Text, finding) }) {
		t.Errorf("of a copy with all labels of %s it is said %+v", name, found)
	}
}
