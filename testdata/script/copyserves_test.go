package script

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// served is a Deployment of one pod behind a Service, and a pod that sends requests.
type served struct {
	t      *testing.T
	name   string // of the Deployment and its Service
	client string
	pod    string
}

// serves are the objects of it. A Service of its own has all copies behind it.
const serves = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: app
        image: IMAGE
        readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: NAME}
spec: {selector: {app: NAME}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: NAME-copies}
spec: {selector: {app.kubernetes.io/managed-by: dayfly}, ports: [{port: 80, targetPort: 8080}]}
`

func newServed(t *testing.T, name string) *served {
	t.Helper()
	s := &served{t: t, name: name, client: name + "-client"}
	makes(t, here.Name, strings.NewReplacer("NAME", name, "IMAGE", pictures().web).Replace(serves))
	if err := here.Run(t.Context(), s.client, corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"sleep", "1000000"}}}}); err != nil {
		t.Fatal(err)
	}
	kubectl(t, here.kubeconfig, "rollout", "status", "deployment", name, "--timeout=180s")
	pod := kubectl(t, here.kubeconfig, "get", "pods", "-l", "app="+name, "-o", "jsonpath={.items[*].metadata.name} ")
	s.pod, _, _ = strings.Cut(pod, " ")
	return s
}

// makes creates objects in a namespace, and deletes them when the test is over.
func makes(t *testing.T, namespace, objects string) {
	t.Helper()
	t.Cleanup(func() {
		kubectlWith(context.Background(), t, here.kubeconfig, objects, "delete", "-n", namespace, "--ignore-not-found", "--wait=false", "-f", "-")
	})
	if said := kubectlWith(t.Context(), t, here.kubeconfig, objects, "create", "-n", namespace, "-f", "-"); !strings.HasSuffix(said, "exit code 0\n") {
		t.Fatal(said)
	}
}

// sends has the client send so many requests for a path to a Service, one after the other, and returns how many are answered.
func (s *served) sends(count int, service, path string) (answered int) {
	s.t.Helper()
	address := strings.Fields(kubectl(s.t, here.kubeconfig, "get", "service", service, "-o", "jsonpath={.spec.clusterIP} "))[0]
	script := fmt.Sprintf("i=0; while [ $((i=i+1)) -le %d ]; do wget -q -O - http://%s/%s; done; true", count, address, path)
	return strings.Count(kubectl(s.t, here.kubeconfig, "exec", s.client, "--", "sh", "-c", script), "hello from web\n")
}

// got are how many requests for a path have come to a pod, by its own log.
func (s *served) got(pod, path string) int {
	s.t.Helper()
	return strings.Count(kubectl(s.t, here.kubeconfig, "logs", pod, "-c", "app"), "GET /"+path+" ")
}

// reaches sends requests to a Service until one has come to a pod: what Services lead to follows the pods a moment later.
func (s *served) reaches(service, pod, path string) {
	s.t.Helper()
	for began := time.Now(); s.got(pod, path) == 0; s.sends(10, service, path) {
		if time.Since(began) > soon {
			s.t.Fatalf("no request for Service %s comes to pod %s", service, pod)
		}
	}
}

// TestCopyIsNoBackend: of 200 requests for a Service none comes to the copy of its pod, although the copy serves: another Service reaches it. Whose
// label is kept gets some, and that is said before, on the screen too.
func TestCopyIsNoBackend(t *testing.T) {
	t.Parallel()
	const requests = 200
	s := newServed(t, "front")
	s.reaches(s.name, s.pod, "begin")

	cmd, copied, said := copyOf(t, s.pod)
	s.reaches(s.name+"-copies", copied, "copies") // now the copy is known to all that lead Services to pods
	if answered := s.sends(requests, s.name, "default"); answered != requests {
		t.Errorf("of %d requests %d are answered", requests, answered)
	}
	if got, all := s.got(copied, "default"), s.got(s.pod, "default"); got != 0 || all != requests {
		t.Errorf("of %d requests %d come to the copy, and %d to the pod", requests, got, all)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if !strings.Contains(said.String(), "no Service sends the copy traffic") {
		t.Errorf("of the copy that gets no requests it is said\n%s", said)
	}
	gone(t, copied, soon)

	const warning = "Service front (port http 80) sends the copy traffic as soon as it is ready"
	p := sitDown(t, nil, s.pod)
	p.sees("CONTAINER", "running")
	p.chooses("busybox")
	p.goesOnTo("tab", "tab: in an idle copy", "no Service sends the copy traffic", admitted)
	p.goesOnTo("o", "[ ] app=front", "Service front")
	p.goesOnTo("space", "[x] app=front")
	p.goesOnTo("enter", "! "+warning, admitted, "leave out label app")
	p.leaves()
	noCopyOf(t, s.pod)

	cmd, copied, said = copyOf(t, s.pod, "--keep-labels", "app")
	warned, created := strings.Index(said.String(), warning), strings.Index(said.String(), "pod "+copied+", the copy of")
	if warned < 0 || created < warned {
		t.Errorf("before the copy is created it is not said that it gets requests:\n%s", said)
	}
	s.reaches(s.name, copied, "kept")
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	gone(t, copied, soon)
}

// noCopyOf waits until what is left of the copies of a pod, which may take a second to end, is gone.
func noCopyOf(t *testing.T, pod string) { t.Helper(); noCopyIn(t, here.Name, pod) }

// noCopyIn is [noCopyOf] in another namespace.
func noCopyIn(t *testing.T, namespace, pod string) {
	t.Helper()
	left := kubectl(t, here.kubeconfig, "get", "pods,jobs", "-n", namespace, "-l", "app.kubernetes.io/managed-by=dayfly", "-o", "name")
	for name := range strings.FieldsSeq(left) {
		if !strings.Contains(name, "/"+pod+"-debug-") {
			continue
		}
		kubectl(t, here.kubeconfig, "wait", name, "-n", namespace, "--for=delete", "--timeout=60s")
		if there := kubectl(t, here.kubeconfig, "get", name, "-n", namespace); !strings.Contains(there, "NotFound") {
			t.Errorf("there is still\n%s", there)
		}
	}
}

// TestCopyInThePlaceOf: a command runs in the place of a container's program, in its own image; and a copy takes the place of its pod, which is deleted
// after its name has been given, and which its Deployment replaces.
func TestCopyInThePlaceOf(t *testing.T) {
	t.Parallel()
	s := newServed(t, "placed")
	code, stdout, stderr := runsDayfly(t, "run", s.pod, "--copy", "--in-place-of", "app", "--", "/web", "-crash")
	if code != 3 || !strings.Contains(stdout, "boom: ") {
		t.Errorf("exit code %d, %q: %s", code, stdout, stderr)
	}
	noCopyOf(t, s.pod)

	arguments := []string{"run", s.pod, "--copy", "--replace", "--in-place-of", "app", "--image", pictures().shell}
	command := []string{"--", "sh", "-c", "hostname; exit 5"}
	if code, _, stderr = runsDayfly(t, slices.Concat(arguments, command)...); code != 1 || !strings.Contains(stderr, "pod "+s.pod+" will be deleted: confirm the pod name") {
		t.Errorf("without its name: exit code %d: %s", code, stderr)
	}
	if is := kubectl(t, here.kubeconfig, "get", "pod", s.pod, "-o", "jsonpath={.metadata.deletionTimestamp}{.status.phase}"); !strings.HasPrefix(is, "Running") {
		t.Errorf("the pod is %s", is)
	}
	code, stdout, stderr = runsDayfly(t, slices.Concat(arguments, []string{"--confirm", s.pod}, command)...)
	if code != 5 || !strings.HasPrefix(stdout, s.pod[:10]) || !strings.Contains(stderr, "makes another in its place") {
		t.Errorf("exit code %d, %q: %s", code, stdout, stderr)
	}
	kubectl(t, here.kubeconfig, "wait", "pod", s.pod, "--for=delete", "--timeout=60s")
	if is := kubectl(t, here.kubeconfig, "get", "pod", s.pod); !strings.Contains(is, "NotFound") {
		t.Errorf("the pod is there\n%s", is)
	}
	kubectl(t, here.kubeconfig, "rollout", "status", "deployment", s.name, "--timeout=60s")
	if pods := kubectl(t, here.kubeconfig, "get", "pods", "-l", "app="+s.name, "-o", "name"); strings.Count(pods, "pod/") != 1 || strings.Contains(pods, s.pod) {
		t.Errorf("its Deployment has\n%s", pods)
	}
	noCopyOf(t, s.pod)
}

// runsDayfly runs it in our namespace.
func runsDayfly(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	at := slices.Index(args, "--")
	cmd := exec.CommandContext(t.Context(), here.binary, slices.Concat(args[:at], []string{"-n", here.Name, "--kubeconfig", here.kubeconfig}, args[at:])...)
	if here.internet != nil {
		cmd.Env = append(os.Environ(), here.internet.env()...)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	return exitCode(cmd.Run()), out.String(), errs.String()
}
