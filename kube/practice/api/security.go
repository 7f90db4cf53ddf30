package api

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// secureIn is secure with the namespace looked up.
func (s *Server) secureIn(name string, pod *corev1.Pod) (warnings []string, err error) {
	namespace, err := s.namespace(name)
	if err != nil {
		return nil, err
	}
	return s.secure(namespace, pod)
}

// secure holds a pod against the Pod Security levels that its namespace's labels ask for: it refuses what "enforce" forbids
// and warns of what "warn" does.
func (s *Server) secure(namespace *corev1.Namespace, pod *corev1.Pod) (warnings []string, err error) {
	privileged := psa.LevelVersion{Level: psa.LevelPrivileged, Version: psa.LatestVersion()}
	wanted, _ := psa.PolicyToEvaluate(namespace.Labels, psa.Policy{Enforce: privileged, Audit: privileged, Warn: privileged})
	if result := s.evaluate(wanted.Enforce, pod); !result.Allowed {
		return nil, apierrors.NewForbidden(Pods(), pod.Name,
			fmt.Errorf("violates PodSecurity %q: %s", wanted.Enforce.String(), result.ForbiddenDetail()))
	}
	if result := s.evaluate(wanted.Warn, pod); !result.Allowed {
		warnings = append(warnings, fmt.Sprintf("would violate PodSecurity %q: %s", wanted.Warn.String(), result.ForbiddenDetail()))
	}
	return warnings, nil
}

func (s *Server) evaluate(level psa.LevelVersion, pod *corev1.Pod) policy.AggregateCheckResult {
	return policy.AggregateCheckResults(s.security.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
}
