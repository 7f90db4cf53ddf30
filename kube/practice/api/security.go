package api

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// secure holds a pod against the Pod Security levels that its namespace's labels ask for: it refuses what "enforce" forbids
// and warns of what "warn" does.
func (s *Server) secure(namespace *corev1.Namespace, pod *corev1.Pod) (warnings []string, err error) {
	wanted := levels(namespace)
	if result := s.evaluate(wanted.Enforce, &pod.ObjectMeta, &pod.Spec); !result.Allowed {
		return nil, apierrors.NewForbidden(Pods(), pod.Name,
			fmt.Errorf("violates PodSecurity %q: %s", wanted.Enforce.String(), result.ForbiddenDetail()))
	}
	return s.secureTemplate(namespace, &corev1.PodTemplateSpec{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec}), nil
}

// secureTemplate warns of pods that what has the template would make. Whether they may be is decided when they are made.
func (s *Server) secureTemplate(namespace *corev1.Namespace, template *corev1.PodTemplateSpec) (warnings []string) {
	wanted := levels(namespace)
	if result := s.evaluate(wanted.Warn, &template.ObjectMeta, &template.Spec); !result.Allowed {
		warnings = append(warnings, fmt.Sprintf("would violate PodSecurity %q: %s", wanted.Warn.String(), result.ForbiddenDetail()))
	}
	return warnings
}

// levels are those that a namespace's labels ask for.
func levels(namespace *corev1.Namespace) psa.Policy {
	privileged := psa.LevelVersion{Level: psa.LevelPrivileged, Version: psa.LatestVersion()}
	wanted, _ := psa.PolicyToEvaluate(namespace.Labels, psa.Policy{Enforce: privileged, Audit: privileged, Warn: privileged})
	return wanted
}

func (s *Server) evaluate(level psa.LevelVersion, meta *metav1.ObjectMeta, spec *corev1.PodSpec) policy.AggregateCheckResult {
	return policy.AggregateCheckResults(s.security.EvaluatePod(level, meta, spec))
}
