package kube

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// ErrLinkLost means that the streams broke while the program may well be running: it can be attached again.
var ErrLinkLost = errors.New("the link to the container is lost")

// LinkLost is [ErrLinkLost] as a person is told of it, with what was being done.
func LinkLost(op string, err error) *Problem {
	return &Problem{
		Message: fmt.Sprintf("%s: %s: %s", op, ErrLinkLost, Sanitize(RootText(err))),
		Hint:    "the container may still be running",
		Help:    []Help{Attach},
		Err:     errors.Join(ErrLinkLost, err),
	}
}

// Passing reports whether an error may pass by itself, so that asking again makes sense: a link that broke, an API server that starts or has too
// much to do or cannot reach a node, credentials that a plugin may renew. A refusal is none.
func Passing(err error) bool {
	var known interface{ Passing() bool }
	if errors.As(err, &known) {
		return known.Passing()
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return errors.Is(err, ErrLinkLost) || !errors.Is(err, ErrGuarded) && IsTimeout(err)
	}
	const serverErrors = 500
	return status.Status().Code >= serverErrors || apierrors.IsTooManyRequests(err) || apierrors.IsUnauthorized(err) || apierrors.IsTimeout(err)
}

// TooBusy reports whether the API server has refused a request because it has too many: nothing was done, and the same may be sent later.
func TooBusy(err error) bool { return err != nil && apierrors.IsTooManyRequests(err) }

// AnswerLost reports whether a request that changes something may have been carried out although its answer says no such thing: the connection
// broke, the request was given up, or a gateway has answered in the place of the API server. What never reached a server is not among them.
func AnswerLost(err error) bool {
	if err == nil || neverSent(err) {
		return false
	}
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		code := status.Status().Code
		return code == http.StatusBadGateway || code == http.StatusGatewayTimeout
	}
	return true
}

// Away reports whether an API server has not answered, or a gateway in its place, as while it restarts. Unless [AnswerLost] a request was not carried out.
func Away(err error) bool {
	var link *net.OpError
	return err != nil && !errors.Is(err, ErrGuarded) &&
		(errors.As(err, &link) || brokeOff(err) || errors.Is(err, io.EOF) || IsTimeout(err) || apierrors.IsServiceUnavailable(err))
}

// neverSent reports whether an error is from before the request was on its way: it was refused here, or no connection or no credentials for it
// could be had.
func neverSent(err error) bool {
	var dial *net.OpError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.Is(err, ErrGuarded) || errors.Is(err, ErrRefused) ||
		errors.As(err, &dial) && dial.Op == "dial" || errors.As(err, &name) || errors.As(err, &certificate) ||
		strings.Contains(err.Error(), "getting credentials") // client-go has no type for it
}

// brokeOff reports whether an answer has begun and not come to its end, or came from a gateway instead of the API server.
func brokeOff(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && AnswerLost(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}
