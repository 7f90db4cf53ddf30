package script

import (
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// crash is a container that does not stay up, and what a person sees of the cause in an idle copy of it.
type crash struct {
	app   corev1.Container
	steps []step
}

// step is a command that is typed, and what it prints, in this order.
type step struct {
	types  string
	prints []string
}

func crashes(dependency string) map[string]crash {
	shell := pictures().shell
	httpGet := func(path string, port int) corev1.ProbeHandler {
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt(port)}}
	}
	original := func(prints ...string) []step { return []step{{"run-original", prints}} }
	return map[string]crash{
		"memory": {
			corev1.Container{
				Image: pictures().web, Args: []string{"-oom"},
				Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("48Mi")}},
			}, original("loading the whole catalogue into memory", "exit code 137 after", "out of memory: killed by the kernel (SIGKILL) at a memory limit"),
		},
		"user": {
			corev1.Container{
				Image: shell, Command: []string{"sh", "-c", "echo $$ > /etc/app.pid && exec sleep 1000000"},
				SecurityContext: &corev1.SecurityContext{RunAsUser: new(int64(1234))},
			}, original("/etc/app.pid: Permission denied", "run-original: exit code 1 after"),
		},
		"file": {
			corev1.Container{Image: shell, Command: []string{"/opt/app/server", "--port=80"}},
			original("run-original: exit code 127: command not found: there is no file /opt/app/server"),
		},
		"port": {
			corev1.Container{Image: shell, Command: []string{"wget", "-O", "-", "http://" + dependency + ":5432/"}},
			original("wget: can't connect to remote host ("+dependency+"): Connection refused", "run-original: exit code 1 after"),
		},
		"probe": {
			corev1.Container{
				Image: pictures().web, Args: []string{"-unready"},
				ReadinessProbe: &corev1.Probe{ProbeHandler: httpGet("/ready", 8080)},
				LivenessProbe:  &corev1.Probe{ProbeHandler: httpGet("/live", 9999), PeriodSeconds: 1, FailureThreshold: 1},
			},
			[]step{
				{"run-original & until cat /proc/net/tcp* | grep -q :1F90; do sleep 0.1; done; echo port $((8000+80))", []string{"port 8080"}},
				{"probe ready", []string{"not ready: the cache is cold", "Fails: status 503; 200 to 399 is success"}},
				{"probe live", []string{"Fails: connection refused: nothing listens on port 9999. What listens: [::]:8080"}},
			},
		},
	}
}

// TestIdleCopyShowsTheCause: whatever keeps a container from staying up, a person who runs it by hand in an idle copy sees why, in words; and the copy
// goes with the session.
func TestIdleCopyShowsTheCause(t *testing.T) {
	t.Parallel()
	if err := here.Run(t.Context(), "refuses", corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pictures().web}}}); err != nil {
		t.Fatal(err)
	}
	dependency, err := here.Pod(t.Context(), "refuses")
	if err != nil {
		t.Fatal(err)
	}
	all := crashes(dependency.Status.PodIP)
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		t.Log("on cgroup v2 the kernel ends all of a container that is out of memory, the session with it: nobody is left to say so")
		delete(all, "memory")
	}
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := "crash-" + name
			c.app.Name = "app"
			err := here.Create(t.Context(), pod, corev1.PodSpec{Containers: []corev1.Container{c.app}})
			if err == nil {
				err = here.AwaitPod(t.Context(), pod, "has crashed", func(p *corev1.Pod) bool {
					s := statusOf(p.Status.ContainerStatuses, "app")
					return s.LastTerminationState.Terminated != nil || s.State.Terminated != nil
				})
			}
			if err != nil {
				t.Fatal(err)
			}
			p := opensIdleCopy(t, pod)
			for _, s := range c.steps {
				p.prints(s)
			}
			p.types("exit\r")
			p.deletesCopyOf(pod)
		})
	}
}

// opensIdleCopy goes from a pod to a shell in an idle copy of it.
func opensIdleCopy(t *testing.T, pod string) *person {
	t.Helper()
	p := sitDownAt(t, 150, 40, nil, pod) // its sentences in one line
	p.sees("CONTAINER", "app")
	p.chooses("busybox")
	p.goesOnTo("tab", "tab: in an idle copy", p.launches())
	p.goesOnTo("tab", "tab: from the node", p.launches())
	if here.internet != nil {
		p.sees("image found in registry") // which knows what run-original is to run, where the pod does not say
	}
	p.presses("enter")
	p.seesIn(start, "Idle copy of container app", "run-original")
	return p
}

// prints types a command, and wants texts behind it: above it there is much of what the program has printed before.
func (p *person) prints(s step) {
	p.t.Helper()
	from := p.Written()
	p.types(s.types + "\r")
	for _, text := range s.prints {
		end, err := p.WaitBytes(soon, from, text)
		p.must(err)
		from = end
	}
}

// deletesCopyOf waits for the end of a session in a copy, deletes that by a key, and leaves; nothing of the copy may stay.
func (p *person) deletesCopyOf(pod string) {
	p.t.Helper()
	p.getsCard("the copy of " + pod)
	p.goesOnTo("e", "Delete pod "+pod+"-debug-")
	p.goesOnTo("enter", "was deleted")
	p.leaves()
	noCopyOf(p.t, pod)
}
