package registry

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
)

func TestBelongs(t *testing.T) {
	for _, test := range []struct {
		registry, at string
		want         bool
	}{
		{"registry.corp", "https://registry.corp/token", true},
		{"registry.corp:5050", "https://registry.corp/jwt/auth", true},
		{"REGISTRY.corp", "https://registry.CORP/token", true},
		{"docker.io", "https://auth.docker.io/token", true},
		{"docker.io", "https://index.docker.io/v2/", true},
		{"index.docker.io", "https://auth.docker.io/token", true},
		{"registry.gitlab.com", "https://gitlab.com/jwt/auth", true},
		{"ghcr.io", "https://ghcr.io/token", true},
		{"registry.corp", "https://allowed.corp/token", true},
		{"registry.corp", "https://evil.corp/token", false},
		{"registry.corp", "https://registry.corp.evil.com/token", false},
		{"registry.corp", "https://registry.corp@evil.com/token", false},
		{"evil.com", "https://auth.docker.io/token", false},
		{"docker.io", "https://auth.docker.io.evil.com/token", false},
		{"registry.gitlab.com", "https://gitlab.com.evil.com/", false},
	} {
		at, err := url.Parse(test.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := belongs(test.registry, at, []string{"allowed.corp"}); got != test.want {
			t.Errorf("%s, %s: %v", test.registry, test.at, got)
		}
	}
}

// A registry that names another host as its realm does not get the person's password sent there, by whatever way of logging in.
func TestStrangeRealm(t *testing.T) {
	for name, who := range map[string]authn.AuthConfig{
		"basic": {Username: "ann", Password: "s3cret"}, "identity token": {IdentityToken: "s3cret"}, "anonymous": {},
	} {
		for _, allowed := range []bool{false, true} {
			var mu sync.Mutex
			told, asked := false, false
			w := serve(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Host == "evil.corp" {
					body, _ := io.ReadAll(r.Body)
					mu.Lock()
					asked = true
					told = told || r.Header.Get("Authorization") != "" || strings.Contains(string(body), "s3cret")
					mu.Unlock()
					_, _ = io.WriteString(rw, `{"token":"t0ken","access_token":"t0ken"}`)
					return
				}
				rw.Header().Set("WWW-Authenticate", `Bearer realm="https://evil.corp/token",service="x"`)
				rw.WriteHeader(http.StatusUnauthorized)
			}))
			o := Options{Transport: w.network(), Keychain: keychain{authn.FromConfig(who), nil}}
			if allowed {
				o.Realms = []string{"evil.corp"}
			}
			_, err := New(o).Look(t.Context(), "registry.corp/a", amd64, nil)
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatal(err)
			}
			secret := name != "anonymous"
			mu.Lock()
			if told != (allowed && secret) || asked != (allowed || !secret) {
				t.Errorf("%s, allowed %v: asked %v, told %v", name, allowed, asked, told)
			}
			mu.Unlock()
			if refused := p.Kind == Untrusted; refused != (secret && !allowed) || refused && !strings.Contains(p.Message, "registry.corp asks for your login to be sent to evil.corp") {
				t.Errorf("%s, allowed %v: %q, %q", name, allowed, p.Message, p.Hint)
			}
		}
	}
}

// A registry that redirects from https to http is not followed, and neither is a realm.
func TestRedirectToPlainHTTP(t *testing.T) {
	for _, from := range []string{"/v2/", "/v2/a/manifests/latest", "/token"} {
		w := serve(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == from && (from != "/v2/" || r.URL.RawQuery == ""):
				http.Redirect(rw, r, "http://127.0.0.1:1/x", http.StatusTemporaryRedirect)
			case from == "/token":
				rw.Header().Set("WWW-Authenticate", `Bearer realm="https://registry.corp/token",service="x"`)
				rw.WriteHeader(http.StatusUnauthorized)
			}
		}))
		_, err := New(Options{Transport: w.network(), Keychain: authn.NewMultiKeychain()}).Look(t.Context(), "registry.corp/a", amd64, nil)
		var p *Problem
		if !errors.As(err, &p) || p.Kind == Refused {
			t.Errorf("%s: %v", from, err)
		}
		if from == "/v2/a/manifests/latest" && !errors.Is(err, errDowngrade) {
			t.Errorf("%s: %v", from, err)
		}
	}
}
