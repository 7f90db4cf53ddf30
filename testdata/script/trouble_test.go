package script

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/testdata/script/scratch"
)

// Within 5 s of the moment at which the cluster knows that there is no such image, the screen says so and what to do.
func TestMissingImageIsAClearErrorAtOnce(t *testing.T) {
	t.Parallel()
	image := pictures().missing
	preset := "name: nosuch\npurpose: not there\nimage: " + image + "\n"
	pod := webPod(t, "missing")
	p := sitDown(t, map[string]string{"nosuch.yaml": preset}, pod)
	p.sees("CONTAINER", "running")
	type news struct {
		at  time.Time
		err error
	}
	known := make(chan news, 1)
	go func() {
		err := here.AwaitEvent(t.Context(), pod, "that the image cannot be pulled", cannotPull)
		known <- news{time.Now(), err}
	}()
	p.takes("nosuch")
	p.seesIn(start, "does not start", "image "+image+" where the node looks for it: check its name and tag")
	shown, cluster := time.Now(), <-known
	p.must(cluster.err)
	if late := shown.Sub(cluster.at); late > 5*time.Second {
		t.Errorf("the screen is %s behind the cluster, want 5 s at most", late)
	}
	p.goesOnTo("esc", "tools")
	p.leaves()
}

// cannotPull is the kubelet's word, which it gives in an event long before the pod's status has it.
func cannotPull(e *corev1.Event) bool {
	return e.Reason == "Failed" && strings.Contains(e.Message, "ErrImagePull")
}

// A completed pod is refused with the reason, and nothing is sent.
func TestCompletedPodIsRefused(t *testing.T) {
	t.Parallel()
	const pod = "job-done"
	err := here.Create(t.Context(), pod, corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever,
		Containers:    []corev1.Container{{Name: "app", Image: pictures().shell, Command: []string{"true"}}},
	})
	if err == nil {
		err = here.AwaitPod(t.Context(), pod, "is done", func(p *corev1.Pod) bool { return p.Status.Phase == corev1.PodSucceeded })
	}
	if err != nil {
		t.Fatal(err)
	}
	before := asItIs(t, here.Namespace, pod)
	p := sitDown(t, nil, pod)
	p.sees("CONTAINER", "pod "+pod+" has completed: no container can start in it any more")
	p.goesOnTo("d", "tools", "pod "+pod+" has completed: no container can start in it any more", "debug it in a copy of the pod")
	p.presses("enter")
	p.leaves()
	before.still(t)
}

func TestUnreachableCluster(t *testing.T) {
	t.Parallel()
	p := sitDown(t, nil, "--context", scratch.Nowhere)
	p.sees("nothing answers at https://127.0.0.1:1", "check that the cluster is up; press c to choose another context", "✗ no answer")
	p.goesOnTo("c", scratch.Admin, scratch.Nowhere)
	p.types(scratch.Admin)
	p.presses("enter")
	p.sees(scratch.Admin+" › "+here.Name, "pods")
	p.leaves()
}

func TestExpiredCredentials(t *testing.T) {
	t.Parallel()
	p := sitDown(t, nil, "--context", scratch.Expired)
	p.sees("does not accept your credentials", "log in again", scratch.Expired)
	p.leaves()
}

// Who may not list namespaces types the name.
func TestNamespaceTypedWhenItCannotBeListed(t *testing.T) {
	t.Parallel()
	pod := webPod(t, "typed")
	p := sitDown(t, nil, "--context", scratch.Viewer, "-n", "elsewhere")
	p.sees("list pods", "cannot list resource")
	p.goesOnTo("n", "Type the name instead")
	p.types(here.Name)
	p.presses("enter")
	p.sees(here.Name + " › pods")
	p.types("/" + pod) // there may be more pods than lines
	p.sees("/ "+pod, "1 of ")
	p.goesOnTo("enter", "q quit")
	p.leaves()
}

func TestUnknownNamespace(t *testing.T) {
	t.Parallel()
	p := sitDown(t, nil, "-n", "no-such-namespace")
	p.sees(`there is no namespace "no-such-namespace"`, "press n to choose another namespace")
	p.leaves()
}

func TestUnknownPod(t *testing.T) {
	t.Parallel()
	p := sitDown(t, nil, "nosuchpod")
	p.sees("pod nosuchpod does not exist in "+here.Name, "press esc to go back")
	p.goesOnTo("esc", "pods")
	p.leaves()
}

// The rest of the presets work on.
func TestPresetWithATypo(t *testing.T) {
	t.Parallel()
	p := sitDown(t, map[string]string{"mine.yaml": "name: mine\nimagee: busybox\n", "good.yaml": "name: fine\nimage: busybox:1.37\n"}, webPod(t, "typo"))
	p.sees("mine.yaml")
	p.sees("CONTAINER", "running")
	p.goesOnTo("d", "imagee", "busybox", "netshoot")
	p.filters("fine")
	p.goesOnTo("enter", "↵ debug")
	p.leaves()
}

// Without a terminal, or with a kubeconfig that is none, dayfly says so in one sentence and ends.
func TestOneSentenceAndAnExitCode(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp("", "y") //nolint:usetesting // a short name: the sentence is to be on one line of the terminal
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	broken := filepath.Join(folder, "broken")
	if err := os.WriteFile(broken, []byte("apiVersion: v1\nclusters: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := sitDown(t, nil, "--kubeconfig", broken)
	p.sees("is not valid YAML near line 2", "name another kubeconfig with --kubeconfig or KUBECONFIG")
	p.ends(1)
	p = sitDown(t, nil, "--no-such-flag")
	p.sees("no-such-flag", "--help")
	p.ends(2)

	out, err := exec.Command(here.binary).CombinedOutput()
	if code := exitCode(err); code != 2 || !strings.Contains(string(out), "not a terminal") {
		t.Errorf("without a terminal: exit code %d, output %q", code, out)
	}
}

// A terminal that is too small says so, can be made larger, and can be left. (It is not made smaller under a list: what dayfly is
// drawing for the old size at that moment is beyond the emulator.)
func TestTinyTerminal(t *testing.T) {
	t.Parallel()
	p := sitDownAt(t, 20, 5, nil)
	p.sees("this terminal has 20×5", "make it larger")
	p.must(p.Resize(100, 40))
	p.sees("› pods", "? help")
	p.leaves()
	p = sitDownAt(t, 20, 5, nil)
	p.sees("this terminal has 20×5")
	p.leaves()
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return -1
	}
	return exit.ExitCode()
}
