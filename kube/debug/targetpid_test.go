package debug

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// Only where PID 1 is not the target, and only for what is known, is a request changed on its way.
func TestPointedAt(t *testing.T) {
	env := []EnvVar{{"TARGET_CONTAINER_ID", "abc123"}}
	shell := []string{"/bin/bash", "-c", findTarget("/proc"), "/bin/bash", "/bin/bash", "-l"}
	tests := []struct {
		name    string
		change  func(*corev1.Pod)
		request func(*Request)
		env     []EnvVar
		command []string
	}{
		{"a shell", func(*corev1.Pod) {}, func(*Request) {}, env, shell},
		{"not shared", func(p *corev1.Pod) { p.Spec.ShareProcessNamespace = nil }, func(*Request) {}, nil, []string{"/bin/bash", "-l"}},
		{"no target", func(*corev1.Pod) {}, func(r *Request) { r.Target = "" }, nil, []string{"/bin/bash", "-l"}},
		{"no shell", func(*corev1.Pod) {}, func(r *Request) { r.Command = []string{"htop"} }, env, []string{"htop"}},
		{"the image's command", func(*corev1.Pod) {}, func(r *Request) { r.Command = nil }, env, nil},
		{"arguments", func(*corev1.Pod) {}, func(r *Request) { r.Command, r.ArgumentsOnly = []string{"sh"}, true }, env, []string{"sh"}},
		{"variable named", func(*corev1.Pod) {}, func(r *Request) { r.Env = []EnvVar{{"TARGET_CONTAINER_ID", "x"}} },
			[]EnvVar{{"TARGET_CONTAINER_ID", "x"}}, []string{"/bin/bash", "-l"}},
		{"ID not known", func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "" }, func(*Request) {}, nil, []string{"/bin/bash", "-l"}},
		{"no ID", func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "containerd://*\x1b[2J" }, func(*Request) {}, nil, []string{"/bin/bash", "-l"}},
		{"other variables", func(*corev1.Pod) {}, func(r *Request) { r.Env = []EnvVar{{"A", "1"}} }, []EnvVar{{"A", "1"}, env[0]}, shell},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := apitest.RunningPod(func(p *corev1.Pod) {
				p.Spec.ShareProcessNamespace = new(true)
				p.Status.ContainerStatuses[0].ContainerID = "containerd://abc123"
			}, tt.change)
			r := request(func(r *Request) { r.Target, r.Command = "app", []string{"/bin/bash", "-l"} }, tt.request)
			sent := r.pointedAt(pod)
			if diff := cmp.Diff(tt.env, sent.Env); diff != "" {
				t.Errorf("variables (- want, + got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.command, sent.Command); diff != "" {
				t.Errorf("command (- want, + got):\n%s", diff)
			}
		})
	}
}

// What is sent is shown, in the container and in the kubectl command; and the plan's request can be planned again.
func TestPlanShowsTheWayToTheTarget(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.ShareProcessNamespace = new(true)
		p.Status.ContainerStatuses[0].ContainerID = "cri-o://abc123"
	}))
	plan, err := NewPlan(pod, request(func(r *Request) { r.Target, r.Command = "app", []string{"sh"} }))
	if err != nil {
		t.Fatal(err)
	}
	again, err := NewPlan(pod, plan.Request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plan.Adds, again.Adds); diff != "" {
		t.Errorf("planned again it adds (- first, + second):\n%s", diff)
	}
	var shown struct {
		Env     []EnvVar
		Command []string
	}
	if err := yaml.Unmarshal([]byte(plan.Adds), &shown); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sh", "-c", findTarget("/proc"), "sh", "sh"}, shown.Command); diff != "" {
		t.Errorf("command (- want, + shown):\n%s", diff)
	}
	if diff := cmp.Diff([]EnvVar{{"TARGET_CONTAINER_ID", "abc123"}}, shown.Env); diff != "" {
		t.Errorf("variables (- want, + shown):\n%s", diff)
	}
	for _, part := range []string{"--env=TARGET_CONTAINER_ID=abc123 ", " -- sh -c '", `exec "$@"' sh sh`} {
		if !strings.Contains(plan.Command, part) {
			t.Errorf("%q is not in\n%s", part, plan.Command)
		}
	}
}

// shells are those of this machine that have names of our own list; sh is always among them.
func shells(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for name, command := range map[string][]string{
		"sh": {"sh"}, "dash": {"dash"}, "bash": {"bash"}, "bash as sh": {"bash", "--posix"}, "zsh": {"zsh", "-f"}, "busybox ash": {"busybox", "ash"},
	} {
		if program, err := exec.LookPath(command[0]); err == nil {
			found[name] = append([]string{program}, command[1:]...)
		}
	}
	if len(found["sh"]) == 0 {
		t.Fatal("there is no shell to try it with")
	}
	return found
}

// procTree is a proc file system with the cgroup files of some processes.
func procTree(t *testing.T, cgroups map[string]string) string {
	t.Helper()
	proc := t.TempDir()
	for pid, text := range cgroups {
		folder := filepath.Join(proc, pid)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			continue // it has ended meanwhile
		}
		if err := os.WriteFile(filepath.Join(folder, "cgroup"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return proc
}

// The script itself, in every shell there is, without any other program on its way.
func TestFindTarget(t *testing.T) {
	const id = "5f0c2f9c"
	tests := []struct {
		name    string
		cgroups map[string]string
		pid     string // empty: not found
	}{
		{"cgroup v2", map[string]string{"1": "0::/../cri-containerd-aaaa.scope\n", "7": "0::/../cri-containerd-5f0c2f9c.scope\n", "20": "0::/\n"}, "7"},
		{"cgroup v1", map[string]string{"1": "3:cpu:/a\n2:memory:/a\n", "12": "3:cpu:/kubepods/pod1/5f0c2f9c\n2:memory:/kubepods/pod1/5f0c2f9c\n"}, "12"},
		{"the first of several", map[string]string{"100": "0::/5f0c2f9c\n", "97": "0::/5f0c2f9c/sub\n", "9": "0::/bbbb\n", "1000": "0::/5f0c2f9c\n"}, "97"},
		{"no line end, and one that is gone", map[string]string{"8": "", "9": "0::/5f0c2f9c"}, "9"},
		{"not of a process", map[string]string{"self": "0::/5f0c2f9c\n", "5": "0::/\n"}, ""},
		{"a cgroup namespace that hides it", map[string]string{"1": "0::/\n", "7": "0::/\n"}, ""},
	}
	for name, shell := range shells(t) {
		for _, tt := range tests {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				proc := procTree(t, tt.cgroups)
				const tell = `echo "${TARGET_PID-unset} ${TARGET_ROOT-unset} ${TARGET_LINE-unset} $1"`
				words := slices.Concat(shell, []string{"-c", findTarget(proc), "sh"}, shell, []string{"-c", tell, "sh", "a  word"})
				command := exec.CommandContext(t.Context(), words[0], words[1:]...)
				command.Env = []string{"TARGET_CONTAINER_ID=" + id, "TARGET_PID=4", "TARGET_LINE=old", "PATH=/nowhere"}
				var told strings.Builder
				command.Stderr = &told
				out, err := command.Output()
				if err != nil {
					t.Fatalf("it ends with %v: %s", err, told.String())
				}
				want := "unset unset unset a  word\n"
				if tt.pid != "" {
					want = tt.pid + " " + filepath.Join(proc, tt.pid, "root") + " unset a  word\n"
				}
				if string(out) != want {
					t.Errorf("the command finds %q, want %q", out, want)
				}
				if says := strings.Contains(told.String(), "TARGET_PID is not set"); says != (tt.pid == "") || tt.pid != "" && told.String() != "" {
					t.Errorf("it says %q", told.String())
				}
			})
		}
	}
}
