package kube

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// issuer is an OpenID Connect provider over TLS that renews logins with the answer of its function.
func issuer(t *testing.T, renew http.HandlerFunc) (url string, ca string) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		apitest.Answer(w, http.StatusOK, map[string]string{"token_endpoint": server.URL + "/token"})
	})
	mux.Handle("/token", servers.During(t, renew))
	return server.URL, base64.StdEncoding.EncodeToString(pemOf(server))
}

// idToken is a token that is valid until a time; nobody checks its signature here.
func idToken(until time.Time) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"none"}`)) + "." + part(fmt.Appendf(nil, `{"exp":%d}`, until.Unix())) + ".c2ln"
}

// An OpenID Connect login is used as kubectl does: renewed when it has expired, and kept in the kubeconfig.
func TestOpenIDConnect(t *testing.T) {
	valid, expired := idToken(time.Now().Add(time.Hour)), idToken(time.Now().Add(-time.Hour))
	fresh := idToken(time.Now().Add(2 * time.Hour))
	renewed := func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "refresh_token" || r.FormValue("refresh_token") != "hunter2-refresh" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		apitest.Answer(w, http.StatusOK, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": fresh, "refresh_token": "hunter2-next"})
	}
	for name, tt := range map[string]struct {
		idToken, refresh string
		renew            http.HandlerFunc
		sent             string // the token that the API server gets
		what             string // ISSUER is its address
	}{
		"valid":      {valid, "", nil, valid, ""},
		"renewed":    {expired, "hunter2-refresh", renewed, fresh, ""},
		"first":      {"", "hunter2-refresh", renewed, fresh, ""},
		"no refresh": {expired, "", nil, "", "your OpenID Connect login has expired, and the kubeconfig has no refresh-token to renew it"},
		"refused": {expired, "hunter2-refresh", func(w http.ResponseWriter, _ *http.Request) {
			apitest.Answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "hunter2-refresh is used up"})
		}, "", "the identity provider ISSUER refused to renew your login (invalid_grant)"},
		"page": {expired, "hunter2-refresh", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<html>"+r.FormValue("refresh_token"))
		}, "", "the identity provider ISSUER refused to renew your login"},
		"no id_token": {expired, "hunter2-refresh", func(w http.ResponseWriter, _ *http.Request) {
			apitest.Answer(w, http.StatusOK, map[string]any{"access_token": "x", "token_type": "Bearer"})
		}, "", "the identity provider ISSUER renewed your login without an id_token"},
		"hangs": {expired, "hunter2-refresh", func(_ http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm() // else the server does not notice that the client is gone
			<-r.Context().Done()
		}, "", "the identity provider ISSUER did not answer within 1s"},
		"no token": {"hunter2", "hunter2-refresh", nil, "", "the id-token in the kubeconfig cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.renew == nil {
				tt.renew = http.NotFound
			}
			at, ca := issuer(t, tt.renew)
			w := newWire(t)
			user := &clientcmdapi.AuthInfo{AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "oidc", Config: map[string]string{
				"idp-issuer-url": at, "idp-certificate-authority-data": ca, "client-id": "dayfly", "client-secret": "hunter2-client",
				"id-token": tt.idToken, "refresh-token": tt.refresh,
			}}}
			file := writeConfig(t, w.config(user))
			var arguments []string
			if name == "hangs" {
				arguments = []string{"--request-timeout=1s"}
			}
			_, err := mustOpen(t, file, "", arguments...).Namespaces(t.Context())
			if tt.what != "" {
				p := wantProblem(t, err, "list the namespaces: "+strings.ReplaceAll(tt.what, "ISSUER", at))
				if text, _ := json.Marshal(p.Message + p.Hint); strings.Contains(string(text), "hunter2") || p.Hint == "" {
					t.Errorf("%q, %q", p.Message, p.Hint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := apitest.Receive(t, w.seen, "the request").Header.Get("Authorization"); got != "Bearer "+tt.sent {
				t.Errorf("the credential is %q", got)
			}
			kept, err := clientcmd.LoadFromFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := kept.AuthInfos["ann"].AuthProvider.Config; got["id-token"] != tt.sent || tt.renew != nil && tt.sent == fresh && got["refresh-token"] != "hunter2-next" {
				t.Errorf("the kubeconfig has %v", got)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the kubeconfig has mode %v, %v", info.Mode(), err)
			}
		})
	}
}

// pemOf is the certificate of a server.
func pemOf(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
