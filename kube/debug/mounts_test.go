package debug

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// withVolumes gives the pod volumes, and container app mounts of them.
func withVolumes(p *corev1.Pod) {
	spread := corev1.MountPropagationBidirectional
	for _, name := range []string{"data", "config", "scratch", "aside"} {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name})
	}
	p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{
		{Name: "data", MountPath: "/var/lib/data", MountPropagation: &spread},
		{Name: "config", MountPath: "/etc/app", ReadOnly: true},
		{Name: "config", MountPath: "/etc/hosts.more", SubPath: "hosts"},
		{Name: "data", MountPath: "/backup"},
		{Name: "scratch", MountPath: "/tmp/$(POD)\x1b[2J", SubPathExpr: "$(POD)"},
	}
	p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "proxy"})
	p.Spec.InitContainers = []corev1.Container{{Name: "migrate", VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/d"}}}}
}

const withoutVolumes = "the kubectl command omits the volume mounts: kubectl debug takes them only with --custom"

// The mounts that come along are those of the target, read-only, and what cannot come is told.
func TestMounts(t *testing.T) {
	backup := func(readOnly bool) corev1.VolumeMount {
		return corev1.VolumeMount{Name: "data", MountPath: "/backup", ReadOnly: readOnly}
	}
	data := func(readOnly bool) corev1.VolumeMount {
		return corev1.VolumeMount{Name: "data", MountPath: "/var/lib/data", ReadOnly: readOnly}
	}
	config := corev1.VolumeMount{Name: "config", MountPath: "/etc/app", ReadOnly: true}
	const hosts = "! /etc/hosts.more is not mounted: it is a subPath of volume config, which Kubernetes does not allow in a debug container"
	const tmp = "! /tmp/$(POD)␛[2J is not mounted: it is a subPath of volume scratch, which Kubernetes does not allow in a debug container"
	tests := []struct {
		name, target string
		wanted       []Mount
		mounts       []corev1.VolumeMount
		notes        []string // "! " before those that warn
	}{
		{"nothing wanted", "app", nil, nil, nil},
		{"no target", "", []Mount{{Volume: "data"}}, nil, []string{"! without a target there are no volumes to mount"}},
		{"one volume at two paths", "app", []Mount{{Volume: "data"}}, []corev1.VolumeMount{backup(true), data(true)}, []string{withoutVolumes}},
		{"writable", "app", []Mount{{Volume: "data", Writable: true}}, []corev1.VolumeMount{backup(false), data(false)}, []string{withoutVolumes}},
		{"all", "app", []Mount{{Volume: AllVolumes}}, []corev1.VolumeMount{backup(true), config, data(true)}, []string{hosts, tmp, withoutVolumes}},
		{
			"all, and one of them writable", "app",
			[]Mount{{Volume: "data", Writable: true}, {Volume: AllVolumes}},
			[]corev1.VolumeMount{backup(false), data(false), config},
			[]string{hosts, tmp, withoutVolumes},
		},
		{
			"read-only in the target", "app",
			[]Mount{{Volume: "config", Writable: true}},
			[]corev1.VolumeMount{config},
			[]string{"! /etc/app stays read-only: the target mounts it read-only", hosts, withoutVolumes},
		},
		{"only inside", "app", []Mount{{Volume: "scratch"}}, nil, []string{tmp}},
		{"of an init container", "migrate", []Mount{{Volume: "all"}}, []corev1.VolumeMount{{Name: "data", MountPath: "/d", ReadOnly: true}}, []string{withoutVolumes}},
		{"not mounted", "app", []Mount{{Volume: "aside"}}, nil, []string{`! app does not mount volume "aside": it is not mounted here either`}},
		{"no such volume", "app", []Mount{{Volume: "dat\x1b"}}, nil, []string{`! the pod has no volume "dat␛" to mount`}},
		{"nothing mounted", "proxy", []Mount{{Volume: "all"}}, nil, []string{"! proxy mounts no volumes: there are none to mount here"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pod := apitest.RunningPod(withVolumes)
			list, notes := mounts(pod, tt.target, tt.wanted)
			if diff := cmp.Diff(tt.mounts, list); diff != "" {
				t.Errorf("mounts (- want, + got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, noteTexts(notes)); diff != "" {
				t.Errorf("notes (- want, + got):\n%s", diff)
			}
			if diff := cmp.Diff(apitest.RunningPod(withVolumes), pod); diff != "" {
				t.Errorf("the pod itself has changed:\n%s", diff)
			}
		})
	}
}

func noteTexts(notes []Note) []string {
	var texts []string
	for _, n := range notes {
		if n.Text != kube.Sanitize(n.Text) {
			texts = append(texts, "not clean")
		}
		texts = append(texts, map[bool]string{true: "! "}[n.Warns]+n.Text)
	}
	return texts
}

// The volumes of a container that is not running can be looked at too, also when the same is done again from its request.
func TestMountsOfAContainerThatIsNotRunning(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod(withVolumes, func(p *corev1.Pod) {
		p.Status.ContainerStatuses[0].State = apitest.Waiting("CrashLoopBackOff", "")
	}))
	r := request(func(r *Request) { r.Target, r.Mounts = "app", []Mount{{Volume: "config"}} })
	for range 2 {
		plan, err := NewPlan(pod, r)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Target.Container != "" || !strings.Contains(plan.Adds, "volumeMounts:\n- mountPath: /etc/app\n  name: config\n  readOnly: true\n") {
			t.Errorf("looking at %q it adds\n%s", plan.Target.Container, plan.Adds)
		}
		if plan.Request.MountsOf != "app" {
			t.Errorf("to do it again it would take the mounts of %q", plan.Request.MountsOf)
		}
		if strings.Contains(plan.Command, "/etc/app") || !strings.Contains(strings.Join(noteTexts(plan.Notes), "\n"), withoutVolumes) {
			t.Errorf("the command is %s, the notes are %q", plan.Command, noteTexts(plan.Notes))
		}
		r = plan.Request
	}
}

// A partial container is merged over the mounts: where both name a path, it counts, and other paths stay.
func TestCustomOverMounts(t *testing.T) {
	custom, err := ParseCustom("x.yaml", []byte("volumeMounts: [{name: aside, mountPath: /backup}]"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(kube.NewPod(apitest.RunningPod(withVolumes)), request(func(r *Request) {
		r.Target, r.Mounts, r.Custom = "app", []Mount{{Volume: "data"}}, custom
	}))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan.Adds, "mountPath: /backup\n  name: aside\n") || !strings.Contains(plan.Adds, "mountPath: /var/lib/data\n  name: data\n  readOnly: true\n") {
		t.Errorf("it adds\n%s", plan.Adds)
	}
}
