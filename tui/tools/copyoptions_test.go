package tools

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// copiedPod is one of which much can be chosen.
func copiedPod() *kube.Pod {
	return kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.Labels = map[string]string{"app": "web", "tier": "front"}
		p.Annotations = map[string]string{"team": "shop"}
		p.Spec.InitContainers = []corev1.Container{{Name: "migrate", Image: "shop/migrate:1"}}
		p.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}}}
		p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	}))
}

// Each option is turned by its key, says what follows, and comes back with the others when they are taken.
func TestCopyOptions(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	var chosen *podcopy.Choices
	selected := podcopy.Environment{
		Namespace: selectors.Namespace{
			Services: []selectors.Service{{Selecting: selectors.Selecting{
				Kind: "Service", Name: "web", Selector: labels.SelectorFromSet(labels.Set{"app": "web"}),
			}}},
		},
	}
	s := newCopyOptions(d.Kit, "web › options", copiedPod(), podcopy.Choices{}, selected, false, func(c podcopy.Choices) tea.Msg {
		chosen = &c
		return kit.Leave{}
	})
	text := ansi.Strip(s.View(80, 24))
	for _, want := range []string{"[ ] app=web", "selected by Service web", "no selector needs it", "[ ] annotations", "[x] init containers", "they run again: migrate", "mounted read-only: data", "shop/web:1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the screen\n%s", want, text)
		}
	}
	if before, _, _ := strings.Cut(text, "tier=front"); !strings.Contains(before, "app=web") {
		t.Errorf("what somebody selects by is not first\n%s", text)
	}
	turned := 0
	for range s.options() {
		if o, _ := s.option(); o.Turn != nil {
			s.Update(kittest.Press("space"))
			if after, _ := s.option(); after.On == o.On || after.Means == o.Means && o.Group != "keep labels" {
				t.Errorf("%s is not turned: %+v, %+v", o.Words, o, after)
			}
			turned++
		}
		s.Update(kittest.Press("down"))
	}
	s.Update(kittest.Press("enter"))
	want := podcopy.Choices{Labels: []string{"app", "tier"}, Annotations: true, NoInit: true, Restarts: true, Separate: true, SameNode: true, Writable: true}
	if chosen == nil || !slices.Equal(chosen.Labels, want.Labels) || chosen.Annotations != want.Annotations || chosen.NoInit != want.NoInit || chosen.Restarts != want.Restarts ||
		chosen.Separate != want.Separate || chosen.SameNode != want.SameNode || chosen.Writable != want.Writable {
		t.Errorf("chosen after %d options is %+v", turned, chosen)
	}
}

// Where not all that selects pods could be read, no label is said to be needed by nobody.
func TestCopyOptionsWithoutSelectors(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	s := newCopyOptions(d.Kit, "web › options", copiedPod(), podcopy.Choices{}, podcopy.Environment{Namespace: selectors.Namespace{Unread: []string{"ReplicaSets", "Nodes"}}}, true, nil)
	text := ansi.Strip(s.View(80, 24))
	if strings.Contains(text, "no selector needs it") || !strings.Contains(text, "not known: ReplicaSets could not be read") {
		t.Errorf("the screen says\n%s", text)
	}
	if strings.Contains(text, "restart containers") {
		t.Errorf("in an idle copy, containers seem to be restarted\n%s", text)
	}
}

// An image is typed, and taken back with the same key.
func TestCopyOptionsImage(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	s := newCopyOptions(d.Kit, "web › options", copiedPod(), podcopy.Choices{}, podcopy.Environment{}, false, nil)
	s.cursor.At = slices.IndexFunc(s.options(), func(o podcopy.Option) bool { return o.Image == "app" })
	s.Update(imageMsg{s, "app", "shop/web:2"})
	if o, _ := s.option(); !o.On || o.Means != "shop/web:2 instead of shop/web:1" {
		t.Errorf("the option is %+v", o)
	}
	s.Update(kittest.Press("space"))
	if o, _ := s.option(); o.On || len(s.choices.Images) > 0 {
		t.Errorf("it is not taken back: %+v, %+v", o, s.choices)
	}
	kittest.CheckEverySize(t, s)
	kittest.CheckPresses(t, s.keys)
}

// One image can be for all containers that have none of their own.
func TestCopyOptionsImageOfAll(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	pod := kube.NewPod(apitest.RunningPod(func(p *corev1.Pod) {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "sidecar", Image: "shop/side:1"})
	}))
	s := newCopyOptions(d.Kit, "web › options", pod, podcopy.Choices{}, podcopy.Environment{}, false, nil)
	s.cursor.At = slices.IndexFunc(s.options(), func(o podcopy.Option) bool { return o.Image == podcopy.All })
	if o, _ := s.option(); o.On || o.Means != "each its own" {
		t.Errorf("the option is %+v", o)
	}
	s.Update(imageMsg{s, podcopy.All, "shop/web:2"})
	text := ansi.Strip(s.View(80, 24))
	for _, want := range []string{"shop/web:2 instead of shop/web:1", "shop/web:2 instead of shop/side:1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the screen\n%s", want, text)
		}
	}
	s.Update(kittest.Press("space"))
	if o, _ := s.option(); o.On || len(s.choices.Images) > 0 {
		t.Errorf("it is not taken back: %+v, %+v", o, s.choices)
	}
}

// Before a pod is deleted its name is typed, in whatever context.
func TestReplaceAsksForTheName(t *testing.T) {
	job := runner.Job{Cluster: onePodDesk(t, kittest.Running).Cluster, Plan: &debug.Plan{Target: kube.Target{Pod: "web"}, Request: debug.Request{Way: debug.Copy}}}
	if missing := job.Missing(); missing != runner.Nothing {
		t.Errorf("%v is missing for a copy that replaces nothing", missing)
	}
	job.Plan.Request.Copy.Replace = true
	if missing := job.Missing(); missing != runner.PodName {
		t.Errorf("%v is missing", missing)
	}
	if pod, why := job.ToType(); pod.Pod != "web" || why != "pod web will be deleted" {
		t.Errorf("%s is to be typed, because %s", pod, why)
	}
	job.Plan.Request.Way = debug.InPod // to which no choice about copies applies
	if missing := job.Missing(); missing != runner.Nothing {
		t.Errorf("%v is missing in the pod", missing)
	}
}

// What the life of a pod of the session's own is, its line says.
func TestOwnPodLife(t *testing.T) {
	plan := func(request debug.Request) debug.Plan {
		return debug.Plan{Request: request, Leftovers: []leftovers.Leftover{{Removable: true}}}
	}
	for want, c := range map[string]struct {
		plan  debug.Plan
		keeps bool
	}{
		"dayfly deletes it on exit, the cluster after 1h": {plan(debug.Request{EndsAfter: debug.CopyLife}), false},
		"dayfly deletes it on exit; it ends after 1h":     {plan(debug.Request{EndsAfter: debug.CopyLife, Own: debug.OwnPod{NoTimer: true}}), false},
		"dayfly deletes it on exit":                       {plan(debug.Request{}), false},
		"the cluster deletes it after 1h; you may not":    {plan(debug.Request{EndsAfter: debug.CopyLife}), true},
		"stays: you may not delete it":                    {plan(debug.Request{}), true},
	} {
		if got := (Mode{}).words(c.plan, c.keeps); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	life, seen := debug.CopyLife, 0
	for range 5 {
		if life = nextOwnPod(life, debug.CopyLife); life == 0 {
			seen++
		}
	}
	if life != debug.CopyLife || seen != 1 {
		t.Errorf("the ring comes to %s, and has %d without an end", life, seen)
	}
}

// A refusal with a remedy is said once, and m gives what the quota wants; that is an option of the copy then, which can be taken back.
func TestQuotaIsMetByOneKey(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	d.Width, d.Height = 120, 60
	s := toolsOn(t, d)
	s.way = debug.Copy
	s.around.Copy = &debug.CopyEnvironment{}
	s.replan()
	pod, name := s.plan.Debug.Pod, s.plan.Debug.Container
	s.preflight.of(s.Cluster, s.plan)
	refused := &kube.Problem{
		Message: "create it: quota small wants what is not set: limits.cpu of " + name,
		Err:     errors.New(`pods "` + pod + `" is forbidden: failed quota: small: must specify limits.cpu for: ` + name),
	}
	s.preflight.known, s.preflight.asking, s.preflight.answer = true, false, debug.Preflight{Admission: kube.No, Problem: refused}
	text := strings.Join(strings.Fields(d.Text()), " ")
	if strings.Count(text, "quota small wants what is not set: limits.cpu") != 1 || !strings.Contains(text, "m: give "+name+" small requests and limits") {
		t.Fatalf("the screen says\n%s", d.Text())
	}
	d.Do(t, kittest.Press("m"))
	if !s.choices.Limited || !strings.Contains(s.plan.Adds, "memory: 256Mi") {
		t.Errorf("chosen is %+v, the plan\n%s", s.choices, s.plan.Adds)
	}
	var options []string
	for _, o := range podcopy.Options(s.Pod.Object(), s.choices, s.around.Copy.Around, false) {
		if o.Words == "limits" && o.On && !o.Turn(s.choices).Limited {
			options = append(options, o.Means)
		}
	}
	if len(options) != 1 {
		t.Errorf("it cannot be taken back: %q", options)
	}
}

// The copy's name is typed, held against what a name can be, and made up again with the same key.
func TestCopyOptionsName(t *testing.T) {
	d := onePodDesk(t, kittest.Running)
	s := newCopyOptions(d.Kit, "web › options", copiedPod(), podcopy.Choices{}, podcopy.Environment{}, false, nil)
	s.cursor.At = slices.IndexFunc(s.options(), func(o podcopy.Option) bool { return o.Name })
	for name, wants := range map[string]bool{"web-try": true, "web": false, "Web": false, "": false} {
		if problem := debug.CheckCopyName(s.pod, name); (problem == nil) != wants {
			t.Errorf("%q: %v", name, problem)
		}
	}
	s.Update(nameMsg{s, "web-try"})
	if o, _ := s.option(); !o.On || o.Means != "web-try" || s.choices.Named != "web-try" {
		t.Errorf("the option is %+v", o)
	}
	s.Update(kittest.Press("space"))
	if o, _ := s.option(); o.On || s.choices.Named != "" {
		t.Errorf("it is not made up: %+v", o)
	}
}
