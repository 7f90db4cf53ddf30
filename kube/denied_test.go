package kube_test

import (
	"errors"
	"reflect"
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

// A refusal of a quota or a LimitRange says how much is allowed, used and wanted. The sentences are those of the API server's own plugins.
func TestLimitedBy(t *testing.T) {
	for text, want := range map[string]kube.Limited{
		"exceeded quota: objects, requested: pods=1, used: pods=4, limited: pods=4": {
			Quota: "objects", Exceeded: []string{"pods"}, Words: "quota objects has too little left: 4 of 4 pods used, and this takes 1",
		},
		"exceeded quota: small, requested: pods=1,requests.cpu=100m, used: pods=4,requests.cpu=950m, limited: pods=4,requests.cpu=1": {
			Quota: "small", Exceeded: []string{"pods", "requests.cpu"},
			Words: "quota small has too little left: 4 of 4 pods used, and this takes 1; 950m of 1 requests.cpu used, and this takes 100m",
		},
		"failed quota: small: must specify limits.cpu for: debugger-1; requests.memory for: debugger-1": {
			Quota: "small", Unspecified: []string{"debugger-1"}, Words: "quota small wants what is not set: limits.cpu of debugger-1; requests.memory of debugger-1",
		},
		"failed quota: small: must specify limits.cpu for: app,debugger-1; limits.memory for: app": {
			Quota: "small", Unspecified: []string{"app", "debugger-1"}, Words: "quota small wants what is not set: limits.cpu of app and debugger-1; limits.memory of app",
		},
		"maximum memory usage per Pod is 512Mi, but limit is 640Mi": {
			Whole: true, Words: "a LimitRange of the namespace allows at most 512Mi memory per pod, and the limit is 640Mi",
		},
		"[maximum cpu usage per Container is 500m, but limit is 1, minimum memory usage per Container is 100Mi, but request is 32Mi]": {
			Words: "a LimitRange of the namespace allows at most 500m cpu per container, and the limit is 1; it wants at least 100Mi memory per container, and the request is 32Mi",
		},
		"minimum cpu usage per Container is 1.5.  No request is specified": {
			Whole: true, Words: "a LimitRange of the namespace wants at least 1.5 cpu per container, and there is no request",
		},
		"cpu max limit to request ratio per Container is 4, but provided ratio is 50.000000": {
			Words: "a LimitRange of the namespace allows a cpu limit of at most 4 times the request per container, and it is 50 times",
		},
		"exceeded quota: small":              {},
		"failed quota: small: not now":       {},
		`User "ann" cannot create resource`:  {},
		`violates PodSecurity "baseline": x`: {},
	} {
		got, ok := kube.LimitedBy(`pods "web-copy" is forbidden: ` + text)
		if ok != (want.Words != "") || ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%t %+v\nwant %+v", text, ok, got, want)
		}
	}
}

// The right that is missing is the one that the authorizer names.
func TestRefusedRight(t *testing.T) {
	for text, want := range map[string]kube.Right{
		`jobs.batch is forbidden: User "ann" cannot create resource "jobs" in API group "batch" in the namespace "shop"`:               kube.RightToTime(),
		`pods "web" is forbidden: User "ann" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"`: kube.RightToAdd(),
		`x is forbidden: User "ann" cannot update resource "deployments/scale" in API group "apps" in the namespace "shop": no`:        {Verb: "update", Resource: "deployments.apps/scale"},
		`pods "web" is forbidden: exceeded quota: small`:                                                                               {},
		`pods is forbidden: User "ann" cannot do that: says the authorizer`:                                                            {},
	} {
		if got, ok := kube.RefusedRight(text); ok != (want != kube.Right{}) || got != want {
			t.Errorf("%s: %t %v", text, ok, got)
		}
	}
}
