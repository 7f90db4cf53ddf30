package kube_test

import (
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Only what the new container itself breaks can be fixed by another profile. The sentences are those of Pod Security's own code.
func TestWhatPodSecurityIsAbout(t *testing.T) {
	strict := &corev1.SecurityContext{
		RunAsNonRoot: new(true), AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	traces := &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"SYS_PTRACE"}}}
	debug := func(name string, s *corev1.SecurityContext) corev1.EphemeralContainer {
		return corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: name, SecurityContext: s}}
	}
	const others = "something else in the pod breaks the rules of its namespace"
	for name, test := range map[string]struct {
		level  psa.Level
		change func(*corev1.PodSpec)
		hint   string
	}{
		"only the new one":               {psa.LevelRestricted, func(*corev1.PodSpec) {}, "the namespace allows no more than profile restricted"},
		"only the new one, for baseline": {psa.LevelBaseline, func(*corev1.PodSpec) {}, "the namespace allows no more than profile baseline"},
		"an older one too": {psa.LevelRestricted, func(s *corev1.PodSpec) {
			s.EphemeralContainers = append(s.EphemeralContainers, debug("old", traces))
		}, others},
		"an older one in another way": {psa.LevelBaseline, func(s *corev1.PodSpec) {
			s.EphemeralContainers = append(s.EphemeralContainers, debug("old", &corev1.SecurityContext{Privileged: new(true)}))
		}, others},
		"the application": {psa.LevelRestricted, func(s *corev1.PodSpec) { s.Containers[0].SecurityContext = nil }, others},
		"the pod":         {psa.LevelBaseline, func(s *corev1.PodSpec) { s.HostNetwork = true }, others},
		"a volume": {psa.LevelBaseline, func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
		}, others},
	} {
		t.Run(name, func(t *testing.T) {
			spec := corev1.PodSpec{
				Containers:          []corev1.Container{{Name: "app", SecurityContext: strict}},
				EphemeralContainers: []corev1.EphemeralContainer{debug("new", traces)},
			}
			test.change(&spec)
			evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
			if err != nil {
				t.Fatal(err)
			}
			level := psa.LevelVersion{Level: test.level, Version: psa.LatestVersion()}
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &metav1.ObjectMeta{}, &spec))
			text := `pods "web" is forbidden: violates PodSecurity "` + level.String() + `": ` + result.ForbiddenDetail()
			problem := kube.Explain((&kube.Cluster{}).Denied("add it", kube.Target{Container: "new"}, errors.New(text)))
			if !strings.HasPrefix(problem.Hint, test.hint) {
				t.Errorf("the hint is %q, want %q, of\n%s", problem.Hint, test.hint, text)
			}
		})
	}
}
