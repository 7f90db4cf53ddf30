package debug

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// copied is a request for a copy.
func copied(changes ...func(*Request)) Request {
	return request(append([]func(*Request){func(r *Request) { r.Way, r.Own.Name = Copy, "web-copy" }}, changes...)...)
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

// asKubectl are the choices with which a copy is made as kubectl makes it.
func asKubectl() podcopy.Choices { return podcopy.Choices{Restarts: true, Writable: true} }

// copyChoices are choices that kubectl has too, each with its flags.
func copyChoices() map[string]func(*podcopy.Choices) []string {
	return map[string]func(*podcopy.Choices) []string{
		"none":        func(*podcopy.Choices) []string { return nil },
		"same node":   func(c *podcopy.Choices) []string { c.SameNode = true; return []string{"--same-node"} },
		"labels":      func(c *podcopy.Choices) []string { c.Labels = []string{podcopy.All}; return []string{"--keep-labels"} },
		"annotations": func(c *podcopy.Choices) []string { c.Annotations = true; return []string{"--keep-annotations"} },
		"liveness":    func(c *podcopy.Choices) []string { c.Liveness = true; return []string{"--keep-liveness"} },
		"readiness":   func(c *podcopy.Choices) []string { c.Readiness = true; return []string{"--keep-readiness"} },
		"startup":     func(c *podcopy.Choices) []string { c.Startup = true; return []string{"--keep-startup"} },
		"no init":     func(c *podcopy.Choices) []string { c.NoInit = true; return []string{"--keep-init-containers=false"} },
		"separate":    func(c *podcopy.Choices) []string { c.Separate = true; return []string{"--share-processes=false"} },
		"images": func(c *podcopy.Choices) []string {
			c.Images = []podcopy.Image{{Container: "app", Image: "shop/web:2"}, {Container: podcopy.All, Image: "shop/other:1"}}
			return []string{"--set-image=app=shop/web:2,*=shop/other:1"}
		},
		"all": func(c *podcopy.Choices) []string {
			*c = podcopy.Choices{
				Restarts: true, Writable: true, SameNode: true, Labels: []string{podcopy.All}, Annotations: true, Liveness: true, Readiness: true, Startup: true,
				NoInit: true, Separate: true,
			}
			return []string{"--same-node", "--keep-labels", "--keep-annotations", "--keep-liveness", "--keep-readiness", "--keep-startup", "--keep-init-containers=false",
				"--share-processes=false"}
		},
	}
}

// TestKubectlCopyParity holds what creates a copy equal to what the real kubectl debug --copy-to sends, for every profile and choice, and the
// command we show equal to the one that was run. What dayfly alone writes on a copy is left out.
func TestKubectlCopyParity(t *testing.T) {
	server := newPatchServer(t)
	kubectl := newKubectl(t, server.URL)
	cluster := kubetest.OpenAt(t, server.URL)
	wellFurnished(server.pod)
	for _, profile := range kube.Profiles() {
		for name, choose := range copyChoices() {
			for i, command := range []Request{{}, {Command: []string{"sh", "-c", "echo $HOME"}}, {Command: []string{"-n", "any"}, ArgumentsOnly: true}} {
				t.Run(fmt.Sprintf("%s/%s/command %d", profile, name, i), func(t *testing.T) {
					choices := asKubectl()
					flags := choose(&choices)
					compareCopyWithKubectl(t, cluster, kubectl, server, copied(func(r *Request) {
						r.Profile, r.Command, r.ArgumentsOnly, r.Copy.Choices = profile, command.Command, command.ArgumentsOnly, choices
						r.Env = []EnvVar{{"GREETING", "hello, world"}}
					}), flags)
				})
			}
		}
	}
}

func compareCopyWithKubectl(t *testing.T, cluster *kube.Cluster, kubectl *kubectl, server *patchServer, request Request, flags []string) {
	t.Helper()
	plan, err := NewPlan(kube.NewPod(server.pod.DeepCopy()), request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Change.Apply(t.Context(), cluster); err != nil {
		t.Fatal(err)
	}
	ours := apitest.Receive(t, server.pods, "our pod")
	var shown corev1.Pod
	if err := yaml.UnmarshalStrict([]byte(plan.Adds), &shown); err != nil || cmp.Diff(ours, &shown) != "" {
		t.Errorf("what is shown is not what is sent: %v\n%s", err, cmp.Diff(ours, &shown))
	}
	if !slices.Contains(flags, "--share-processes=false") {
		flags = append([]string{"--share-processes"}, flags...)
	} else {
		flags = append([]string{"--share-processes=false"}, slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return f == "--share-processes=false" })...)
	}
	arguments := slices.Concat([]string{"-it", "web", "--namespace=shop", "--copy-to=web-copy"}, flags, []string{"--container=" + plan.Debug.Container})
	if request.Image != "" {
		arguments = append(arguments, "--image="+request.Image)
	}
	arguments = append(arguments, "--profile="+string(request.Profile))
	if request.Image != "" {
		arguments = append(arguments, "--image-pull-policy=IfNotPresent")
	}
	arguments = append(arguments, "--env=GREETING=hello, world")
	if request.ArgumentsOnly {
		arguments = append(arguments, "--arguments-only")
	}
	if len(request.Command) > 0 {
		arguments = append(append(arguments, "--"), request.Command...)
	}
	kubectl.run(t, arguments)
	theirs := apitest.Receive(t, server.pods, "kubectl's pod")
	theirs.TypeMeta = ours.TypeMeta // protobuf says it elsewhere
	for i := range theirs.Spec.Containers {
		if c := &theirs.Spec.Containers[i]; c.Name == request.Copy.InPlaceOf { // with kubectl and profile legacy, they kill the tool
			c.LivenessProbe, c.ReadinessProbe, c.StartupProbe = nil, nil, nil
		}
	}
	unmark(t, ours)
	if diff := cmp.Diff(theirs, ours, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("kubectl debug %q sends something else (- kubectl, + dayfly):\n%s", arguments, diff)
	}
	if want := quoteAll(append([]string{"kubectl", "debug"}, arguments...)); plan.Command != want {
		t.Errorf("the command shown is\n%s, want\n%s", plan.Command, want)
	}
}

// TestKubectlEditParity holds a copy in which a container of the pod is changed equal to what the real kubectl debug --copy-to makes of it with
// --container, for every profile, and the command we show equal to the one that was run. The image's own start is the exception: kubectl keeps the
// container's command, which another image may not have.
func TestKubectlEditParity(t *testing.T) {
	server := newPatchServer(t)
	kubectl := newKubectl(t, server.URL)
	cluster := kubetest.OpenAt(t, server.URL)
	wellFurnished(server.pod)
	app := &server.pod.Spec.Containers[0]
	app.Command, app.Args = []string{"/app"}, []string{"--serve"}
	app.SecurityContext = &corev1.SecurityContext{RunAsUser: new(int64(7)), Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"CHOWN"}, Drop: []corev1.Capability{"ALL"}}}
	flags := map[string][]string{"one of its images": {"--set-image=app=shop/web:2"}, "replaced": {"--replace"}}
	for _, profile := range kube.Profiles() {
		for name, change := range map[string]func(*Request){
			"another command": func(r *Request) { r.Image, r.Command = "", []string{"sh", "-c", "id"} },
			"another image":   func(r *Request) { r.Command = []string{"sh", "-c", "id"} },
			"other arguments": func(r *Request) { r.Image, r.Command, r.ArgumentsOnly = "", []string{"--check"}, true },
			"one of its images": func(r *Request) {
				r.Image, r.Command, r.Copy.Images = "", []string{"sh"}, []podcopy.Image{{Container: "app", Image: "shop/web:2"}}
			},
			"replaced": func(r *Request) { r.Image, r.Command, r.Copy.Replace = "", []string{"sh"}, true },
		} {
			t.Run(fmt.Sprintf("%s/%s", profile, name), func(t *testing.T) {
				compareCopyWithKubectl(t, cluster, kubectl, server, copied(func(r *Request) {
					r.Profile, r.Copy.Choices, r.Env = profile, asKubectl(), []EnvVar{{"GREETING", "hello, world"}}
					r.Copy.InPlaceOf = "app"
					change(r)
				}), flags[name])
				if name != "replaced" {
					return
				}
				ours, theirs := apitest.Receive(t, server.deletes, "our deletion"), apitest.Receive(t, server.deletes, "kubectl's deletion")
				if ours.GracePeriodSeconds != nil || ours.Preconditions == nil || *ours.Preconditions.UID != server.pod.UID || *theirs.GracePeriodSeconds != 0 {
					t.Errorf("the pod is deleted with %v by dayfly and %v by kubectl; dayfly is to be kinder, and to mean the pod that it has seen", ours, theirs)
				}
			})
		}
	}
}

// unmark takes away what says that the copy is dayfly's.
func unmark(t *testing.T, p *corev1.Pod) {
	t.Helper()
	if p.Labels["app.kubernetes.io/managed-by"] != "dayfly" || p.Annotations["dayfly-k8s.github.io/copy-of"] != "web" {
		t.Errorf("it is marked with the labels %v and annotations %v", p.Labels, p.Annotations)
	}
	delete(p.Labels, "app.kubernetes.io/managed-by")
	delete(p.Annotations, "dayfly-k8s.github.io/copy-of")
	delete(p.Annotations, "dayfly-k8s.github.io/session")
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
		"its own name":   {func(r *Request) { r.Own.Name = "web" }, `"web" cannot be the name of a copy of pod web`},
		"no name":        {func(r *Request) { r.Own.Name = "Web Copy" }, `"Web Copy" cannot be the name of a copy`},
		"no such target": {func(r *Request) { r.Target = "nope" }, `pod web has no container "nope" to look at`},
		"no such way":    {func(r *Request) { r.Way = "by ear" }, `there is no way "by ear" to debug a pod`},
		"a name taken":   {func(r *Request) { r.Name = "app" }, `pod web already has a container "app"`},
		"no such place":  {func(r *Request) { r.Copy.InPlaceOf = "nope" }, `pod web has no container "nope" whose place could be taken`},
		"no image":       {func(r *Request) { r.Image = "" }, `"" is not an image name`},
	} {
		_, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(c.change))
		if p := kubetest.WantProblem(t, err, c.want); p == nil {
			t.Errorf("%s: no problem", name)
		}
	}
}

// Nothing in a copy is started again unless that is asked for, and each is told.
func TestCopyRestartsOnlyIfAsked(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.RestartPolicy = corev1.RestartPolicyAlways })), copied(func(r *Request) {
			r.Copy.Restarts = restarts
		}))
		if err != nil {
			t.Fatal(err)
		}
		told := func(part string) bool {
			return slices.ContainsFunc(plan.Notes, func(n Note) bool { return strings.Contains(n.Text, part) })
		}
		never := plan.Change.Spec().RestartPolicy == corev1.RestartPolicyNever
		if never == restarts || strings.Contains(plan.Adds, "restartPolicy: Never") == restarts || told("(restartPolicy: Never)") == restarts || told("is restarted when it ends") != restarts {
			t.Errorf("restarts %v: never %v, told %v", restarts, never, plan.Notes)
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
		"legacy":           {func(*corev1.Pod) {}, kube.Legacy, true, "without the pod's labels"},
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

// A pod that may not be deleted stays, and its copy goes; if that cannot go either, it is known to be there.
func TestReplaceThatIsRefused(t *testing.T) {
	for _, stuck := range []bool{false, true} {
		var deleted []string
		api := http.NewServeMux()
		api.HandleFunc("POST /api/v1/namespaces/shop/pods", func(w http.ResponseWriter, r *http.Request) {
			var pod corev1.Pod
			if err := json.NewDecoder(r.Body).Decode(&pod); err != nil {
				apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
				return
			}
			pod.UID = "copy"
			apitest.Answer(w, http.StatusCreated, &pod)
		})
		api.HandleFunc("DELETE /api/v1/namespaces/shop/pods/{name}", func(w http.ResponseWriter, r *http.Request) {
			deleted = append(deleted, r.PathValue("name"))
			if stuck || r.PathValue("name") == "web" {
				apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, "the webhook says no", nil)
				return
			}
			apitest.Answer(w, http.StatusOK, metav1.Status{Status: metav1.StatusSuccess})
		})
		cluster := kubetest.Serve(t, api)
		plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Copy.Replace = true }))
		if err != nil {
			t.Fatal(err)
		}
		plan.Typed = "web"
		_, err = plan.Change.Apply(t.Context(), cluster)
		told := kubetest.WantProblem(t, err, "delete pod web: ")
		if end := map[bool]string{false: "; its copy was deleted again", true: "; its copy could not be deleted again"}[stuck]; told == nil || !strings.HasSuffix(told.Message, end) {
			t.Errorf("it is told %v, want %s", told, end)
		}
		if diff := cmp.Diff([]string{"web", "web-copy"}, deleted); diff != "" {
			t.Errorf("what is deleted:\n%s", diff)
		}
		if write.IsUnsure(err) != stuck {
			t.Errorf("the copy may be there: %t, %v", !stuck, err)
		}
	}
}

// What takes the place of a container is what is asked for, with all else that the container has.
func TestTakePlace(t *testing.T) {
	pod := apitest.RunningPod(func(p *corev1.Pod) {
		c := &p.Spec.Containers[0]
		c.Command, c.Args, c.ImagePullPolicy = []string{"/app"}, []string{"--serve"}, corev1.PullAlways
		c.Env = []corev1.EnvVar{{Name: "A", Value: "app"}, {Name: "B", Value: "app"}}
		c.Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"/register"}}}}
	})
	for name, c := range map[string]struct {
		change func(*Request)
		want   corev1.Container
		target string
		inside bool
		told   string
	}{
		"its own image": {
			func(r *Request) { r.Image, r.Command = "", []string{"sh"} },
			corev1.Container{Image: pod.Spec.Containers[0].Image, ImagePullPolicy: corev1.PullAlways, Command: []string{"sh"}}, "app", true,
			"app runs another command in shop/web:1, with its own variables, volumes, resources and user; its program does not run; " +
				"the kubectl command leaves out the container's own variables and keeps its lifecycle hooks",
		},
		"a tool that starts by itself": {
			func(*Request) {}, corev1.Container{Image: "busybox:1.37", ImagePullPolicy: corev1.PullIfNotPresent}, "", false,
			"app runs busybox:1.37 instead of its own image, with its own variables, volumes, resources and user; its program does not run; " +
				"the kubectl command leaves out the container's own variables, keeps its lifecycle hooks and keeps its command, which the image may not have",
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := NewPlan(kube.NewPod(pod.DeepCopy()), copied(func(r *Request) {
				r.Copy.InPlaceOf, r.Target, r.Env = "app", "app", []EnvVar{{"B", "tool"}}
				c.change(r)
			}))
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Change.Spec().Containers) != len(pod.Spec.Containers) || plan.Debug.Container != "app" || plan.Target.Container != c.target || plan.Inside() != c.inside {
				t.Errorf("%d containers, the session is in %v, about %v, inside %t", len(plan.Change.Spec().Containers), plan.Debug, plan.Target, plan.Inside())
			}
			got := plan.Change.Container().DeepCopy()
			if diff := cmp.Diff([]corev1.EnvVar{{Name: "A", Value: "app"}, {Name: "B", Value: "tool"}}, got.Env); diff != "" {
				t.Errorf("the variables:\n%s", diff)
			}
			if !got.TTY || !got.Stdin || got.Lifecycle != nil {
				t.Errorf("it has a terminal %t, an input %t, hooks %v", got.TTY, got.Stdin, got.Lifecycle)
			}
			if diff := cmp.Diff(c.want, corev1.Container{Image: got.Image, ImagePullPolicy: got.ImagePullPolicy, Command: got.Command, Args: got.Args}); diff != "" {
				t.Errorf("what it runs:\n%s", diff)
			}
			if !slices.ContainsFunc(plan.Notes, func(n Note) bool { return n.Text == c.told }) {
				t.Errorf("it is told %v", plan.Notes)
			}
		})
	}
}

// What a kubelet runs from a file comes again when it is deleted.
func TestStaticPodIsNotReplaced(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "1"} }))
	_, err := NewPlan(pod, copied(func(r *Request) { r.Copy.Replace = true }))
	kubetest.WantProblem(t, err, "pod web is static")
}

// A deletion whose answer is lost is not taken for one that failed.
func TestReplaceWhoseAnswerIsLost(t *testing.T) {
	deletions := 0
	api := http.NewServeMux()
	api.HandleFunc("POST /api/v1/namespaces/shop/pods", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusCreated, apitest.RunningPod(func(p *corev1.Pod) { p.Name = "web-copy" }))
	})
	api.HandleFunc("GET /api/v1/namespaces/shop/pods/web", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, apitest.RunningPod(func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{Time: time.Now()} }))
	})
	api.HandleFunc("DELETE /api/v1/namespaces/shop/pods/{name}", func(_ http.ResponseWriter, r *http.Request) {
		if r.PathValue("name") != "web" {
			t.Errorf("%s is deleted", r.PathValue("name"))
		}
		deletions++
		panic(http.ErrAbortHandler)
	})
	cluster := kubetest.Serve(t, api)
	plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Copy.Replace = true }))
	if err != nil {
		t.Fatal(err)
	}
	if made, err := plan.Change.Apply(t.Context(), cluster); err != nil || made.Name != "web-copy" || deletions != 1 {
		t.Errorf("after %d deletions: %v, %v", deletions, made, err)
	}
}

// A name that a person has chosen is the copy's, but not that of a further one: it may be taken.
func TestCopyIsNamed(t *testing.T) {
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Own.Name, r.Copy.Named = "", "web-try" }))
	if err != nil {
		t.Fatal(err)
	}
	if plan.Debug.Pod != "web-try" || !strings.Contains(plan.Command, "--copy-to=web-try ") {
		t.Errorf("the copy is %s: %s", plan.Debug.Pod, plan.Command)
	}
	if again := plan.Again("debugger-x3"); again.Debug.Pod != "web-debug-x3" {
		t.Errorf("the next is %s", again.Debug.Pod)
	}
	for name, want := range map[string]string{"web": " cannot be the name", "A": " cannot be the name", strings.Repeat("a", 64): " is too long for a copy of pod web that ends by itself"} {
		_, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Own.Name, r.Copy.Named, r.EndsAfter = "", name, time.Hour }))
		kubetest.WantProblem(t, err, fmt.Sprintf("%q%s", name, want))
	}
}

// What is chosen about the place of a tool is nothing to an idle copy, in which a shell has the target's.
func TestIdleCopyHasItsOwnPlace(t *testing.T) {
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Way, r.Target, r.Copy.InPlaceOf = Idle, "app", "app" }))
	if err != nil {
		t.Fatal(err)
	}
	if done := plan.Change.Done(); !strings.Contains(done, "app idle") {
		t.Errorf("it is said that %s", done)
	}
}

// Where nobody can tell whether the pod is deleted, that is said, and its copy is known to be there.
func TestReplaceOfWhichNobodyCanTell(t *testing.T) {
	api := http.NewServeMux()
	api.HandleFunc("POST /api/v1/namespaces/shop/pods", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusCreated, apitest.RunningPod(func(p *corev1.Pod) { p.Name = "web-copy" }))
	})
	api.HandleFunc("GET /api/v1/namespaces/shop/pods/web", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, apitest.RunningPod())
	})
	api.HandleFunc("DELETE /api/v1/namespaces/shop/pods/{name}", func(_ http.ResponseWriter, r *http.Request) {
		if r.PathValue("name") != "web" {
			t.Errorf("%s is deleted", r.PathValue("name"))
		}
		panic(http.ErrAbortHandler)
	})
	cluster := kubetest.Serve(t, api)
	plan, err := NewPlan(cluster.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Copy.Replace = true }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Change.Apply(t.Context(), cluster); !write.IsUnsure(err) {
		t.Errorf("it comes to %v", err)
	}
}

// Whether the pod is deleted is part of what is shown, and of what the cluster is asked about.
func TestReplaceIsAnotherPlan(t *testing.T) {
	plans := map[bool]Plan{}
	for _, replaces := range []bool{false, true} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Copy.Replace = replaces }))
		if err != nil {
			t.Fatal(err)
		}
		plans[replaces] = plan
		if said := strings.HasPrefix(plan.Adds, "# Once this is created, pod web is deleted.\n"); said != replaces {
			t.Errorf("replaces %t: what is sent is\n%s", replaces, plan.Adds)
		}
	}
	if plans[true].Change.Key() == plans[false].Change.Key() {
		t.Error("the cluster is not asked anew")
	}
}

// A tool that takes a container's place is not killed by the probes of the program.
func TestTakePlaceWithoutProbes(t *testing.T) {
	pod := apitest.RunningPod(wellFurnished)
	for _, profile := range []kube.Profile{kube.General, kube.Legacy} {
		plan, err := NewPlan(kube.NewPod(pod.DeepCopy()), copied(func(r *Request) {
			r.Profile, r.Copy.InPlaceOf, r.Copy.Liveness, r.Copy.Readiness, r.Copy.Startup = profile, "app", true, true, true
		}))
		if err != nil {
			t.Fatal(err)
		}
		if c := plan.Change.Container(); c.LivenessProbe != nil || c.ReadinessProbe != nil || c.StartupProbe != nil {
			t.Errorf("%s: it keeps probes", profile)
		}
		if !slices.ContainsFunc(plan.Notes, func(n Note) bool { return strings.Contains(n.Text, "the kubectl command keeps its probes") }) {
			t.Errorf("%s: it is told %v", profile, plan.Notes)
		}
	}
}

// An exit that was seen is told in the idle copy, also if the pod leaves it out when the copy is made: a kubelet does for a moment between two starts.
func TestIdleCopyTellsTheExitThatWasSeen(t *testing.T) {
	seen := CopyEnvironment{LastExit: map[string]*kube.Exit{"app": {Code: 3, Reason: "Error"}}}
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Way, r.Target = Idle, "app" }).Fit(&seen))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan.Adds, "exit code 3") {
		t.Errorf("what is sent does not tell it:\n%s", plan.Adds)
	}
}

// The image that a container of the pod has need not be among those that are allowed: it is in the cluster already. One that is brought has to be.
func TestGuardOfAPlaceThatIsTaken(t *testing.T) {
	guard := kube.Guard{Images: []string{"reg.corp/**"}}
	for name, c := range map[string]struct {
		change  func(*Request)
		allowed bool
	}{
		"its own image": {func(r *Request) { r.Image, r.Command = "", []string{"sh"} }, true},
		"the tool's":    {func(*Request) {}, false},
		"another of its own": {func(r *Request) {
			r.Image, r.Command, r.Copy.Images = "", []string{"sh"}, []podcopy.Image{{Container: "app", Image: "shop/web:2"}}
		}, false},
		"one that is allowed": {func(r *Request) { r.Image = "reg.corp/tools:1" }, true},
	} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), copied(func(r *Request) { r.Copy.InPlaceOf = "app"; c.change(r) }))
		if err != nil {
			t.Fatal(err)
		}
		if problem := plan.Forbidden(guard); (problem == nil) != c.allowed {
			t.Errorf("%s: %v", name, problem)
		}
	}
}
