package kube

import (
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Passing tells errors that may pass by themselves, so that asking again makes sense: a link that broke, an API server that starts or has too
// much to do or cannot reach a node, credentials that a plugin may renew. A refusal is none.
func Passing(err error) bool {
	var gateway *gatewayError
	if errors.As(err, &gateway) {
		return !gateway.final()
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return errors.Is(err, ErrLinkLost) || !errors.Is(err, ErrGuarded) && isTimeout(err)
	}
	const serverErrors = 500
	return status.Status().Code >= serverErrors || apierrors.IsTooManyRequests(err) || apierrors.IsUnauthorized(err) || apierrors.IsTimeout(err)
}
