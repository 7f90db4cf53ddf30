package podcopy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// sentCopy is a copy as it is sent: of two containers and an init container.
func sentCopy() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-copy", Labels: map[string]string{"app.kubernetes.io/managed-by": "dayfly", "tier": "front"}},
		Spec: corev1.PodSpec{
			RestartPolicy:  corev1.RestartPolicyNever,
			InitContainers: []corev1.Container{{Name: "prepare", Image: "shop/prepare:1"}},
			Containers: []corev1.Container{
				{Name: "app", Image: "shop/web:1", Command: []string{"web"}, Env: []corev1.EnvVar{{Name: "A", Value: "1"}}, Resources: corev1.ResourceRequirements{
					Limits: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")},
				}},
				{Name: "debugger-1", Image: "busybox:1.37"},
			},
		},
	}
}

// fillDefaults fills in what an API server and the admission plugins that are on by default fill in.
func fillDefaults(p *corev1.Pod) {
	p.UID, p.Generation, p.CreationTimestamp = "1", 1, metav1.Unix(1, 0)
	s := &p.Spec
	s.DNSPolicy, s.SchedulerName, s.ServiceAccountName, s.DeprecatedServiceAccount = corev1.DNSClusterFirst, corev1.DefaultSchedulerName, "default", "default"
	s.SecurityContext, s.Priority, s.PriorityClassName, s.EnableServiceLinks = &corev1.PodSecurityContext{}, new(int32(100)), "usual", new(true)
	s.PreemptionPolicy, s.TerminationGracePeriodSeconds = new(corev1.PreemptLowerPriority), new(int64(30))
	s.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "of-the-account"}}
	s.Volumes = append(s.Volumes, corev1.Volume{Name: "kube-api-access-x2z8q"})
	for _, key := range []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/memory-pressure"} {
		s.Tolerations = append(s.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute})
	}
	for _, list := range [][]corev1.Container{s.InitContainers, s.Containers} {
		for i := range list {
			c := &list[i]
			c.ImagePullPolicy, c.TerminationMessagePath, c.TerminationMessagePolicy = corev1.PullIfNotPresent, "/dev/termination-log", corev1.TerminationMessageReadFile
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "kube-api-access-x2z8q", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true})
			if c.Resources.Limits != nil {
				c.Resources.Requests = c.Resources.Limits.DeepCopy()
			}
		}
	}
}

func TestAdmitted(t *testing.T) {
	inject := func(names ...string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			for _, name := range names {
				p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: name, Image: "mesh/" + name + ":1"})
			}
		}
	}
	each := func(change func(*corev1.Container)) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			for i := range p.Spec.Containers {
				change(&p.Spec.Containers[i])
			}
		}
	}
	list := func(cpu, memory string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
	}
	around := podcopy.Environment{
		Namespace: selectors.Namespace{
			Services:    []selectors.Service{{Selecting: selecting(t, "Service", "web", "app=web,tier=front")}, {Selecting: selecting(t, "Service", "all", "tier=front")}},
			Controllers: []selectors.Selecting{selecting(t, "ReplicaSet", "web-1", "app=web"), selecting(t, "StatefulSet", "web", "app=web")},
		},
	}
	for name, test := range map[string]struct {
		does func(*corev1.Pod)
		want []string
	}{
		"nothing": {func(*corev1.Pod) {}, nil},
		"Istio": {func(p *corev1.Pod) {
			inject("istio-proxy")(p)
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "istio-envoy"})
			p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: "istio-init", Image: "mesh/init:1"})
		}, []string{
			"warns: the cluster adds container istio-proxy (mesh/istio-proxy:1) and init container istio-init (mesh/init:1) to the copy: a webhook injects them " +
				"[leave the copy out of Istio (label sidecar.istio.io/inject: false)]",
		}},
		"Linkerd, as a sidecar": {func(p *corev1.Pod) {
			always := corev1.ContainerRestartPolicyAlways
			p.Spec.InitContainers = append([]corev1.Container{{Name: "linkerd-proxy", Image: "l5d:1", RestartPolicy: &always}}, p.Spec.InitContainers...)
		}, []string{"warns: the cluster adds sidecar linkerd-proxy (l5d:1) to the copy: a webhook injects it [leave the copy out of Linkerd (annotation linkerd.io/inject: disabled)]"}},
		"another": {inject("agent\x1b[2J"), []string{"warns: the cluster adds container agent␛[2J (mesh/agent␛[2J:1) to the copy: a webhook injects it"}},
		"many":    {inject("a", "b", "c", "d", "e", "f"), []string{"warns: the cluster adds container a (mesh/a:1), container b (mesh/b:1), container c (mesh/c:1), container d (mesh/d:1) and 2 more to the copy: a webhook injects them"}},
		"missing": {func(p *corev1.Pod) { p.Spec.Containers = p.Spec.Containers[1:] }, []string{"warns: the cluster takes container app out of the copy"}},
		"a label": {func(p *corev1.Pod) { p.Labels["team"] = "x" }, []string{"tells: the cluster sets label team=x on the copy"}},
		"a label that is selected": {func(p *corev1.Pod) { p.Labels["app"] = "web" }, []string{
			"warns: the cluster sets label app=web on the copy; with that, Service web sends it traffic; with that, ReplicaSet web-1 would adopt it",
		}},
		"labels changed and removed": {func(p *corev1.Pod) { p.Labels = map[string]string{"tier": "back", "x": "y"} }, []string{
			"tells: the cluster sets labels tier=back and x=y on the copy", "tells: the cluster takes label app.kubernetes.io/managed-by off the copy",
		}},
		"restarts": {func(p *corev1.Pod) { p.Spec.RestartPolicy = corev1.RestartPolicyAlways }, []string{"warns: the cluster changes the copy's restartPolicy from Never to Always"}},
		"command":  {each(func(c *corev1.Container) { c.Command = append([]string{"/wrap"}, c.Command...) }), []string{"warns: the cluster changes the command of app and debugger-1: they do not run what is shown here"}},
		"arguments": {func(p *corev1.Pod) { p.Spec.InitContainers[0].Args = []string{"x"} }, []string{
			"warns: the cluster changes the command of prepare: it does not run what is shown here",
		}},
		"gate": {func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "queue"}} }, []string{
			"warns: the cluster adds scheduling gate queue: the copy does not start before it is taken away",
		}},
		"user": {func(p *corev1.Pod) {
			p.Spec.SecurityContext.RunAsUser = new(int64(1000))
			p.Spec.Containers[1].SecurityContext = &corev1.SecurityContext{RunAsUser: new(int64(7))}
		}, []string{"tells: the cluster runs prepare and app as user 1000", "tells: the cluster runs debugger-1 as user 7"}},
		"image": {func(p *corev1.Pod) { p.Spec.Containers[0].Image = "mirror/web:1" }, []string{"tells: the cluster replaces the image of app: mirror/web:1 instead of shop/web:1"}},
		"LimitRange": {func(p *corev1.Pod) {
			p.Annotations = map[string]string{"kubernetes.io/limit-ranger": "LimitRanger plugin set: …"}
			p.Spec.Containers[1].Resources = corev1.ResourceRequirements{Requests: list("100m", "64Mi"), Limits: list("500m", "128Mi")}
		}, []string{"warns: a LimitRange gives debugger-1 requests of 100m CPU and 64 MiB memory, limits of 500m CPU and 128 MiB memory: what uses more memory is killed"}},
		"requests only": {each(func(c *corev1.Container) {
			c.Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("1Mi")}
		}), []string{"tells: the cluster gives app and debugger-1 requests of 10m CPU and 1 MiB memory"}},
		"variables": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = append([]corev1.EnvVar{{Name: "HTTP_PROXY", Value: "x"}, {Name: "A", Value: "2"}}, p.Spec.Containers[0].Env[1:]...)
		}, []string{"tells: the cluster sets variables HTTP_PROXY and A in app"}},
		"volume": {each(func(c *corev1.Container) {
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "secrets", MountPath: "/vault"})
		}), []string{
			"tells: the cluster mounts volume secrets at /vault into app and debugger-1",
		}},
		"place": {func(p *corev1.Pod) {
			p.Spec.NodeSelector, p.Spec.SchedulerName, p.Spec.RuntimeClassName = map[string]string{"pool": "b"}, "queue", new("gvisor")
			p.Spec.Tolerations = append(p.Spec.Tolerations, corev1.Toleration{Key: "spot", Value: "yes", Effect: corev1.TaintEffectNoSchedule}, corev1.Toleration{Operator: corev1.TolerationOpExists})
			p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}
		}, []string{
			"tells: the cluster lets the copy run only on nodes with label pool=b",
			"tells: the cluster adds tolerations spot=yes:NoSchedule and all taints to the copy",
			"tells: the cluster changes the copy's affinity: it may run on other nodes than the pod",
			"tells: the cluster leaves the choice of a node to scheduler queue",
			"tells: the cluster runs the copy with RuntimeClass gvisor",
		}},
	} {
		sent, answered := sentCopy(), sentCopy()
		fillDefaults(answered)
		test.does(answered)
		before := sent.DeepCopy()
		var got []string
		for _, f := range podcopy.Admitted(sent, answered, around) {
			line := map[podcopy.Severity]string{podcopy.Info: "tells: ", podcopy.Warning: "warns: "}[f.Severity] + f.Text
			for _, r := range f.Remedies {
				line += " [" + r.Words + "]"
			}
			apitest.WantClean(t, line)
			got = append(got, line)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: the findings are (- want, + got):\n%s", name, diff)
		}
		if diff := cmp.Diff(before, sent); diff != "" {
			t.Errorf("%s: what is sent has changed:\n%s", name, diff)
		}
	}
}

// The remedy against a mesh is what its documentation says, and only that: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/ and
// https://linkerd.io/2/features/proxy-injection/
func TestOptOut(t *testing.T) {
	for container, want := range map[string]metav1.ObjectMeta{
		"istio-proxy":   {Labels: map[string]string{"app.kubernetes.io/managed-by": "dayfly", "tier": "front", "sidecar.istio.io/inject": "false"}},
		"linkerd-proxy": {Labels: map[string]string{"app.kubernetes.io/managed-by": "dayfly", "tier": "front"}, Annotations: map[string]string{"linkerd.io/inject": "disabled"}},
	} {
		sent, answered := sentCopy(), sentCopy()
		answered.Spec.Containers = append(answered.Spec.Containers, corev1.Container{Name: container})
		found := podcopy.Admitted(sent, answered, podcopy.Environment{})
		if len(found) != 1 || len(found[0].Remedies) != 1 {
			t.Fatalf("%s: %+v", container, found)
		}
		chosen := podcopy.Choices{OptOut: []string{"another"}}
		once := found[0].Remedies[0].Apply(chosen)
		after := found[0].Remedies[0].Apply(once)
		if !slices.Equal(once.OptOut, after.OptOut) {
			t.Errorf("%s: applied again it is %q", container, after.OptOut)
		}
		meta, before := sent.ObjectMeta, sent.DeepCopy()
		after.MarkOptOuts(&meta)
		if want.Name = sent.Name; cmp.Diff(want, meta) != "" || !slices.Equal(chosen.OptOut, []string{"another"}) || cmp.Diff(before, sent) != "" {
			t.Errorf("%s: (- want, + got)\n%s", container, strings.TrimSpace(cmp.Diff(want, meta)))
		}
	}
}
