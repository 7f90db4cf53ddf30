package crashloop_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// open opens container app of a pod that it is alone in, unless it is changed.
func open(t *testing.T, app corev1.Container, change func(*corev1.PodSpec)) (spec *corev1.PodSpec, exec []string) {
	t.Helper()
	app.Name, app.Image = "app", "app:1"
	spec = &corev1.PodSpec{RestartPolicy: corev1.RestartPolicyAlways, Containers: []corev1.Container{app}}
	if change != nil {
		change(spec)
	}
	exec, err := crashloop.Open(spec, crashloop.Container{Spec: app}, crashloop.Tools{Image: "busybox:musl", PullPolicy: corev1.PullIfNotPresent})
	if err != nil {
		t.Fatal(err)
	}
	return spec, exec
}

// The container keeps what its program would find, and loses what would end it or run beside it.
func TestOpen(t *testing.T) {
	t.Parallel()
	handler := corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}}
	app := corev1.Container{
		Command: []string{"/app", "$(A)"}, Args: []string{"--x"}, WorkingDir: "/srv", Stdin: true, TTY: true,
		Env: []corev1.EnvVar{{Name: "A", Value: "1"}}, Ports: []corev1.ContainerPort{{ContainerPort: 80}},
		VolumeMounts:    []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		SecurityContext: &corev1.SecurityContext{RunAsUser: new(int64(7)), Privileged: new(true)},
		RestartPolicy:   new(corev1.ContainerRestartPolicyOnFailure), RestartPolicyRules: []corev1.ContainerRestartRule{{}},
		LivenessProbe: &corev1.Probe{ProbeHandler: handler}, ReadinessProbe: &corev1.Probe{ProbeHandler: handler}, StartupProbe: &corev1.Probe{ProbeHandler: handler},
		Lifecycle: &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: handler.Exec}},
	}
	spec, exec := open(t, *app.DeepCopy(), func(s *corev1.PodSpec) {
		s.InitContainers = []corev1.Container{{Name: "migrate"}}
		s.Volumes = []corev1.Volume{{Name: "data"}}
	})
	want := app
	want.Name, want.Image = "app", "app:1"
	want.Command, want.Args = []string{"/.dayfly/busybox", "sh", "/.dayfly/idle", "2", "yes", "/app", "$(A)", "--x"}, nil
	want.VolumeMounts = append(want.VolumeMounts, corev1.VolumeMount{Name: "dayfly", MountPath: "/.dayfly"})
	want.LivenessProbe, want.ReadinessProbe, want.StartupProbe, want.Lifecycle, want.RestartPolicy, want.RestartPolicyRules = nil, nil, nil, nil, nil, nil
	if diff := cmp.Diff(want, spec.Containers[0]); diff != "" {
		t.Errorf("the container (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/.dayfly/busybox", "sh", "/.dayfly/session"}, exec); diff != "" {
		t.Errorf("a session (- want, + got):\n%s", diff)
	}
	first := spec.InitContainers[0]
	if first.Name != "dayfly-tools" || first.Image != "busybox:musl" || first.ImagePullPolicy != corev1.PullIfNotPresent || spec.InitContainers[1].Name != "migrate" {
		t.Errorf("the init containers are %+v", spec.InitContainers)
	}
	if diff := cmp.Diff([]corev1.VolumeMount{{Name: "dayfly", MountPath: "/.dayfly"}}, first.VolumeMounts); diff != "" {
		t.Errorf("its mounts (- want, + got):\n%s", diff)
	}
	last := spec.Volumes[len(spec.Volumes)-1]
	if last.Name != "dayfly" || last.EmptyDir == nil || last.EmptyDir.Medium != "" || last.EmptyDir.SizeLimit.String() != "64Mi" {
		t.Errorf("the volume is %+v", last)
	}
	if spec.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("the copy restarts %s", spec.RestartPolicy)
	}
}

// Names and paths that are taken are left alone.
func TestOpenBesideWhatIsThere(t *testing.T) {
	t.Parallel()
	spec, exec := open(t, corev1.Container{VolumeMounts: []corev1.VolumeMount{{Name: "dayfly", MountPath: "/.dayfly/data/"}, {Name: "dayfly-2", MountPath: "/.dayfly-2"}}},
		func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "dayfly"}, {Name: "dayfly-2"}}
			s.InitContainers = []corev1.Container{{Name: "dayfly-tools"}}
			s.Containers = append(s.Containers, corev1.Container{Name: "dayfly-tools-2"})
		})
	first, app := spec.InitContainers[0], spec.Containers[0]
	mount := corev1.VolumeMount{Name: "dayfly-3", MountPath: "/.dayfly-3"}
	if first.Name != "dayfly-tools-3" || !cmp.Equal(first.VolumeMounts, []corev1.VolumeMount{mount}) || !cmp.Equal(app.VolumeMounts[2], mount) {
		t.Errorf("init container %s mounts %v, the container %v", first.Name, first.VolumeMounts, app.VolumeMounts)
	}
	if app.Command[0] != "/.dayfly-3/busybox" || exec[2] != "/.dayfly-3/session" || first.Args[0] != "/.dayfly-3" {
		t.Errorf("it runs %q, a session %q, and the init container %q", app.Command, exec, first.Args[0])
	}
	for _, text := range slices.Concat(first.Command, first.Args) {
		if strings.Contains(text, "/.dayfly/") || strings.Contains(text, "/.dayfly\n") {
			t.Errorf("a script still has /.dayfly:\n%s", text)
		}
	}
}

// An init container is opened in its place, behind the tools; one that stays beside the others stays there.
func TestOpenInitContainer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy, want *corev1.ContainerRestartPolicy
	}{
		"one that ends":           {nil, nil},
		"a sidecar":               {new(corev1.ContainerRestartPolicyAlways), new(corev1.ContainerRestartPolicyAlways)},
		"one that is tried again": {new(corev1.ContainerRestartPolicyOnFailure), nil},
	} {
		t.Run(name, func(t *testing.T) {
			spec, _ := open(t, corev1.Container{Command: []string{"migrate"}}, func(s *corev1.PodSpec) {
				init := s.Containers[0]
				init.RestartPolicy = test.policy
				s.InitContainers, s.Containers = []corev1.Container{{Name: "first"}, init}, []corev1.Container{{Name: "web", Command: []string{"web"}}}
			})
			opened := spec.InitContainers[2]
			if opened.Command[len(opened.Command)-1] != "migrate" || opened.Command[0] != "/.dayfly/busybox" || spec.Containers[0].Command[0] != "web" {
				t.Errorf("it runs %q, and the container behind it %q", opened.Command, spec.Containers[0].Command)
			}
			if diff := cmp.Diff(test.want, opened.RestartPolicy); diff != "" {
				t.Errorf("its restart policy (- want, + got):\n%s", diff)
			}
		})
	}
}

// What cannot be opened is an error that says why, and nothing is changed.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	app := corev1.Container{Name: "app"}
	long := *app.DeepCopy()
	long.ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{strings.Repeat("x", 128<<10)}}}}
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		c    corev1.Container
		want string
	}{
		"no such container": {corev1.PodSpec{Containers: []corev1.Container{app}}, corev1.Container{Name: "\x1bx"}, `the copy has no container "␛x"`},
		"Windows":           {corev1.PodSpec{OS: &corev1.PodOS{Name: corev1.Windows}, Containers: []corev1.Container{app}}, app, "the pod is for Windows, where there is no busybox"},
		"a long probe":      {corev1.PodSpec{Containers: []corev1.Container{long}}, long, "probes/ready of container app is too long for a copy with a shell inside: 131"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := test.spec.DeepCopy()
			_, err := crashloop.Open(spec, crashloop.Container{Spec: test.c}, crashloop.Tools{})
			var problem *kube.Problem
			if !errors.As(err, &problem) || !strings.HasPrefix(problem.Message, test.want) || problem.Hint == "" {
				t.Errorf("it is %v", err)
			}
			if diff := cmp.Diff(&test.spec, spec); diff != "" {
				t.Errorf("it has changed the copy (- was, + is):\n%s", diff)
			}
		})
	}
}

// Whatever Pod Security admits of the container it admits of the init container, and where root is forbidden that names a user.
func TestOpenPodSecurity(t *testing.T) {
	t.Parallel()
	strict := func(change func(*corev1.SecurityContext)) *corev1.SecurityContext {
		s := &corev1.SecurityContext{
			RunAsNonRoot: new(true), AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}
		change(s)
		return s
	}
	none := func(*corev1.SecurityContext) {}
	for name, test := range map[string]struct {
		level psa.Level
		app   *corev1.SecurityContext
		pod   *corev1.PodSecurityContext
		user  *int64
	}{
		"restricted":           {psa.LevelRestricted, strict(none), nil, new(int64(65532))},
		"restricted by number": {psa.LevelRestricted, strict(func(s *corev1.SecurityContext) { s.RunAsUser = new(int64(1000)) }), nil, new(int64(1000))},
		"restricted by the pod": {psa.LevelRestricted, strict(func(s *corev1.SecurityContext) { s.RunAsNonRoot, s.SeccompProfile = nil, nil }), &corev1.PodSecurityContext{
			RunAsNonRoot: new(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}, new(int64(65532))},
		"restricted, user of the pod": {psa.LevelRestricted, strict(none), &corev1.PodSecurityContext{RunAsUser: new(int64(5))}, nil},
		"restricted, adds":            {psa.LevelRestricted, strict(func(s *corev1.SecurityContext) { s.Capabilities.Add = []corev1.Capability{"NET_BIND_SERVICE"} }), nil, new(int64(65532))},
		"root allowed by itself":      {psa.LevelBaseline, strict(func(s *corev1.SecurityContext) { s.RunAsNonRoot = new(false) }), &corev1.PodSecurityContext{RunAsNonRoot: new(true)}, nil},
		"baseline":                    {psa.LevelBaseline, nil, nil, nil},
		"privileged":                  {psa.LevelPrivileged, &corev1.SecurityContext{Privileged: new(true), Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"SYS_ADMIN"}}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			spec, _ := open(t, corev1.Container{SecurityContext: test.app}, func(s *corev1.PodSpec) { s.SecurityContext = test.pod })
			evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
			if err != nil {
				t.Fatal(err)
			}
			level := psa.LevelVersion{Level: test.level, Version: psa.LatestVersion()}
			if result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &metav1.ObjectMeta{}, spec)); !result.Allowed {
				t.Errorf("%s refuses it: %s", test.level, result.ForbiddenDetail())
			}
			s := spec.InitContainers[0].SecurityContext
			if diff := cmp.Diff(test.user, s.RunAsUser); diff != "" {
				t.Errorf("its user (- want, + got):\n%s", diff)
			}
			if s.Privileged != nil || s.Capabilities != nil && len(s.Capabilities.Add) > 0 || !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation {
				t.Errorf("it may too much: %+v", s)
			}
			if diff := cmp.Diff(test.app, spec.Containers[0].SecurityContext); diff != "" {
				t.Errorf("the container's security context (- was, + is):\n%s", diff)
			}
		})
	}
}

// The init container asks for what the container asks for, so that no limit or quota that lets one pass stops the other; and for nothing special.
func TestOpenResources(t *testing.T) {
	t.Parallel()
	list := func(pairs ...string) corev1.ResourceList {
		all := corev1.ResourceList{}
		for i := 0; i < len(pairs); i += 2 {
			all[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
		}
		return all
	}
	spec, _ := open(t, corev1.Container{Resources: corev1.ResourceRequirements{
		Requests: list("cpu", "100m", "memory", "64Mi", "nvidia.com/gpu", "1"),
		Limits:   list("memory", "128Mi", "ephemeral-storage", "1Gi", "nvidia.com/gpu", "1", "hugepages-2Mi", "4Mi"),
		Claims:   []corev1.ResourceClaim{{Name: "device"}},
	}}, nil)
	want := corev1.ResourceRequirements{Requests: list("cpu", "100m", "memory", "64Mi"), Limits: list("memory", "128Mi", "ephemeral-storage", "1Gi")}
	if diff := cmp.Diff(want, spec.InitContainers[0].Resources); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
	if spec, _ := open(t, corev1.Container{}, nil); spec.InitContainers[0].Resources.Requests != nil {
		t.Error("it asks for what the container does not ask for")
	}
}
