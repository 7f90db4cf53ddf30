package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

const page = "<!DOCTYPE html><html><body>Please log in</body></html>"

// problemOf looks and must fail.
func problemOf(t *testing.T, r *Registry, image string, p Platform) *Problem {
	t.Helper()
	_, err := r.Look(t.Context(), image, p, nil)
	var problem *Problem
	if !errors.As(err, &problem) {
		t.Fatalf("%s: %v (%T)", image, err, err)
	}
	sound(t, problem)
	return problem
}

// sound is what holds for every problem: clean sentences of a sane length, that say what, where, and the way on.
func sound(t *testing.T, p *Problem) {
	t.Helper()
	all := p.Message + p.Hint
	if p.Err != nil {
		all += p.Err.Error()
	}
	if strings.ContainsAny(all, "\x1b\n\r\x00") || len(all) > 2500 || !strings.HasPrefix(p.Message, "look at ") {
		t.Errorf("not clean: %q", all)
	}
	if !strings.Contains(p.Hint, "; the node may still be able to pull it") || strings.HasPrefix(p.Hint, ";") {
		t.Errorf("no way on: %q", p.Hint)
	}
	if explained := kube.Explain(fmt.Errorf("wrapped: %w", p)); explained.Message != p.Message || explained.Hint != p.Hint {
		t.Errorf("explained as %+v", explained)
	}
}

// TestRefusals has registries that say no.
func TestRefusals(t *testing.T) {
	const shell, tools = "/v2/shell/foo/manifests/latest", "/v2/tools/manifests/1"
	manifest := func(body string) map[string]http.HandlerFunc {
		return map[string]http.HandlerFunc{tools: says(200, body)}
	}
	config := `"config":{"digest":"sha256:` + digest64 + `","size":2}`
	for _, test := range []struct {
		name, image string
		pages       map[string]http.HandlerFunc
		kind        Kind
		what, hint  string
		missing     []string
	}{
		{"absent", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(404, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no\u001b[31m such"}]}`)},
			NotFound, "a.b has no such image with tag 1: no␛[31m such", "check the name", nil},
		{"no such name", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(404, `{"errors":[{"code":"NAME_UNKNOWN","message":""}]}`)}, NotFound, "a.b has no such image", "check the name and the tag", nil},
		{"packages", "nixery.dev/shell/foo", map[string]http.HandlerFunc{shell: says(404, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"Could not find Nix packages: [foo bar\u001b]"}]}`)},
			NotFound, "nixery.dev does not know the packages foo, bar", "search.nixos.org", []string{"foo", "bar␛"}},
		{"a package, not in JSON", "other.dev/shell/foo", map[string]http.HandlerFunc{shell: says(404, "could not find package: foo\n")},
			NotFound, "other.dev does not know the package foo", "leave it out", []string{"foo"}},
		{"build", "nixery.dev/shell/foo", map[string]http.HandlerFunc{shell: says(500, `{"errors":[{"code":"UNKNOWN","message":"image build failure"}]}`)},
			BuildFailed, "nixery.dev could not build it: image build failure", "slow to build: leave one out", nil},
		{"nixery is down", "nixery.dev/shell/foo", map[string]http.HandlerFunc{"/v2/": says(500, page)}, Broken, "nixery.dev reports a server error (500 Internal Server Error)", "later", nil},
		{"registry is down", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(503, page)}, Broken, "a.b reports a server error (503 Service Unavailable)", "later", nil},
		{"forbidden", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(403, `{"errors":[{"code":"DENIED","message":"go away"}]}`)}, Denied, "go away", "docker login a.b", nil},
		{"forbidden at the door", "a.b/tools:1", map[string]http.HandlerFunc{"/v2/": says(403, page)}, Denied, "may be private", "docker login a.b", nil},
		{"unauthorized", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(401, "")}, Denied, "may be private", "docker login a.b", nil},
		{"unauthorized at the hub", "tools:1", map[string]http.HandlerFunc{"/v2/library/tools/manifests/1": says(401, "")}, Denied, "docker.io does not let you", "with docker login;", nil},
		{"no such digest", "a.b/tools@sha256:" + digest64, nil, NotFound, "does not have this digest", "", nil},
		{"sizes beyond counting", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(200, `{"schemaVersion":2,`+config+`,"layers":[{"size":-5},{"size":9223372036854775807}]}`),
			"/v2/tools/blobs/sha256:" + digest64: says(200, page)}, NotARegistry, "web page", "", nil},
		{"throttled", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(429, "")}, Throttled, "a.b allows no more requests for 30 s", "wait", nil},
		{"throttled at the door", "busybox", map[string]http.HandlerFunc{"/v2/": says(429, "")}, Throttled, "docker.io allows no more requests", "docker login raises", nil},
		{"web server", "a.b/tools:1", map[string]http.HandlerFunc{"/v2/": says(404, page)}, NotARegistry, "does not respond like a registry (404", "check the host", nil},
		{"login page", "a.b/tools:1", map[string]http.HandlerFunc{"/v2/": says(200, page), tools: says(200, page)}, NotARegistry, "a.b answered with a web page", "check for a login page in between", nil},
		{"login page elsewhere", "a.b/tools:1", map[string]http.HandlerFunc{
			tools: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://sso.corp/login", http.StatusFound)
			},
			"/login": says(200, "\ufeff\n"+page),
		}, NotARegistry, "web page", "", nil},
		{"nonsense", "a.b/tools:1", manifest(`"hello"`), NotARegistry, "does not respond like a registry", "check the host", nil},
		{"empty", "a.b/tools:1", manifest(``), NotARegistry, "does not respond like a registry", "check the host", nil},
		{"null", "a.b/tools:1", manifest(`null`), NotARegistry, "does not respond like a registry", "check the host", nil},
		{"hostile digest", "a.b/tools:1", manifest(`{"schemaVersion":2,"config":{"digest":"sha256:../../x"}}`), NotARegistry, "does not respond", "", nil},
		{"schema 1", "a.b/tools:1", manifest(`{"schemaVersion":1,"fsLayers":[]}`), NotAnImage, "given up in 2016", "another image", nil},
		{"chart", "a.b/tools:1", manifest(`{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"}}`), NotAnImage, "not a container image but application/vnd.cncf.helm", "", nil},
		{"empty index", "a.b/tools:1", manifest(`{"schemaVersion":2,"manifests":[]}`), NotAnImage, "without an image", "", nil},
		{"index in itself", "a.b/tools:1", manifest(`{"schemaVersion":2,"manifests":[{"digest":"sha256:` + digest64 + `"}]}`), NotFound, "has no such image", "", nil},
		{"no config", "a.b/tools:1", manifest(`{"schemaVersion":2,` + config + `}`), NotFound, "", "", nil},
		{"forged config", "a.b/tools:1", map[string]http.HandlerFunc{tools: says(200, `{"schemaVersion":2,`+config+`}`), "/v2/tools/blobs/sha256:" + digest64: says(200, "{}")},
			Broken, "content that does not match the digest", "damaged", nil},
		{"forged manifest", "a.b/tools@sha256:" + digest64, map[string]http.HandlerFunc{"/v2/tools/manifests/sha256:" + digest64: says(200, "{}")}, Broken, "content that does not match the digest", "", nil},
		{"realm", "a.b/tools:1", map[string]http.HandlerFunc{"/v2/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="https://169.254.169.254/token"`)
			w.WriteHeader(http.StatusUnauthorized)
		}}, NotARegistry, "does not respond like a registry", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := problemOf(t, serve(t, pages(test.pages)).registry(), test.image, amd64)
			if p.Kind != test.kind || !strings.Contains(p.Message, test.what) || !strings.Contains(p.Hint, test.hint) {
				t.Errorf("kind %d, want %d: %q; %q", p.Kind, test.kind, p.Message, p.Hint)
			}
			if diff := cmp.Diff(test.missing, p.Missing); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(p.Message, "<") {
				t.Errorf("a web page in %q", p.Message)
			}
		})
	}
}

// TestWrongPlatform names the platforms there are, of an index and of a single image.
func TestWrongPlatform(t *testing.T) {
	w := serve(t, memoryRegistry())
	w.push(t, "nixery.dev/arm64/git", picture(t, arm64, v1.Config{}))
	w.push(t, "a.b/c", indexOf(map[Platform]v1.Image{amd64: picture(t, amd64, v1.Config{}), arm64: picture(t, arm64, v1.Config{})}))
	p := problemOf(t, w.registry(), "nixery.dev/arm64/git", amd64)
	if p.Kind != WrongPlatform || !strings.Contains(p.Message, "it is for linux/arm64, the node is linux/amd64") || !strings.Contains(p.Hint, "compose") || !cmp.Equal(p.Platforms, []Platform{arm64}) {
		t.Errorf("%+v", p)
	}
	p = problemOf(t, w.registry(), "a.b/c", Platform{"linux", "s390x"})
	if p.Kind != WrongPlatform || !strings.Contains(p.Message, "it is for linux/amd64, linux/arm64, the node is linux/s390x") || !cmp.Equal(p.Platforms, []Platform{amd64, arm64}) {
		t.Errorf("%+v", p)
	}
}

// TestRetryAfter reads the header in its three forms, and none.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 30 * time.Second, "7": 7 * time.Second, "90": 90 * time.Second, "-5": time.Second, "soon": 30 * time.Second, "999999999": time.Hour,
		now.Add(40 * time.Second).Format(http.TimeFormat): 40 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): time.Second,
		fmt.Sprint(now.Add(2 * time.Minute).Unix()): 2 * time.Minute, "99999999999999999999": 30 * time.Second,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
	for wait, want := range map[time.Duration]string{37*time.Second + 1: "for 38 s", 10 * time.Minute: "for 10 min"} {
		if p := (question{host: "docker.io"}).throttled(wait); !strings.Contains(p.Message, want) || p.RetryAfter != wait {
			t.Errorf("%v: %q", wait, p.Message)
		}
	}
}

// TestTheWay has all that can go wrong on the way to a registry.
func TestTheWay(t *testing.T) {
	quiet := log.New(io.Discard, "", 0)
	fine := serve(t, memoryRegistry())
	strange := httptest.NewUnstartedServer(memoryRegistry())
	strange.Config.ErrorLog = quiet
	strange.StartTLS()
	defer strange.Close()
	plain := httptest.NewServer(memoryRegistry())
	defer plain.Close()
	forbidding := httptest.NewServer(says(403, page))
	defer forbidding.Close()
	asking := httptest.NewServer(says(407, page))
	defer asking.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()

	to := func(address string) *http.Transport {
		return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}
	}
	through := func(proxy string) *http.Transport {
		return &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }}
	}
	dead := func(err error) *http.Transport {
		return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: err}
		}}
	}
	for _, test := range []struct {
		name, image string
		transport   http.RoundTripper
		kind        Kind
		what        string
	}{
		{"certificate", "a.b/c", to(strange.Listener.Addr().String()), Untrusted, "the certificate of a.b is not trusted: x509"},
		{"certificate on loopback", strange.Listener.Addr().String() + "/c", &http.Transport{}, Untrusted, "is not trusted: x509"},
		{"plain http", "a.b/c", to(plain.Listener.Addr().String()), Untrusted, "speaks plain HTTP"},
		{"refused", "a.b/c", to(nobody), Refused, "nothing answers at a.b"},
		{"refused on loopback", nobody + "/c", &http.Transport{}, Refused, "nothing answers at " + nobody},
		{"no name", "a.b/c", dead(&net.DNSError{Err: "no such host", Name: "a.b", IsNotFound: true}), Unresolved, "the name a.b cannot be resolved"},
		{"no way", "a.b/c", dead(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), Refused, "no route to a.b"},
		{"breaks off", "a.b/c", dead(io.EOF), Broken, "broke off"},
		{"dial takes long", "a.b/c", dead(os.ErrDeadlineExceeded), TimedOut, "no answer from a.b in 20s"},
		{"proxy is not there", "a.b/c", through("http://user:passw0rd@" + nobody), Proxy, "the proxy on the way to a.b cannot be reached"},
		{"proxy forbids", "a.b/c", through("http://user:passw0rd@" + forbidding.Listener.Addr().String()), Proxy, "refuses (403 Forbidden)"},
		{"proxy asks", "a.b/c", through("http://user:passw0rd@" + asking.Listener.Addr().String()), Proxy, "refuses (407 Proxy Auth"},
		{"proxy asks, plain", "127.0.0.1:1/c", through("http://user:passw0rd@" + asking.Listener.Addr().String()), Proxy, "refuses (407 Proxy Auth"},
		{"proxy is misspelt", "a.b/c", through("http://user:passw0rd@[x"), Proxy, "the address of the proxy cannot be read"},
		{"works", "a.b/c", fine.network(), NotFound, "has no such image"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := problemOf(t, New(Options{Transport: test.transport, Keychain: authn.NewMultiKeychain()}), test.image, amd64)
			if p.Kind != test.kind || !strings.Contains(p.Message, test.what) {
				t.Errorf("kind %d, want %d: %q", p.Kind, test.kind, p.Message)
			}
			if strings.Contains(fmt.Sprintf("%v %v %v", p.Message, p.Hint, p.Err), "passw0rd") {
				t.Errorf("the password of the proxy is in %q (%v)", p.Message, p.Err)
			}
		})
	}
}

// TestRedirects ends loops, at the door and inside, and follows neither to http nor to where clouds keep credentials.
func TestRedirects(t *testing.T) {
	to := func(address string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
	}
	const tools = "/v2/tools/manifests/latest"
	for _, test := range []struct {
		from, to string
		kind     Kind
	}{
		{"/v2/", "https://a.b/v2/", RedirectLoop},
		{tools, "https://c.d" + tools, RedirectLoop},
		{tools, "http://c.d" + tools, Untrusted},
		{tools, "https://169.254.169.254/latest/meta-data/", Untrusted},
	} {
		w := serve(t, pages(map[string]http.HandlerFunc{test.from: to(test.to)}))
		if p := problemOf(t, w.registry(), "a.b/tools", amd64); p.Kind != test.kind {
			t.Errorf("from %s to %s: kind %d, want %d: %q", test.from, test.to, p.Kind, test.kind, p.Message)
		}
		if n := len(w.requests()); n > maxRedirects+1 {
			t.Errorf("%d requests", n)
		}
	}
}

// TestTooLarge has a registry that never stops: no more is read than allowed, of a manifest and of an error.
func TestTooLarge(t *testing.T) {
	for _, status := range []int{200, 404} {
		var sent int
		ended := make(chan struct{})
		w := serve(t, pages(map[string]http.HandlerFunc{"/v2/tools/manifests/latest": func(w http.ResponseWriter, _ *http.Request) {
			defer close(ended)
			w.WriteHeader(status)
			block := []byte(strings.Repeat(" ", 1<<16))
			for sent < 1<<30 {
				n, err := w.Write(block)
				if sent += n; err != nil {
					return
				}
			}
		}}))
		if p := problemOf(t, w.registry(), "a.b/tools", amd64); p.Kind != NotARegistry || !strings.Contains(p.Message, "more than the 4 MB") {
			t.Errorf("%d: %+v", status, p)
		}
		if <-ended; sent > 64<<20 {
			t.Errorf("%d: %d bytes were taken", status, sent)
		}
	}
}

// TestRetryOnce tries a broken connection once more in a whole look, and an answer never.
func TestRetryOnce(t *testing.T) {
	for _, test := range []struct {
		door, image int // how often the connection breaks off
		kind        Kind
	}{{1, 0, NotFound}, {0, 1, NotFound}, {2, 0, Broken}, {0, 2, Broken}, {1, 1, Broken}} {
		breaks := func(times, status int) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				if times--; times >= 0 {
					panic(http.ErrAbortHandler)
				}
				w.WriteHeader(status)
			}
		}
		w := serve(t, pages(map[string]http.HandlerFunc{
			"/v2/": breaks(test.door, http.StatusOK), "/v2/tools/manifests/latest": breaks(test.image, http.StatusNotFound),
		}))
		transport := w.network()
		transport.DisableKeepAlives = true // net/http itself tries again on a connection that was used before
		if p := problemOf(t, New(Options{Transport: transport}), "a.b/tools", amd64); p.Kind != test.kind {
			t.Errorf("%+v: %d %q", test, p.Kind, p.Message)
		}
	}
	for _, status := range []int{429, 500, 502, 503, 504, 408} {
		w := serve(t, pages(map[string]http.HandlerFunc{"/v2/tools/manifests/latest": says(status, "")}))
		problemOf(t, w.registry(), "a.b/tools", amd64)
		if n := len(w.requests()); n != 1 {
			t.Errorf("%d was asked for %d times", status, n)
		}
	}
}

// TestNoSecrets has a registry that sends back what it was sent.
func TestNoSecrets(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		_, basic, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		plain, _ := base64.StdEncoding.DecodeString(basic)
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"errors":[{"message":"not with %s or %s"}]}`, r.Header.Get("Authorization"), plain)
	}
	w := serve(t, pages(map[string]http.HandlerFunc{
		"/v2/tools/manifests/latest": echo,
		"/v2/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
	}))
	r := New(Options{Transport: w.network(), Keychain: keychain{authn.FromConfig(authn.AuthConfig{Username: "ann", Password: "s3cret"}), nil}})
	p := problemOf(t, r, "a.b/tools", amd64)
	if all := fmt.Sprintf("%s %s %v %+v", p.Message, p.Hint, p.Err, p.Err); !strings.Contains(all, "not with Basic …") || strings.Contains(all, "s3cret") || strings.Contains(all, "YW5uOnMzY3JldA") {
		t.Error(all)
	}

	token := serve(t, pages(map[string]http.HandlerFunc{
		"/token": says(200, `{"t0ken": "abcdef"}`),
		"/v2/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="https://a.b/token"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
	}))
	if p := problemOf(t, token.registry(), "a.b/tools", amd64); strings.Contains(p.Message+p.Err.Error(), "abcdef") {
		t.Errorf("a token is in %q (%v)", p.Message, p.Err)
	}
}

// TestCredentialsUnread goes on without credentials, and says so if that was not enough.
func TestCredentialsUnread(t *testing.T) {
	w := serve(t, memoryRegistry())
	w.push(t, "a.b/tools", picture(t, amd64, v1.Config{}))
	missing := keychain{nil, errors.New("docker-credential-x: executable file not found; password is hunter2")}
	if _, err := New(Options{Transport: w.network(), Keychain: missing}).Look(t.Context(), "a.b/tools", amd64, nil); err != nil {
		t.Error(err)
	}
	private := serve(t, pages(map[string]http.HandlerFunc{"/v2/tools/manifests/latest": says(401, "")}))
	p := problemOf(t, New(Options{Transport: private.network(), Keychain: missing}), "a.b/tools", amd64)
	if p.Kind != Denied || !strings.HasPrefix(p.Hint, "your docker credentials could not be read") || strings.Contains(p.Hint, "hunter2") {
		t.Errorf("%+v", p)
	}
}

// TestDockerCredentials are read from the person's own file, and not when they could go anywhere.
func TestDockerCredentials(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("DOCKER_CONFIG", home)
	if err := os.WriteFile(home+"/config.json", []byte(`{"auths":{"a.b":{"auth":"YW5uOnMzY3JldA=="}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var users []string
	w := serve(t, pages(map[string]http.HandlerFunc{
		"/v2/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"/v2/tools/manifests/latest": func(w http.ResponseWriter, r *http.Request) {
			user, _, _ := r.BasicAuth()
			users = append(users, user)
			w.WriteHeader(http.StatusNotFound)
		},
	}))
	own := New(Options{})
	own.transport = w.network()
	problemOf(t, own, "a.b/tools", amd64)
	problemOf(t, own, "c.d/tools", amd64)
	problemOf(t, New(Options{Transport: w.network()}), "a.b/tools", amd64)
	if !cmp.Equal(users, []string{"ann", "", ""}) {
		t.Errorf("asked as %q", users)
	}
}

// TestPatience ends a look when its time is over: the host's, or that of whoever looks. Time is fake here.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		r := New(Options{Transport: never, Keychain: authn.NewMultiKeychain()})
		for image, want := range map[string]time.Duration{"nixery.dev/git": 2 * time.Minute, "a.b/git": 20 * time.Second} {
			start := time.Now()
			if p := problemOf(t, r, image, amd64); p.Kind != TimedOut || time.Since(start) != want {
				t.Errorf("%s: %q after %v", image, p.Message, time.Since(start))
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var p *Problem
		if _, err := r.Look(ctx, "a.b/git", amd64, nil); !errors.As(err, &p) || p.Kind != TimedOut {
			t.Errorf("a deadline: %v", err)
		}
	})
}

// TestInvalid tells where a name is wrong, and asks nobody.
func TestInvalid(t *testing.T) {
	_, err := New(Options{}).Look(t.Context(), "Busy Box", amd64, nil)
	var p *Problem
	var wrong *SyntaxError
	if !errors.As(err, &p) || p.Kind != Invalid || !errors.As(err, &wrong) || wrong.At != 0 || p.Message != `image "Busy Box": image names are lower case (at character 1)` {
		t.Errorf("%v", err)
	}
}
