package debug

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// idle is a request for an idle copy of the container app.
func idle(changes ...func(*Request)) Request {
	return copied(append([]func(*Request){func(r *Request) { r.Way, r.Target, r.Image = Idle, "app", "busybox:1.37-musl" }}, changes...)...)
}

// In an idle copy the container has its own image, the tool image only fills a volume, and the session is a shell by exec.
func TestIdleCopy(t *testing.T) {
	pod := apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.Containers[0].Command = []string{"/web", "-v"}
		p.Status.ContainerStatuses[0].State = apitest.Terminated(3, "Error", "")
	})
	plan, err := NewPlan(kube.NewPod(pod), idle())
	if err != nil {
		t.Fatal(err)
	}
	if plan.Debug != (kube.Target{Namespace: "shop", Pod: "web-copy", Container: "app"}) || plan.Image != "shop/web:1" || len(plan.Exec) == 0 || !plan.Request.Private {
		t.Errorf("it is %v with %s, and runs %q", plan.Debug, plan.Image, plan.Exec)
	}
	spec := plan.Change.Spec()
	if len(spec.Containers) != len(pod.Spec.Containers) || len(spec.InitContainers) != 1 || spec.InitContainers[0].Image != "busybox:1.37-musl" {
		t.Errorf("its containers are\n%s", plan.Adds)
	}
	if command := strings.Join(plan.Change.Container().Command, " "); !strings.HasSuffix(command, " /web -v") || !strings.Contains(command, "busybox") {
		t.Errorf("app runs %s", command)
	}
	if want := "kubectl debug -it web --namespace=shop --copy-to=web-copy --share-processes --container=app --profile=general --image-pull-policy=IfNotPresent -- sh"; plan.Command != want {
		t.Errorf("the command is %s", plan.Command)
	}
}

// What cannot be idle is told before anything is sent.
func TestIdleCopyRefused(t *testing.T) {
	for name, c := range map[string]struct {
		target, want string
	}{
		"none":          {"", "choose the container"},
		"not there":     {"nope", `pod web has no container "nope"`},
		"one of dayfly": {"old", `pod web has no container "old"`},
	} {
		_, err := NewPlan(kube.NewPod(apitest.RunningPod(wellFurnished)), idle(func(r *Request) { r.Target = c.target }))
		if p := kubetest.WantProblem(t, err, c.want); p == nil {
			t.Errorf("%s: no problem", name)
		}
	}
}

// A profile only adds: what the program has in the pod it has in the copy.
func TestIdleCopyKeepsItsSecurity(t *testing.T) {
	own := &corev1.SecurityContext{RunAsUser: new(int64(1000))}
	for _, profile := range kube.Profiles() {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext = own })), idle(func(r *Request) { r.Profile = profile }))
		if err != nil {
			t.Fatal(err)
		}
		got := plan.Change.Container().SecurityContext
		adds := got.Privileged != nil || got.Capabilities != nil
		if got.RunAsUser == nil || *got.RunAsUser != 1000 || got.RunAsNonRoot != nil || adds != (profile == kube.Sysadmin || profile == kube.Netadmin) {
			t.Errorf("%s: %+v", profile, got)
		}
	}
}

// Rules look at every image that a copy brings: the one of the tools, and those that are set.
func TestImagesOfACopyAreGuarded(t *testing.T) {
	only := kube.Guard{Images: []string{"tools/**", "busybox:1.37"}}
	for name, c := range map[string]struct {
		request Request
		refused bool
	}{
		"tools":              {idle(func(r *Request) { r.Image = "evil/busybox:1" }), true},
		"tools, allowed":     {idle(func(r *Request) { r.Image = "busybox:1.37" }), false},
		"set image":          {copied(func(r *Request) { r.Copy.Images = []podcopy.Image{{Container: "app", Image: "evil/web:1"}} }), true},
		"set image, allowed": {copied(func(r *Request) { r.Copy.Images = []podcopy.Image{{Container: "app", Image: "tools/web:2"}} }), false},
	} {
		plan, err := NewPlan(kube.NewPod(apitest.RunningPod()), c.request)
		if err != nil {
			t.Fatal(err)
		}
		if p := plan.Forbidden(only); (p != nil) != c.refused {
			t.Errorf("%s: refused by %v", name, p)
		}
	}
}

func TestStaticBusybox(t *testing.T) {
	for image, want := range map[string]string{
		"busybox": "busybox:musl", "busybox:latest": "busybox:musl", "busybox:1.37": "busybox:1.37-musl", "docker.io/library/busybox:1.37": "busybox:1.37-musl",
		"busybox:1.37-musl": "busybox:1.37-musl", "busybox:uclibc": "busybox:uclibc", "quay.io/team/busybox:1": "quay.io/team/busybox:1", "Nonsense": "Nonsense",
	} {
		if got := StaticBusybox(image); got != want {
			t.Errorf("%s is replaced by %s, want %s", image, got, want)
		}
	}
}
