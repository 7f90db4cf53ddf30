package debug

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// copied is a request for a copy.
func copied(changes ...func(*Request)) Request {
	return request(append([]func(*Request){func(r *Request) { r.Way, r.CopyTo = Copy, "web-copy" }}, changes...)...)
}

// wellFurnished is a pod with everything that a copy keeps or leaves behind.
func wellFurnished(p *corev1.Pod) {
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(80)}}}
	p.Labels, p.Annotations = map[string]string{"app": "web"}, map[string]string{"team": "shop"}
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "1"}}
	p.Spec.Containers[0].LivenessProbe, p.Spec.Containers[0].ReadinessProbe, p.Spec.Containers[0].StartupProbe = probe, probe, probe
	p.Spec.InitContainers = []corev1.Container{{Name: "init", Image: "shop/init:1"}}
	p.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "old", Image: "busybox"}}}
}

// TestKubectlCopyParity holds what creates a copy equal to what the real kubectl debug --copy-to --share-processes sends, for every profile, and
// the command we show equal to the one that was run.
func TestKubectlCopyParity(t *testing.T) {
	server := newPatchServer(t)
	kubectl := newKubectl(t, server.URL)
	cluster := kubetest.OpenAt(t, server.URL)
	wellFurnished(server.pod)
	for _, profile := range kube.Profiles() {
		for i, command := range []Request{{}, {Command: []string{"sh", "-c", "echo $HOME"}}, {Command: []string{"-n", "any"}, ArgumentsOnly: true}} {
			t.Run(fmt.Sprintf("%s/command %d", profile, i), func(t *testing.T) {
				plan, err := NewPlan(kube.NewPod(server.pod.DeepCopy()), copied(func(r *Request) {
					r.Profile, r.Command, r.ArgumentsOnly = profile, command.Command, command.ArgumentsOnly
					r.Env = []EnvVar{{"GREETING", "hello, world"}}
				}))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := plan.Change.Apply(t.Context(), cluster); err != nil {
					t.Fatal(err)
				}
				ours := apitest.Receive(t, server.pods, "our pod")
				arguments := []string{"-it", "web", "--namespace=shop", "--copy-to=web-copy", "--share-processes", "--container=" + plan.Request.Name,
					"--image=" + plan.Request.Image, "--profile=" + string(profile), "--image-pull-policy=IfNotPresent", "--env=GREETING=hello, world"}
				if command.ArgumentsOnly {
					arguments = append(arguments, "--arguments-only")
				}
				if len(command.Command) > 0 {
					arguments = append(append(arguments, "--"), command.Command...)
				}
				kubectl.run(t, arguments)
				theirs := apitest.Receive(t, server.pods, "kubectl's pod")
				theirs.TypeMeta = ours.TypeMeta // protobuf says it elsewhere
				if diff := cmp.Diff(theirs, ours); diff != "" {
					t.Errorf("kubectl debug %q sends something else (- kubectl, + dayfly):\n%s", arguments, diff)
				}
				if want := quoteAll(append([]string{"kubectl", "debug"}, arguments...)); plan.Command != want {
					t.Errorf("the command shown is\n%s, want\n%s", plan.Command, want)
				}
				var shown corev1.Pod
				if err := yaml.UnmarshalStrict([]byte(plan.Adds), &shown); err != nil || cmp.Diff(ours, &shown) != "" {
					t.Errorf("what is shown is not what is sent: %v\n%s", err, cmp.Diff(ours, &shown))
				}
			})
		}
	}
}

// A copy can be had of pods that take no debug container: that is what it is for.
func TestCopyOfPodsThatTakeNone(t *testing.T) {
	for name, change := range map[string]func(*corev1.Pod){
		"completed":    func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded },
		"failed":       func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed },
		"being gone":   func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} },
		"on no node":   func(p *corev1.Pod) { p.Spec.NodeName = "" },
		"crashes":      func(p *corev1.Pod) { p.Status.ContainerStatuses[0].State = apitest.Waiting("CrashLoopBackOff", "") },
		"runs as ever": func(*corev1.Pod) {},
	} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod(change)), copied(func(r *Request) { r.Target = "app" }))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if plan.Target.Pod != "web" || plan.Debug != (kube.Target{Namespace: "shop", Pod: "web-copy", Container: plan.Request.Name}) {
			t.Errorf("%s: it is about %v, and attaches to %v", name, plan.Target, plan.Debug)
		}
		if found := Check(plan, Facts{Pod: kube.NewPod(apitest.RunningPod(change)), Node: &kube.Node{Silent: true}, MemoryLimit: 1}); slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Blocking }) {
			t.Errorf("%s: found %v", name, found)
		}
	}
}

func TestCopyRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Request)
		want   string
	}{
		"its own name":   {func(r *Request) { r.CopyTo = "web" }, `"web" cannot be the name of a copy of pod web`},
		"no name":        {func(r *Request) { r.CopyTo = "Web Copy" }, `"Web Copy" cannot be the name of a copy`},
		"no such target": {func(r *Request) { r.Target = "nope" }, `pod web has no container "nope" to look at`},
		"no such way":    {func(r *Request) { r.Way = "by ear" }, `there is no way "by ear" to debug a pod`},
		"a name taken":   {func(r *Request) { r.Name = "app" }, `pod web already has a container "app"`},
	} {
		_, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(c.change))
		if p := kubetest.WantProblem(t, err, c.want); p == nil {
			t.Errorf("%s: no problem", name)
		}
	}
}

// What is to run once is not started again by its pod, and that this is not kubectl's copy is told.
func TestCopyThatRunsOnce(t *testing.T) {
	for change, once := range map[*Request]bool{{}: false, {Once: true}: true, {EndsAfter: time.Hour, Command: []string{"sh"}}: true} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.RestartPolicy = corev1.RestartPolicyAlways })), copied(func(r *Request) {
			r.Once, r.EndsAfter, r.Command = change.Once, change.EndsAfter, change.Command
		}))
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(plan.Notes, func(n Note) bool { return strings.Contains(n.Text, "restartPolicy: Never") })
		if again := slices.ContainsFunc(plan.Notes, func(n Note) bool { return strings.Contains(n.Text, "is restarted when it ends") }); again == once {
			t.Errorf("once %v: it is told to be started again: %v", once, again)
		}
		if never := plan.Change.Spec().RestartPolicy == corev1.RestartPolicyNever; never != once || told != once || strings.Contains(plan.Adds, "restartPolicy: Never") != once {
			t.Errorf("once %v: never %v, told %v", once, never, told)
		}
	}
}

// What is told of a copy is what it is.
func TestCopyIsToldAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		pod     func(*corev1.Pod)
		profile kube.Profile
		shares  bool // its processes
		told    string
	}{
		"plain":            {func(*corev1.Pod) {}, kube.General, true, "without the pod's labels, annotations and probes"},
		"legacy":           {func(*corev1.Pod) {}, kube.Legacy, true, "without the pod's labels: no Service"},
		"node's processes": {func(p *corev1.Pod) { p.Spec.HostPID = true }, kube.General, false, ""},
		"shared already":   {func(p *corev1.Pod) { p.Spec.ShareProcessNamespace = new(true) }, kube.General, true, ""},
	} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod(c.pod)), copied(func(r *Request) { r.Profile, r.Target, r.Command = c.profile, "app", []string{"sh"} }))
		if err != nil {
			t.Fatal(err)
		}
		spec := plan.Change.Spec()
		if shares := spec.ShareProcessNamespace != nil && *spec.ShareProcessNamespace; shares != c.shares || !plan.SharesProcesses() {
			t.Errorf("%s: shares its processes: %v, sees more than the target's: %v", name, shares, plan.SharesProcesses())
		}
		if !slices.ContainsFunc(plan.Notes, func(n Note) bool { return strings.Contains(n.Text, c.told) }) {
			t.Errorf("%s: told is %v", name, plan.Notes)
		}
		if strings.Contains(plan.Adds, targetContainerID) { // the ID is that of a container of the original
			t.Errorf("%s: it is pointed at a container that is not there:\n%s", name, plan.Adds)
		}
	}
}

// A made up name is one that a pod can have, new each time, and tells of which pod it is a copy.
func TestCopyNames(t *testing.T) {
	for _, pod := range []string{"web", strings.Repeat("a", 253), strings.Repeat("a", 51) + "." + strings.Repeat("b", 100), "a"} {
		one, two := copyName(pod, NewName()), copyName(pod, NewName())
		if one == two || len(one) > 63 || !strings.HasPrefix(one, pod[:min(len(pod), 40)]+"") || strings.Contains(one, ".-") {
			t.Errorf("copies of %.20s are called %s and %s", pod, one, two)
		}
	}
}

// Of a copy's security what would be there is judged, by the same rules as of every other container.
func TestCopyIsChecked(t *testing.T) {
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.HostNetwork = true })), copied(func(r *Request) { r.Target, r.Profile = "app", kube.Sysadmin }))
	if err != nil {
		t.Fatal(err)
	}
	if p := plan.Forbidden(kube.Guard{Profiles: []kube.Profile{kube.Netadmin}}); p == nil {
		t.Error("a privileged container in a copy is allowed where netadmin is not")
	}
	if p := plan.Forbidden(kube.Guard{Images: []string{"quay.io/**"}}); p == nil {
		t.Error("its image is not looked at")
	}
	var texts []string
	for _, f := range Check(plan, Facts{Pod: kube.NewPod(apitest.RunningPod()), PodSecurity: "baseline"}) {
		texts = append(texts, f.Text)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"the pod's containers share their processes: PID 1 is its pause process", "the pod is in its node's own namespaces (network)"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not among the findings\n%s", want, all)
		}
	}
	if rights := plan.Rights(); !slices.Contains(rights, kube.RightToCreate()) || slices.Contains(rights, kube.RightToAdd()) {
		t.Errorf("the rights are %v", rights)
	}
	if len(plan.Leftovers) != 1 || !plan.Leftovers[0].Removable || plan.Leaves() != "pod web-copy, the copy of web, runs until it is deleted: dayfly deletes it before exiting, unless dayfly is killed" {
		t.Errorf("it leaves %+v", plan.Leftovers)
	}
}

// A missing right is told by what it keeps from a person, with what to ask for.
func TestPreflightOfACopy(t *testing.T) {
	server := &apitest.Judging{May: func(verb, resource, _ string) bool { return verb+" "+resource != "create pods" }, User: "ann"}
	c := kubetest.Serve(t, server)
	plan, err := NewPlan(c.NewPod(apitest.RunningPod()), copied())
	if err != nil {
		t.Fatal(err)
	}
	f := RunPreflight(t.Context(), c, plan)
	if !f.Blocks() || f.Problem == nil || f.Problem.Message != "you may not create a copy of pod web: create pods is not allowed in namespace shop" || !strings.Contains(f.Problem.RequiredRBAC, "verbs: [create]") {
		t.Errorf("%+v", f.Problem)
	}
}

// On a practice cluster a copy starts, can be attached to, and goes without a trace.
func TestCopyOnAPracticeCluster(t *testing.T) {
	cluster := kubetest.PractiseLive(t, "practice")
	ctx, stop := context.WithTimeout(t.Context(), apitest.Stuck)
	defer stop()
	pod, err := cluster.Pod(ctx, "shop", "crasher")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(pod, Request{Way: Copy, Name: NewName(), Image: "busybox:1.37", Command: []string{"sh"}, Profile: kube.General})
	if err != nil {
		t.Fatal(err)
	}
	if err := DryRun(ctx, cluster, plan); err != nil {
		t.Fatal(err)
	}
	var left []Leftover
	var last Progress
	for p := range CarryOut(ctx, cluster, plan) {
		left, last = append(left, p.Leftovers...), p
	}
	if last.Step != Started || len(left) != 1 || left[0].UID == "" {
		t.Fatalf("it comes to %+v, and leaves %+v", last, left)
	}
	if err := left[0].Remove(ctx, cluster); err != nil {
		t.Fatal(err)
	}
	for news := range cluster.WatchPod(ctx, plan.Debug.Namespace, plan.Debug.Pod) {
		if news.Gone {
			return
		}
	}
	t.Error("it is not gone")
}
