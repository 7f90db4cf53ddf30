package registry

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// realmError is a request with the person's credentials that a registry wants at a host that is not known to be its own.
type realmError struct{ host string }

// Error names the host.
func (e *realmError) Error() string { return "credentials wanted at " + e.host }

// checkRealm keeps the person's credentials to the registry that they are for. A registry says itself where tokens are given out: one that
// names another host would be sent the password there. Without credentials any host may be asked.
func (g *guard) checkRealm(request *http.Request) error {
	body := request.Body != nil && request.Body != http.NoBody // bodies are those of logins
	if g.registry == "" || request.Header.Get("Authorization") == "" && !body {
		return nil
	}
	if belongs(g.registry, request.URL, g.realms) {
		return nil
	}
	return &realmError{host: request.URL.Host}
}

// belongs reports whether a registry's credentials may be sent to an address: of its own host, of the host that is known to give out its
// tokens, and of those that the configuration allows.
func belongs(registry string, at *url.URL, allowed []string) bool {
	own := hostname(registry)
	host := strings.ToLower(at.Hostname())
	if host == own || slices.Contains(allowed, host) || slices.Contains(allowed, strings.ToLower(at.Host)) {
		return true
	}
	known := map[string][]string{
		"docker.io":           {"index.docker.io", "registry-1.docker.io", "auth.docker.io"},
		"registry.gitlab.com": {"gitlab.com"},
		"docker.elastic.co":   {"docker-auth.elastic.co"},
		"nvcr.io":             {"authn.nvidia.com"},
	}
	if own == "index.docker.io" || own == "registry-1.docker.io" {
		own = "docker.io"
	}
	return slices.Contains(known[own], host)
}

func hostname(registry string) string {
	u, err := url.Parse("https://" + registry)
	if err != nil {
		return strings.ToLower(registry)
	}
	return strings.ToLower(u.Hostname())
}

// strangeRealm explains a realmError; nil for another.
func (q question) strangeRealm(host string, err error) *Problem {
	var realm *realmError
	if !errors.As(err, &realm) {
		return nil
	}
	to := brief(realm.host)
	return q.problem(Untrusted, realm, host+" wants your login to be sent to "+to+", which was not done",
		"if "+to+" belongs to it, allow it in config.yaml: registries: {realms: ["+to+"]}")
}
