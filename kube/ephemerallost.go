package kube

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// patchTries is how often a container is asked for whose answer is lost again and again.
const patchTries = 3

// answerLost tells whether a request that changes something may have been carried out although its answer says no such thing: the connection
// broke, or a gateway has answered in the place of the API server. What never reached a server is not among them.
func answerLost(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || neverSent(err) {
		return false
	}
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		code := status.Status().Code
		return code == http.StatusBadGateway || code == http.StatusGatewayTimeout
	}
	return true
}

// neverSent reports whether an error is from before the request was on its way: it was refused here, or no connection or no credentials for it
// could be had.
func neverSent(err error) bool {
	var dial *net.OpError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.Is(err, ErrGuarded) || errors.Is(err, errRefused) ||
		errors.As(err, &dial) && dial.Op == "dial" || errors.As(err, &name) || errors.As(err, &certificate) ||
		strings.Contains(err.Error(), "getting credentials") // client-go has no type for it
}

// brokeOff tells whether an answer has begun and not come to its end, or came from a gateway instead of the API server.
func brokeOff(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && answerLost(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

// find reads the pod and returns it if it has the container: its name was made for this one request, so nobody else has added it. An error
// means that nobody can tell.
func (i *injection) find(ctx context.Context, c *Cluster) (*corev1.Pod, error) {
	ctx, cancel := c.unary(ctx)
	defer cancel()
	var pod corev1.Pod
	if err := c.core.Get().Namespace(i.target.Namespace).Resource("pods").Name(i.target.Pod).Do(ctx).Into(&pod); err != nil {
		return nil, err
	}
	if pod.UID != i.uid {
		return nil, nil //nolint:nilnil // another pod, which the request refuses to change
	}
	for _, e := range pod.Spec.EphemeralContainers {
		if e.Name == i.target.Container {
			return &pod, nil
		}
	}
	return nil, nil //nolint:nilnil // it is not there, and nothing is wrong with that
}

// unsure is the error of a request whose answer is lost for good.
func (i *injection) unsure(err error) error {
	hint := fmt.Sprintf("%s may have been added, and its command may be running: look at the pod's containers before you try again", i.target.Container)
	var problem *Problem
	if errors.As(err, &problem) {
		told := *problem
		if told.Hint != "" {
			hint = told.Hint + "; " + hint
		}
		told.Hint = hint
		return &told
	}
	return &Problem{What: Clean(rootText(err)), Hint: hint, Err: err}
}
