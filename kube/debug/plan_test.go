package debug

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

func request(changes ...func(*Request)) Request {
	r := Request{Name: "debugger-x2", Image: "busybox:1.37", Profile: kube.General}
	for _, change := range changes {
		change(&r)
	}
	return r
}

// A pod in which nothing can start is refused before anything else is looked at.
func TestRefusal(t *testing.T) {
	tests := []struct {
		name   string
		change func(*corev1.Pod)
		what   string // empty: not refused
	}{
		{"running", func(*corev1.Pod) {}, ""},
		{"stuck in init", func(p *corev1.Pod) { p.Status.Phase = corev1.PodPending }, ""},
		{"succeeded", func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }, "pod web has completed"},
		{"evicted", func(p *corev1.Pod) {
			p.Status.Phase, p.Status.Reason = corev1.PodFailed, "Evicted\x1b[2J"
		}, "pod web has failed (Evicted␛[2J)"},
		{"failed", func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, "pod web has failed:"},
		{"static", func(p *corev1.Pod) {
			p.Annotations = map[string]string{"kubernetes.io/config.mirror": "5f0c"}
		}, "pod web is static"},
		{"deleting", func(p *corev1.Pod) { p.DeletionTimestamp = new(metav1.Now()) }, "pod web is being deleted"},
		{"unscheduled", func(p *corev1.Pod) {
			p.Spec.NodeName, p.Status.Phase = "", corev1.PodPending
		}, "pod web is not scheduled to a node"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := kube.NewPod(apitest.RunningPod(tt.change))
			_, err := NewPlan(pod, request())
			if tt.what == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			kubetest.WantProblem(t, err, tt.what)
			if pod.Refusal == nil || pod.Refusal.Message != err.Error() {
				t.Errorf("the pod's refusal is %v, want that of the plan", pod.Refusal)
			}
		})
	}
}

func TestImageNames(t *testing.T) {
	const sha = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := []struct {
		image string
		hint  string // empty: the image is good
	}{
		{image: "busybox"},
		{image: "busybox:1.37"},
		{image: "nixery.dev/shell/curl/dig"},
		{image: "localhost:5000/tools:V1-RC"},
		{image: "quay.io/team/tool@" + sha},
		{image: "quay.io/team/tool:1@" + sha},
		{image: "", hint: "it has the form registry/path/name:tag"},
		{image: " busybox", hint: "it has the form"},
		{image: "busy box", hint: "it has the form"},
		{image: "busybox:", hint: "it has the form"},
		{image: "busybox:-1", hint: "it has the form"},
		{image: "https://quay.io/tool", hint: "it has the form"},
		{image: "tool@sha256:beef", hint: "it has the form"},
		{image: "tool@" + strings.ToUpper(sha), hint: "it has the form"},
		{image: strings.TrimPrefix(sha, "sha256:"), hint: "it has the form"},
		{image: "tool\x1b[31m", hint: "it has the form"},
		{image: "Busybox:1.37-GLIBC", hint: "image names are lower case: busybox:1.37-GLIBC"},
		{image: "quay.io/Team/Tool", hint: "image names are lower case: quay.io/team/tool"},
		{image: "localhost:5000/Tool@" + sha, hint: "image names are lower case: localhost:5000/tool@" + sha},
	}
	for _, tt := range tests {
		t.Run(tt.image, func(t *testing.T) {
			_, err := NewPlan(kube.NewPod(apitest.RunningPod()), request(func(r *Request) { r.Image = tt.image }))
			if tt.hint == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if p := kubetest.WantProblem(t, err, `"`+kube.Sanitize(tt.image)+`" is not an image name`); !strings.HasPrefix(p.Hint, tt.hint) {
				t.Errorf("the hint is %q, want %q", p.Hint, tt.hint)
			}
		})
	}
}

func TestNameTaken(t *testing.T) {
	ended := apitest.Terminated(0, "Completed", "")
	pod := kube.NewPod(apitest.RunningPod(apitest.WithDebugger("debugger-old", &ended), func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "migrate"}}
	}))
	for _, name := range []string{"app", "migrate", "debugger-old", ""} {
		_, err := NewPlan(pod, request(func(r *Request) { r.Name = name }))
		kubetest.WantProblem(t, err, `pod web already has a container "`+name+`"`)
	}
}

func TestTarget(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(apitest.WithDebugger("debugger-old", new(apitest.Running())), func(p *corev1.Pod) {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "crasher"}, corev1.Container{Name: "crashed"})
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses,
			corev1.ContainerStatus{Name: "crasher", State: apitest.Waiting("CrashLoopBackOff", "")},
			corev1.ContainerStatus{Name: "crashed", State: apitest.Waiting("CrashLoopBackOff", ""), LastTerminationState: apitest.Terminated(3, "Error", "")})
	}))
	tests := []struct {
		target  string
		problem string
		chosen  string
		note    string
	}{
		{target: ""},
		{target: "app", chosen: "app"},
		{target: "crasher", note: "crasher is not running (waiting: CrashLoopBackOff): its processes and files cannot be seen, only the pod's network"},
		{target: "crashed", note: "crashed is not running (waiting: CrashLoopBackOff): its processes and files cannot be seen, only the pod's network; " +
			"in an idle copy you get a shell in its own image"},
		{target: "nosuch", problem: `pod web has no container "nosuch" to look at`},
		{target: "debugger-old", problem: `pod web has no container "debugger-old" to look at`},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			plan, err := NewPlan(pod, request(func(r *Request) { r.Target = tt.target }))
			if tt.problem != "" {
				kubetest.WantProblem(t, err, tt.problem)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if plan.Target.Container != tt.chosen || plan.Request.Target != tt.chosen {
				t.Errorf("the target is %q (in the request %q), want %q", plan.Target.Container, plan.Request.Target, tt.chosen)
			}
			var want []Note
			if tt.note != "" {
				want = []Note{{Warns: true, Text: tt.note}}
			}
			if diff := cmp.Diff(want, plan.Notes); diff != "" {
				t.Errorf("notes (- want, + got):\n%s", diff)
			}
			if has := strings.Contains(plan.Adds, "targetContainerName"); has != (tt.chosen != "") {
				t.Errorf("target %q is sent as\n%s", tt.chosen, plan.Adds)
			}
		})
	}
}

func TestDefaultContainer(t *testing.T) {
	containers := func(p *corev1.Pod) {
		p.Spec.InitContainers = []corev1.Container{{Name: "migrate"}}
		p.Spec.Containers = []corev1.Container{{Name: "proxy"}, {Name: "app"}}
	}
	for annotation, want := range map[string]string{"": "proxy", "app": "app", "proxy": "proxy", "nosuch": "proxy"} {
		pod := kube.NewPod(apitest.RunningPod(containers, func(p *corev1.Pod) {
			p.Annotations = map[string]string{"kubectl.kubernetes.io/default-container": annotation}
		}))
		if pod.Default != want {
			t.Errorf("with annotation %q the default container is %q, want %q", annotation, pod.Default, want)
		}
	}
}

// What is shown is what is sent, and it is about the pod that was looked at.
func TestPlanShowsWhatItSends(t *testing.T) {
	pod := apitest.RunningPod()
	plan, err := NewPlan(kube.NewPod(pod), request(func(r *Request) { r.Target, r.Command = "app", []string{"sh"} }))
	if err != nil {
		t.Fatal(err)
	}
	injection, ok := plan.Change.(*injection)
	if !ok {
		t.Fatalf("the change is a %T", plan.Change)
	}
	var patch struct {
		Metadata map[string]any
		Spec     map[string][]map[string]any
	}
	if err := json.Unmarshal(injection.patch, &patch); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"uid": string(pod.UID)}, patch.Metadata); diff != "" {
		t.Errorf("metadata of the patch (- want, + got):\n%s", diff)
	}
	var shown map[string]any
	if err := yaml.Unmarshal([]byte(plan.Adds), &shown); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]map[string]any{shown}, patch.Spec["ephemeralContainers"]); diff != "" {
		t.Errorf("containers (- shown, + sent):\n%s", diff)
	}
	want := map[string]any{
		"name": "debugger-x2", "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent", "command": []any{"sh"},
		"stdin": true, "tty": true, "targetContainerName": "app", "terminationMessagePolicy": "File",
		"securityContext": map[string]any{"capabilities": map[string]any{"add": []any{"SYS_PTRACE"}}},
		"resources":       map[string]any{},
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("container (- want, + got):\n%s", diff)
	}
	if !plan.TTY {
		t.Error("the plan is without a terminal")
	}
	if got, want := plan.Debug, (kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}); got != want {
		t.Errorf("it is attached to %+v, want %+v", got, want)
	}
	if !strings.Contains(plan.Leaves(), "debugger-x2 stays in pod web") {
		t.Errorf("what is left is told as %q", plan.Leaves())
	}
}

// A plan is a value: making one changes neither the pod nor the request, so that it can be made again.
func TestPlanIsPure(t *testing.T) {
	object := apitest.RunningPod()
	before := object.DeepCopy()
	custom, err := ParseCustom("file", []byte("env: [{name: A, value: '2'}]"))
	if err != nil {
		t.Fatal(err)
	}
	r := request(func(r *Request) { r.Env, r.Custom = []EnvVar{{"A", "1"}}, custom })
	first, err := NewPlan(kube.NewPod(object), r)
	if err != nil {
		t.Fatal(err)
	}
	second, err := NewPlan(kube.NewPod(object), r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Adds, second.Adds); diff != "" {
		t.Errorf("the second plan differs (- first, + second):\n%s", diff)
	}
	if diff := cmp.Diff(before, object); diff != "" {
		t.Errorf("the pod was changed:\n%s", diff)
	}
	if !strings.Contains(first.Adds, `value: "2"`) || strings.Contains(first.Adds, `value: "1"`) {
		t.Errorf("the partial container does not win:\n%s", first.Adds)
	}
}

func TestParseCustom(t *testing.T) {
	tests := []struct {
		name, text, err string
	}{
		{"empty", "", ""},
		{"YAML", "securityContext:\n  runAsUser: 0\n", ""},
		{"JSON", `{"env": [{"name": "A", "value": "1"}]}`, ""},
		{"what kubectl refuses", "name: x\nimage: y\ncommand: [z]\n", "tool.yaml may not set command, image, name: the debug container has its own"},
		{"lifecycle", "lifecycle: {preStop: {sleep: {seconds: 1}}}", "tool.yaml may not set lifecycle: the debug container has its own"},
		{"devices", "volumeDevices: [{name: disk, devicePath: /dev/x}]", "tool.yaml may not set volumeDevices: the debug container has its own"},
		{"typo", "securityContex: {}", `tool.yaml is not a partial container: unknown field "securityContex"`},
		{"typo inside", "securityContext: {runAsUzer: 0}", `tool.yaml is not a partial container: unknown field "runAsUzer"`},
		{"wrong type", "env: none", "tool.yaml is not a partial container: cannot unmarshal string into Go struct field Container.env"},
		{"no YAML", "\tenv", "tool.yaml is not a partial container: found character that cannot start any token"},
		{"twice", "args: [a]\nargs: [b]\n", `tool.yaml is not a partial container: line 2: key "args" already set in map`},
		{"a list", "- env", "tool.yaml is not a partial container: cannot unmarshal array into Go value of type v1.Container"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			custom, err := ParseCustom("tool.yaml", []byte(tt.text))
			if tt.err == "" {
				if err != nil || custom.Source() != "tool.yaml" {
					t.Fatalf("got %q and error %v", custom.Source(), err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), tt.err) {
				t.Fatalf("the error is\n%v, want\n%v", err, tt.err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than one line", err)
			}
		})
	}
}

func TestParseProfile(t *testing.T) {
	for _, p := range kube.Profiles() {
		if got, err := kube.ParseProfile(string(p)); err != nil || got != p {
			t.Errorf("profile %s is read as %q, %v", p, got, err)
		}
		if p.Gives() == "" {
			t.Errorf("profile %s does not say what it gives", p)
		}
	}
	want := `there is no profile "root": use one of restricted, baseline, legacy, general, netadmin, sysadmin`
	if _, err := kube.ParseProfile("root"); err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestDebugName(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		name := NewName()
		if suffix, ok := strings.CutPrefix(name, "debugger-"); !ok || len(suffix) != 5 || strings.Trim(suffix, "bcdfghjklmnpqrstvwxz2456789") != "" {
			t.Fatalf("%q is not as kubectl makes them", name)
		}
		seen[name] = true
	}
	if len(seen) < 90 {
		t.Errorf("of 100 names only %d differ", len(seen))
	}
}

func TestPodIsRead(t *testing.T) {
	created := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.CreationTimestamp = metav1.NewTime(created)
		p.Status.PodIP = "10.244.0.6"
	}))
	if pod.Namespace != "shop" || pod.Name != "web" || pod.Node != "node-1" || pod.IP != "10.244.0.6" || pod.Phase != "Running" ||
		!pod.Created.Equal(created) || pod.Deleting {
		t.Errorf("the pod is read as %+v", pod)
	}
}
