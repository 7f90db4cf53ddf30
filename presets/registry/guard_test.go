package registry

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
)

// TestPlain lets only this machine be asked without TLS, and tells nobody a secret without it.
func TestPlain(t *testing.T) {
	for _, test := range []struct {
		address, authorization, body string
		allowed                      bool
	}{
		{"https://a.b/v2/", "Basic x", "password=x", true},
		{"http://127.0.0.1:5000/v2/", "", "", true},
		{"http://localhost:5000/v2/", "", "", true},
		{"http://[::1]:5000/v2/", "", "", true},
		{"http://127.0.0.1:5000/v2/", "Basic x", "", false},
		{"http://localhost:5000/token", "", "password=x", false},
		{"http://10.0.0.1:5000/v2/", "", "", false},
		{"http://192.168.1.1/v2/", "", "", false},
		{"http://registry.local/v2/", "", "", false},
		{"http://localhost.a.b/v2/", "", "", false},
		{"http://0.0.0.0:5000/v2/", "", "", false},
		{"http://[fd00::1]/v2/", "", "", false},
		{"HTTP://10.0.0.1/", "", "", false},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, test.address, nil)
		if test.body != "" {
			request, err = http.NewRequestWithContext(t.Context(), http.MethodPost, test.address, strings.NewReader(test.body))
		}
		if err != nil {
			t.Fatal(err)
		}
		if test.authorization != "" {
			request.Header.Set("Authorization", test.authorization)
		}
		if err := checkPlain(request); (err == nil) != test.allowed || err != nil && !errors.Is(err, errPlain) {
			t.Errorf("%s, %q, %q: %v", test.address, test.authorization, test.body, err)
		}
	}
}

// TestNoSecretsOverPlainHTTP has registries without TLS that ask who is there: none is told, and those elsewhere are not even asked.
func TestNoSecretsOverPlainHTTP(t *testing.T) {
	var mu sync.Mutex
	var asked, secrets int
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		if r.Header.Get("Authorization") != "" || r.Method == http.MethodPost {
			secrets++
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="corp"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer plain.Close()
	all := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, plain.Listener.Addr().String())
	}}
	ann := keychain{authn.FromConfig(authn.AuthConfig{Username: "ann", Password: "s3cret"}), nil}
	for host, mayBeAsked := range map[string]bool{"10.0.0.1": false, "192.168.1.1:5000": false, "registry.local": false, "127.0.0.1:5000": true} {
		asked = 0
		p := problemOf(t, New(Options{Transport: all, Keychain: ann}), host+"/team/tools", amd64)
		if p.Kind != Untrusted || !strings.Contains(p.Message, host+" speaks plain HTTP") {
			t.Errorf("%s: kind %d: %q", host, p.Kind, p.Message)
		}
		if (asked > 0) != mayBeAsked {
			t.Errorf("%s was asked %d times", host, asked)
		}
	}
	if secrets > 0 {
		t.Errorf("%d requests told a secret", secrets)
	}
}
