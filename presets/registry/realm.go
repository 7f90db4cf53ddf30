package registry

import (
	"net/url"
	"slices"
	"strings"
)

// realmError is a request with the person's credentials that a registry wants at a host that is not known to be its own.
type realmError struct{ host string }

// Error names the host.
func (e *realmError) Error() string { return "credentials wanted at " + e.host }

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
