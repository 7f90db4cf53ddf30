package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json/jsontext"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Problem is an error a person can meet: one sentence of what happened to what, and one of what to do.
type Problem struct { //nolint:errname // it is the noun that screens show
	What string // "patch web-7d: you may not …"
	Hint string // "ask for …"; may be empty
	Ask  string // YAML to hand to whoever grants rights, when that is the remedy
	Err  error  // the cause, for errors.Is and errors.As; may be nil
}

// Error is What: the hint is for screens that have room.
func (p *Problem) Error() string { return p.What }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Explain makes a Problem of any error: the one inside it, or its text, cleaned.
func Explain(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{What: Clean(concealed(err.Error())), Err: err}
}

// Answered tells an error that the API server itself has sent from one on the way to it.
func Answered(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status)
}

// IsNotFound tells whether the API server has said that the thing asked for does not exist. A 404 of something else does not count.
func IsNotFound(err error) bool {
	_, _, other := notStatus(err)
	return apierrors.IsNotFound(err) && !other
}

// problem explains an error of the sub-operation op ("list pods in shop").
func (c *Cluster) problem(op string, err error) error {
	var already *Problem
	switch {
	case err != nil && (errors.Is(err, ErrGuarded) || errors.Is(err, errRefused)) && errors.As(err, &already):
		return already // without the request that has never been sent
	case err == nil, errors.As(err, &already), errors.Is(err, context.Canceled):
		return err
	}
	why, hint := c.diagnose(err)
	return &Problem{What: op + ": " + why, Hint: hint, Err: err}
}

func (c *Cluster) diagnose(err error) (why, hint string) {
	var dns *net.DNSError
	var syntax *jsontext.SyntacticError
	if why, hint, ok := c.diagnoseCredentials(err); ok {
		return why, hint
	}
	if why, hint, ok := c.diagnoseServer(err); ok {
		return why, hint
	}
	text := Clean(withoutSecrets(rootText(err), c.config))
	switch {
	case apierrors.IsUnauthorized(err):
		return "the cluster does not accept your credentials", "they may have expired: log in again, then press r; this context is " + c.name()
	case apierrors.IsForbidden(err):
		return text, "ask whoever runs the cluster for this right, or switch context with c"
	case apierrors.IsNotFound(err):
		return text, "it may have been deleted; esc goes back to the list"
	case apierrors.IsTooManyRequests(err), apierrors.IsServerTimeout(err), apierrors.IsServiceUnavailable(err):
		return "the API server is overloaded or starting: " + text, "it is asked again by itself"
	case errors.As(err, &dns):
		return "the name " + Clean(dns.Name) + " of the API server cannot be resolved", "is the VPN up? context " + c.name() + " points to " + c.Server
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at " + c.Server, "is the cluster up? c chooses another context"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to " + c.Server, "is the network or the VPN up? c chooses another context"
	case isTimeout(err):
		return "no answer from " + c.Server + " in time", "is the VPN up? --request-timeout sets how long to wait"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection to " + c.Server + " broke off", "is the API server, or a proxy before it, being restarted?"
	case errors.As(err, &syntax):
		return "what answers at " + c.Server + " does not speak as an API server does", "is a proxy or a login page in between? context " + c.name()
	case strings.Contains(text, "x509:"):
		return "the certificate of " + c.Server + " is not trusted: " + text, "check certificate-authority in the kubeconfig"
	}
	return text, ""
}

func (c *Cluster) name() string {
	if c.Context == "" {
		return "the pod's service account"
	}
	return fmt.Sprintf("%q", c.Context)
}

// rootText drops the request's method and URL that net/http wraps around what went wrong, and what looks like a credential.
// Nobody reads more than a screen of it.
func rootText(err error) string {
	var u *url.Error
	text := err.Error()
	if errors.As(err, &u) {
		text = u.Err.Error()
	}
	const most = 4 << 10
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return concealed(text)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
