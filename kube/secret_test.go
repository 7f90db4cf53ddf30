package kube

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

func TestConcealed(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "pods is forbidden": "pods is forbidden", "use basic authentication at https://api.example:6443/x": "use basic authentication at https://api.example:6443/x",
		`invalid "Authorization: Bearer abcdef0123456789.x"`:                       `invalid "Authorization: Bearer …"`,
		"Basic dXNlcjpwYXNzd29yZDEyMw== is wrong":                                  "Basic … is wrong",
		`Get "https://user:p@ss@host:1/path": refused`:                             `Get "https://…@host:1/path": refused`,
		"GET https://host/x?a=1&token=abc&b=2":                                     "GET https://host/x?a=1&token=…&b=2",
		"X-Amz-Signature in https://s3/x?X-Amz-Signature=0a1":                      "X-Amz-Signature in https://s3/x?X-Amz-Signature=…",
		"got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln, sorry":                     "got …, sorry",
		"k8s-aws-v1.aHR0cHM6Ly9zdHM":                                               "k8s-aws-v1.…",
		"getting credentials: decoding stdout: Object 'Kind' is missing in 'a\nb'": "getting credentials: decoding stdout: …",
		"the image quay.io/a@sha256:00 and a mail to ops@example":                  "the image quay.io/a@sha256:00 and a mail to ops@example",
	} {
		if got := concealed(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

const (
	token    = "hunter2-token" // of no form that gives it away
	password = "hunter2-password"
)

// An API server, or a proxy in front of it, may repeat in its answer what it was asked with; a transport may do so in its errors. Whatever
// happens, neither token nor password is in a word that a person is shown, nor in a log.
func TestNoSecretIsShown(t *testing.T) {
	repeats := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.Header.Get("Authorization")
		if _, encoded, ok := strings.Cut(asked, "Basic "); ok {
			decoded, _ := base64.StdEncoding.DecodeString(encoded)
			asked += " " + string(decoded)
		}
		code := map[string]int{"/version": http.StatusBadRequest, "/api/v1/namespaces": http.StatusForbidden}[r.URL.Path]
		if code == 0 {
			code = http.StatusInternalServerError
		}
		apitest.Refuse(w, code, metav1.StatusReasonUnknown, "what is that: "+asked+" "+r.URL.String(), nil)
	})
	server := httptest.NewTLSServer(repeats)
	t.Cleanup(server.Close)
	gone := httptest.NewTLSServer(repeats)
	gone.Close()
	withUser := func(url string) string { return strings.Replace(url, "://", "://admin:"+password+"@", 1) }
	plugin := func(script string) *clientcmdapi.ExecConfig {
		return &clientcmdapi.ExecConfig{
			APIVersion: "client.authentication.k8s.io/v1", Command: "sh", Args: []string{"-c", script}, InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
		}
	}
	credential := fmt.Sprintf(`{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": %q}}`, token)
	for name, tt := range map[string]struct {
		server string
		user   clientcmdapi.AuthInfo
	}{
		"a token":                       {server.URL, clientcmdapi.AuthInfo{Token: token}},
		"a token, no server":            {gone.URL, clientcmdapi.AuthInfo{Token: token}},
		"a token that is no header":     {server.URL, clientcmdapi.AuthInfo{Token: token + "\n" + token}},
		"a password":                    {server.URL, clientcmdapi.AuthInfo{Username: "admin", Password: password}},
		"a password in the URL":         {withUser(server.URL), clientcmdapi.AuthInfo{}},
		"a password in the URL, gone":   {withUser(gone.URL), clientcmdapi.AuthInfo{}},
		"a password in a broken URL":    {"https://admin:" + password + " x@host:port", clientcmdapi.AuthInfo{}},
		"a plugin that fails":           {server.URL, clientcmdapi.AuthInfo{Exec: plugin("echo " + token + "; exit 3")}},
		"a plugin that is not in words": {server.URL, clientcmdapi.AuthInfo{Exec: plugin("echo " + token)}},
		"a plugin with half an answer":  {server.URL, clientcmdapi.AuthInfo{Exec: plugin(`echo '{"status": {"token": "` + token + `"}}'`)}},
		"a plugin of another version":   {server.URL, clientcmdapi.AuthInfo{Exec: plugin(`echo '{"apiVersion": "v9", "kind": "ExecCredential", "x": "` + token + `"}'`)}},
		"a plugin's token":              {gone.URL, clientcmdapi.AuthInfo{Exec: plugin("echo '" + credential + "'")}},
	} {
		t.Run(name, func(t *testing.T) {
			config := clientcmdapi.NewConfig()
			config.CurrentContext = "test"
			config.Contexts["test"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "u"}
			config.Clusters["c"] = &clientcmdapi.Cluster{Server: tt.server, InsecureSkipTLSVerify: true}
			config.AuthInfos["u"] = &tt.user
			file := filepath.Join(t.TempDir(), "config")
			if err := clientcmd.WriteToFile(*config, file); err != nil {
				t.Fatal(err)
			}
			tellsNothing(t, file)
		})
	}
	if text := logged.String(); strings.Contains(text, "hunter2") {
		t.Errorf("the log has a secret: %s", text)
	}
}

// tellsNothing opens the kubeconfig's cluster, asks it for this and that, and reads all that comes of it.
func tellsNothing(t *testing.T, file string) {
	t.Helper()
	var errs []error
	k, err := (&Flags{kubeconfig: file}).Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.Open("")
	if err != nil {
		errs = append(errs, err)
	} else {
		wantNoSecret(t, c.Server)
		wantNoSecret(t, c.name())
		_, ping := c.Ping(t.Context())
		_, namespaces := c.Namespaces(t.Context())
		_, pod := c.Pod(t.Context(), "shop", "web")
		errs = append(errs, ping, namespaces, pod)
	}
	for _, err := range errs {
		var p *Problem
		if !errors.As(err, &p) {
			t.Fatalf("%v (%T) is no Problem", err, err)
		}
		shown, err := json.Marshal([]string{p.Message, p.Hint, p.RequiredRBAC, Explain(fmt.Errorf("attach: %w", p)).Message})
		if err != nil {
			t.Fatal(err)
		}
		wantNoSecret(t, string(shown))
	}
}

// What a kubeconfig hands to a credential plugin is a secret where its name says so, however it is written, and nothing else is taken for one.
func TestSecretsOfAPlugin(t *testing.T) {
	got := execSecrets(&clientcmdapi.ExecConfig{
		Args: []string{"get", "--client-secret", "one", "--region", "north", "--token=two", "token", "--cluster=web", "--password"},
		Env:  []clientcmdapi.ExecEnvVar{{Name: "AZURE_CLIENT_SECRET", Value: "three"}, {Name: "REGION", Value: "south"}},
	})
	slices.Sort(got)
	if want := []string{"one", "three", "two"}; !slices.Equal(got, want) {
		t.Errorf("the secrets are %q, want %q", got, want)
	}
}
