package kube

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// Everything that can be wrong between here and the API server is one sentence of what, and one of what to do.
func TestDiagnosis(t *testing.T) {
	const op = "list the namespaces: "
	refusing := func(code int, reason metav1.StatusReason, message string) func(*testing.T) (*Cluster, string) {
		return func(t *testing.T) (*Cluster, string) {
			t.Helper()
			return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { apitest.Refuse(w, code, reason, message, nil) })), ""
		}
	}
	dialling := func(err error) func(*testing.T) (*Cluster, string) {
		return func(t *testing.T) (*Cluster, string) {
			t.Helper()
			c, problem := New("test", "shop", &rest.Config{
				Host: "https://api.example:6443",
				Dial: func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
				},
			}, Guard{})
			if problem != nil {
				t.Fatal(problem)
			}
			return c, c.Server
		}
	}
	tests := []struct {
		name       string
		open       func(*testing.T) (*Cluster, string) // and its address, where that is part of the words
		what, hint string                              // %s is the address
	}{
		{"refused", func(t *testing.T) (*Cluster, string) {
			t.Helper()
			c := openAt(t, "http://127.0.0.1:1")
			return c, c.Server
		}, "nothing answers at %s", "check that the cluster is up"},
		{
			"no such name", dialling(&net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}),
			"the name api.example of the API server cannot be resolved", `check your VPN; context "test" points to %s`,
		},
		{"no route", dialling(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "no route to %s", "check your network and VPN"},
		{"no network", dialling(os.NewSyscallError("connect", syscall.ENETUNREACH)), "no route to %s", "check your network and VPN"},
		{"slow to connect", dialling(os.ErrDeadlineExceeded), "no answer from %s in time", "check your VPN"},
		{"slow to answer", func(t *testing.T) (*Cluster, string) {
			t.Helper()
			c := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			c.timeout = 20 * time.Millisecond
			return c, c.Server
		}, "no answer from %s in time", "check your VPN"},
		{"unknown authority", func(t *testing.T) (*Cluster, string) {
			t.Helper()
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.Config.ErrorLog = nil
			server.StartTLS()
			t.Cleanup(server.Close)
			c := openAt(t, server.URL)
			return c, c.Server
		}, "the certificate of %s is not trusted: ", "check certificate-authority in the kubeconfig"},
		{
			"expired", refusing(http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized"),
			"the cluster does not accept your credentials", `they may have expired: log in again; this context is "test"`,
		},
		{
			"forbidden", refusing(http.StatusForbidden, metav1.StatusReasonForbidden, "namespaces is forbidden: User \"x\x1b[2J\"\ncannot list"),
			`namespaces is forbidden: User "x␛[2J" cannot list`, "ask whoever runs the cluster for this right",
		},
		{"missing", refusing(http.StatusNotFound, metav1.StatusReasonNotFound, "not there"), "not there", "it may have been deleted"},
		{
			"starting", refusing(http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable, "apiserver not ready"),
			"the API server is overloaded or starting: apiserver not ready", "wait a moment",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cluster, address := tt.open(t)
			_, err := cluster.Namespaces(t.Context())
			p := wantProblem(t, err, op+strings.ReplaceAll(tt.what, "%s", address))
			if want := strings.ReplaceAll(tt.hint, "%s", address); !strings.HasPrefix(p.Hint, want) {
				t.Errorf("the hint is %q, want %q", p.Hint, want)
			}
			if strings.Contains(p.Message, "/api/v1/namespaces") {
				t.Errorf("%q speaks of a request", p.Message)
			}
			if p.Err == nil || Explain(err) != p {
				t.Errorf("it is explained by %v", p.Err)
			}
		})
	}
}

// Who cancels has no problem.
func TestCancelIsNoProblem(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	cluster := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	}))
	_, err := cluster.Namespaces(ctx)
	var p *Problem
	if !errors.Is(err, context.Canceled) || errors.As(err, &p) {
		t.Errorf("the error is %#v", err)
	}
}

func TestExplain(t *testing.T) {
	cause := errors.New("cause\x1b[2J\nof it")
	if p := Explain(cause); p.Message != "cause␛[2J of it" || p.Hint != "" || !errors.Is(p, cause) {
		t.Errorf("a plain error is explained as %+v", p)
	}
	inner := &Problem{Message: "what", Hint: "hint", Err: cause}
	outer := fmt.Errorf("more: %w", inner)
	if p := Explain(outer); p != inner || !errors.Is(outer, cause) || p.Error() != "what" {
		t.Errorf("a problem inside is explained as %+v", p)
	}
}

func TestInAPod(t *testing.T) {
	c, err := New("", "shop", &rest.Config{Host: "http://10.0.0.1"}, Guard{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.name(); got != "the pod's service account" {
		t.Errorf("the context is called %s", got)
	}
}
