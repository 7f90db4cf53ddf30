package kube

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Problem explains an error of the sub-operation op ("list pods in shop").
func (c *Cluster) Problem(op string, err error) error {
	var already *Problem
	switch {
	case err != nil && (errors.Is(err, ErrGuarded) || errors.Is(err, ErrRefused)) && errors.As(err, &already):
		return already // without the request that has never been sent
	case err == nil, errors.As(err, &already), errors.Is(err, context.Canceled):
		return err
	}
	why, hint, help := c.diagnose(err)
	return &Problem{Message: op + ": " + why, Hint: hint, Help: help, Err: err}
}

// diagnose says why a request has failed, and what to do about it.
func (c *Cluster) diagnose(err error) (why, hint string, help []Help) {
	retry, elsewhere := []Help{Retry}, []Help{Retry, SwitchContext}
	var dns *net.DNSError
	if why, hint, ok := c.diagnoseCredentials(err); ok {
		return why, hint, retry
	}
	if why, hint, ok := c.diagnoseServer(err); ok {
		return why, hint, elsewhere
	}
	text := Sanitize(WithoutSecrets(RootText(err), c.config))
	switch {
	case apierrors.IsUnauthorized(err):
		return "the cluster does not accept your credentials", "they may have expired: log in again; this context is " + c.name(), retry
	case apierrors.IsForbidden(err):
		return text, "ask whoever runs the cluster for this right", []Help{SwitchContext}
	case apierrors.IsNotFound(err):
		return text, "it may have been deleted", []Help{ListPods}
	case apierrors.IsTooManyRequests(err), apierrors.IsServerTimeout(err), apierrors.IsServiceUnavailable(err):
		return "the API server is overloaded or starting: " + text, "wait a moment", retry
	case errors.As(err, &dns):
		return "the name " + Sanitize(dns.Name) + " of the API server cannot be resolved", "check your VPN; context " + c.name() + " points to " + c.Server, elsewhere
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at " + c.Server, "check that the cluster is up", elsewhere
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to " + c.Server, "check your network and VPN", elsewhere
	case IsTimeout(err):
		return "no answer from " + c.Server + " in time", "check your VPN", []Help{ChangeTimeout, SwitchContext}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection to " + c.Server + " broke off", "the API server, or a proxy in front of it, may be restarting", retry
	case strings.Contains(text, "x509:"):
		return "the certificate of " + c.Server + " is not trusted: " + text, "check certificate-authority in the kubeconfig", []Help{SwitchContext}
	}
	return text, "", nil
}

// Reason is the one word that the cluster has for an error (Forbidden, Invalid, ErrImagePull); empty when it has none. Unlike its
// sentences it never repeats what was sent, so that it can be recorded.
//
// Of a guard rail's refusal it is the one rule that refuses, as its [Guard.Why] names it.
func Reason(err error) string {
	var rule ruleError
	if errors.As(err, &rule) {
		return Sanitize(string(rule))
	}
	var start StartError
	if errors.As(err, &start) {
		return Sanitize(string(start))
	}
	return Sanitize(string(apierrors.ReasonForError(err)))
}
