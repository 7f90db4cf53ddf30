package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
)

const (
	maxRedirects = 8
	maxBody      = 4 << 20 // bytes of any answer: as much as the specification allows a manifest
)

var (
	errRedirects = errors.New("too many redirects")
	errDowngrade = errors.New("redirect from https to http")
	errInward    = errors.New("redirect to a link-local address")
	errTooLarge  = errors.New("the answer is too large")
)

// throttleError is the answer 429.
type throttleError struct{ after time.Duration }

func (e *throttleError) Error() string { return fmt.Sprintf("too many requests, wait %v", e.after) }

// proxyError is a proxy that does not let a request through; status is 0 when its setting cannot be read.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return fmt.Sprintf("proxy: status %d", e.status) }

// aware makes a transport tell the refusals of proxies from the answers of registries; nil is the person's network.
func aware(transport http.RoundTripper) http.RoundTripper {
	if transport == nil {
		transport = http.DefaultTransport
	}
	base, ok := transport.(*http.Transport)
	if !ok {
		return transport
	}
	t := base.Clone()
	t.IdleConnTimeout = 10 * time.Second
	if proxy := base.Proxy; proxy != nil {
		t.Proxy = func(request *http.Request) (*url.URL, error) {
			u, err := proxy(request)
			if err != nil {
				return nil, &proxyError{} // the text of err holds the password of the proxy
			}
			return u, nil
		}
	}
	if t.OnProxyConnectResponse == nil {
		t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
			if response.StatusCode != http.StatusOK {
				return &proxyError{status: response.StatusCode}
			}
			return nil
		}
	}
	return t
}

// guard is the transport of one look: it follows redirects only so far, keeps to TLS, tries a broken connection once more, reads only
// so much, understands throttling, and knows which secrets were sent.
type guard struct {
	inner http.RoundTripper
	now   func() time.Time
	// registry is the host that is asked, and realms are hosts that may be told its credentials too.
	registry string
	realms   []string

	mu      sync.Mutex
	retried bool
	secrets []string
}

// RoundTrip sends a request.
func (g *guard) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := checkRedirect(request); err != nil {
		return nil, err
	}
	if err := checkPlain(request); err != nil {
		return nil, err
	}
	if err := g.checkRealm(request); err != nil {
		return nil, err
	}
	if _, credentials, found := strings.Cut(request.Header.Get("Authorization"), " "); found {
		g.hide(credentials)
	}
	response, err := g.inner.RoundTrip(request)
	if err != nil && g.mayRetry(request, err) {
		response, err = g.inner.RoundTrip(request)
	}
	if err != nil {
		return nil, err
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests:
		err = &throttleError{after: retryAfter(response.Header.Get("Retry-After"), g.now())}
	case http.StatusProxyAuthRequired:
		err = &proxyError{status: response.StatusCode}
	default:
		response.Body = &limited{ReadCloser: response.Body, left: maxBody + 1}
		return response, nil
	}
	return nil, errors.Join(err, response.Body.Close())
}

// mayRetry allows one more request in the whole look, when a connection has broken off.
func (g *guard) mayRetry(request *http.Request, err error) bool {
	broken := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	if !broken || request.Body != nil || request.Context().Err() != nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	may := !g.retried
	g.retried = true
	return may
}

// checkRedirect looks at how a request came about.
func checkRedirect(request *http.Request) error {
	n := 0
	for r := request; r.Response != nil && r.Response.Request != nil; r = r.Response.Request {
		if n++; n > maxRedirects {
			return errRedirects
		}
	}
	if n == 0 {
		return nil
	}
	if address, err := netip.ParseAddr(request.URL.Hostname()); err == nil && address.IsLinkLocalUnicast() {
		return errInward // where clouds hand out credentials
	}
	if request.URL.Scheme != "https" && request.Response.Request.URL.Scheme == "https" {
		return errDowngrade
	}
	return nil
}

// checkPlain refuses what others on the way could read or forge: any request without TLS that leaves this machine, and one with
// a secret at all. The library below would ask hosts of private networks without TLS too, whatever they answer with it.
func checkPlain(request *http.Request) error {
	if request.URL.Scheme == "https" {
		return nil
	}
	host := request.URL.Hostname()
	address, err := netip.ParseAddr(host)
	here := host == "localhost" || err == nil && address.IsLoopback()
	if !here || request.Header.Get("Authorization") != "" || request.Body != nil && request.Body != http.NoBody { // bodies are those of logins
		return errPlain
	}
	return nil
}

// hideAll remembers what must not be shown when a registry sends it back.
func (g *guard) hideAll(c *authn.AuthConfig) {
	for _, secret := range []string{c.Password, c.Auth, c.IdentityToken, c.RegistryToken} {
		g.hide(secret)
	}
}

func (g *guard) hide(secret string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(secret) < 4 || slices.Contains(g.secrets, secret) { // shorter ones are in every other word
		return
	}
	g.secrets = append(g.secrets, secret)
	if plain, err := base64.StdEncoding.DecodeString(secret); err == nil {
		if _, password, found := strings.Cut(string(plain), ":"); found && len(password) >= 4 {
			g.secrets = append(g.secrets, string(plain), password)
		}
	}
}

// words cleans and cuts what a registry says, without the secrets it was sent.
func (g *guard) words(s string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, secret := range g.secrets {
		s = strings.ReplaceAll(s, secret, "…")
	}
	return brief(s)
}

// limited ends a body that is too large.
type limited struct {
	io.ReadCloser
	left int64
}

// Read reads what may still be read.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLarge
	}
	n, err := l.ReadCloser.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// retryAfter reads the header: seconds, a date, or (Docker Hub) the seconds since 1970. What is not there or makes no
// sense is as long as errors are kept.
func retryAfter(header string, now time.Time) time.Duration {
	wait := errorHolds
	if n, err := strconv.ParseInt(strings.TrimSpace(header), 10, 64); err == nil {
		if n > 1_000_000_000 {
			wait = time.Unix(n, 0).Sub(now)
		} else {
			wait = time.Duration(n) * time.Second
		}
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, time.Second), longestQuiet)
}

// How long answers hold. What is asked for by digest cannot change; a tag can.
const (
	tagHolds     = 10 * time.Minute
	errorHolds   = 30 * time.Second
	longestQuiet = time.Hour // for registries that want to be left alone for years
	manyAnswers  = 500
)

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
