package kube

import (
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// startError is the kubelet's or the runtime's word for why a container does not start: ErrImagePull, StartError.
type startError string

func (r startError) Error() string { return string(r) }

// Reason is the one word that the cluster has for an error (Forbidden, Invalid, ErrImagePull); empty when it has none. Unlike its
// sentences it never repeats what was sent, so that it can be recorded.
//
// Of a guard rail's refusal it is the one rule that refuses, as its [Guard.Why] names it.
func Reason(err error) string {
	var rule ruleError
	if errors.As(err, &rule) {
		return Clean(string(rule))
	}
	var start startError
	if errors.As(err, &start) {
		return Clean(string(start))
	}
	return Clean(string(apierrors.ReasonForError(err)))
}
