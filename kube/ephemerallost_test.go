package kube_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Only what may have reached the API server may have been carried out.
func TestAnswerLost(t *testing.T) {
	code := func(code int32) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Code: code}}
	}
	within := func(err error) error {
		return fmt.Errorf("patch: %w", &url.Error{Op: "Patch", URL: "https://api", Err: err})
	}
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"none":               {nil, false},
		"cancelled":          {within(context.Canceled), true},
		"dial cancelled":     {within(&net.OpError{Op: "dial", Err: context.Canceled}), false},
		"forbidden":          {code(http.StatusForbidden), false},
		"conflict":           {code(http.StatusConflict), false},
		"bad gateway":        {code(http.StatusBadGateway), true},
		"gateway time-out":   {code(http.StatusGatewayTimeout), true},
		"broke off":          {within(io.ErrUnexpectedEOF), true},
		"reset":              {within(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), true},
		"time-out":           {within(context.DeadlineExceeded), true},
		"refused":            {within(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), false},
		"no such host":       {within(&net.DNSError{Name: "api"}), false},
		"certificate":        {within(&tls.CertificateVerificationError{Err: errors.New("x509: unknown authority")}), false},
		"no credentials":     {within(errors.New("getting credentials: exec: executable aws failed")), false},
		"rule":               {within(&kube.Problem{Message: "read-only", Err: kube.ErrGuarded}), false},
		"redirect elsewhere": {within(&kube.Problem{Message: "redirects", Err: kube.ErrRefused}), false},
	} {
		if got := kube.AnswerLost(test.err); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
