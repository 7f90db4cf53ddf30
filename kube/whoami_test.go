package kube

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// whoServer answers who one is, and counts how often it was asked.
func whoServer(t *testing.T, asked *atomic.Int32, reply http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.URL.Path != "/apis/authentication.k8s.io/v1/selfsubjectreviews" ||
			r.Header.Get("Content-Type") != "application/json" || !strings.Contains(string(body), `"kind":"SelfSubjectReview"`) {
			t.Errorf("it was asked %s %s %s: %s", r.Method, r.URL, r.Header, body)
		}
		reply(w, r)
	})
}

func TestWhoAmI(t *testing.T) {
	const hint = "the journal records the kubeconfig's user"
	named := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			apitest.Answer(w, http.StatusCreated, map[string]any{
				"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
				"status": map[string]any{"userInfo": map[string]any{"username": name, "uid": "7", "groups": []string{"system:authenticated"}}},
			})
		}
	}
	for name, c := range map[string]struct {
		reply             http.HandlerFunc
		want, wrong, hint string
		NoRetries         int32 // for two questions
	}{
		"a name":        {reply: named("oidc:ann@example.org"), want: "oidc:ann@example.org", NoRetries: 1},
		"a nasty":       {reply: named("ann\x1b[31m\nroot"), want: "ann␛[31m root", NoRetries: 1},
		"none":          {reply: named(""), wrong: "its answer has no name", hint: hint, NoRetries: 2},
		"an older":      {reply: http.NotFound, wrong: "not supported before Kubernetes 1.28", hint: hint, NoRetries: 1},
		"no answer":     {reply: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, wrong: "the connection to", NoRetries: 2},
		"no Kubernetes": {reply: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>log in</html>")) }, wrong: "ask the cluster for your user name: ", NoRetries: 2},
		"one that forbids it": {reply: func(w http.ResponseWriter, _ *http.Request) {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `selfsubjectreviews.authentication.k8s.io is forbidden: User "ann" cannot create resource`, nil)
		}, wrong: `User "ann" cannot create`, hint: hint, NoRetries: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			cluster := serve(t, whoServer(t, &asked, c.reply))
			for range 2 {
				who, err := cluster.WhoAmI(t.Context())
				if who != c.want {
					t.Errorf("we are %q, want %q", who, c.want)
				}
				if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong) || !strings.Contains(Explain(err).Hint, c.hint)) {
					t.Errorf("the error is %+v, want %q", err, c.wrong)
				}
			}
			if asked.Load() != c.NoRetries {
				t.Errorf("it was asked %d times, want %d", asked.Load(), c.NoRetries)
			}
		})
	}
}

// The kubeconfig's name is that of the context, of --user for the current one, and of --as before both.
func TestUserHint(t *testing.T) {
	file := kubeconfigFile(t, clientcmdapi.Context{Cluster: "prod", AuthInfo: "ann"}, clientcmdapi.Context{Cluster: "lab", AuthInfo: "bob"})
	for _, c := range []struct {
		arguments     []string
		context, want string
	}{
		{nil, "", "ann"},
		{nil, "lab-bob", "bob"},
		{[]string{"--user", "bob"}, "", "bob"},
		{[]string{"--user", "ann"}, "lab-bob", "bob"},
		{[]string{"--as", "eve\x1b"}, "", "eve␛"},
		{[]string{"--as", "eve"}, "lab-bob", "eve"},
	} {
		kubeconfig, err := load(t, file, c.arguments...)
		if err != nil {
			t.Fatal(err)
		}
		cluster, err := kubeconfig.Open(c.context)
		if err != nil {
			t.Fatal(err)
		}
		if got := cluster.UserHint(); got != c.want {
			t.Errorf("%q, context %q: %q, want %q", c.arguments, c.context, got, c.want)
		}
	}
	var none Cluster
	none.config = &rest.Config{}
	if got := none.UserHint(); got != "" {
		t.Errorf("without a kubeconfig it is %q", got)
	}
}
