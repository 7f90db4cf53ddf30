package kube

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

// What answers is not always an API server. It is told as such, and never that something in the cluster is not there.
func TestNoAPI(t *testing.T) {
	says := func(code int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	const none, page = "there is no Kubernetes API at %s", "the server at %s sends a web page ("
	for name, tt := range map[string]struct {
		handler http.Handler
		want    string
	}{
		"404 of a web server":    {http.NotFoundHandler(), none},
		"404 with a page":        {says(404, "text/html; charset=utf-8", "<html>not here"), none},
		"404 of another service": {says(404, "application/json", `{"message": "no route", "status": "404"}`), none},
		"404 without a body":     {says(404, "", ""), none},
		"405":                    {says(405, "text/plain", "no"), none},
		"200 with a page":        {says(200, "text/html", "<html>log in"), page + "200 OK"},
		"401 with a page":        {says(401, "text/html", "<html>log in"), page + "401 Unauthorized"},
		"403 with a page":        {says(403, "text/html", "<html>no"), page + "403 Forbidden"},
		"502 with a page":        {says(502, "text/html", "<html>no"), "the server at %s reports an error (502 Bad Gateway)"},
		"400 with a page":        {says(400, "text/html", "<html>no"), none},
		"200 of another service": {says(200, "application/json", `{"hello": "you"}`), "the server at %s does not respond like an API server"},
		"200 with a list":        {says(200, "application/json", `[1]`), "the server at %s does not respond like an API server"},
		"200 with text":          {says(200, "text/plain", `hello`), "the server at %s does not respond like an API server"},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, tt.handler)
			want := strings.ReplaceAll(tt.want, "%s", c.Server)
			_, err := c.Namespaces(t.Context())
			wantProblem(t, err, "list the namespaces: "+want)
			if IsNotFound(err) {
				t.Error("something in the cluster is said not to be there")
			}
			if problem := c.CheckNamespace(t.Context(), "shop"); problem != nil {
				t.Errorf("the namespace: %v", problem)
			}
		})
	}
	c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, 404, metav1.StatusReasonNotFound, `pods "x" not found`, nil)
	}))
	if _, err := c.Namespaces(t.Context()); !IsNotFound(err) {
		t.Errorf("what is not there is %v", err)
	}
}

// A server that speaks something else than the kubeconfig says.
func TestWrongProtocol(t *testing.T) {
	quiet := log.New(io.Discard, "", 0)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = quiet
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	ssh := banner(t, "SSH-2.0-OpenSSH_9.9\r\n")
	for name, tt := range map[string]struct{ server, want string }{
		"http to https":  {strings.Replace(secure.URL, "https", "http", 1), "%s speaks HTTPS, and was asked over plain HTTP"},
		"https to http":  {strings.Replace(plain.URL, "http", "https", 1), "%s speaks plain HTTP, not HTTPS"},
		"https to ssh":   {"https://" + ssh, "the server at %s does not speak HTTP"},
		"http to ssh":    {"http://" + ssh, "the server at %s does not speak HTTP"},
		"path of no API": {plain.URL + "/some/path", "there is no Kubernetes API at %s"},
	} {
		t.Run(name, func(t *testing.T) {
			c := openAt(t, tt.server)
			_, err := c.Namespaces(t.Context())
			wantProblem(t, err, "list the namespaces: "+strings.ReplaceAll(tt.want, "%s", c.Server))
		})
	}
}

// banner is a server that says the same to everybody.
func banner(t *testing.T, text string) (address string) {
	t.Helper()
	l := apitest.Listen(t, "127.0.0.1:0")
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, text)
				_, _ = io.Copy(io.Discard, conn)
			}()
		}
	}()
	return l.Addr().String()
}

// A proxy that does not let requests through is named, and not the API server blamed.
func TestProxies(t *testing.T) {
	const dead = "127.0.0.1:1" // no port of a listener that has gone: another test may get that
	connect := func(status string) string {
		return banner(t, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n")
	}
	for name, tt := range map[string]struct{ proxy, want string }{
		"dead socks5":       {"socks5://ann:hunter2@" + dead, "the proxy socks5://" + dead + " cannot be reached: dial tcp " + dead + ": connect: connection refused"},
		"dead http":         {"http://ann:hunter2@" + dead, "the proxy http://" + dead + " cannot be reached: dial tcp " + dead + ": connect: connection refused"},
		"dead https":        {"https://ann:hunter2@" + dead, "the proxy https://" + dead + " cannot be reached: dial tcp " + dead + ": connect: connection refused"},
		"refuses":           {"http://" + connect("403 Forbidden"), "the proxy PROXY refused to connect to https://api.example:6443 (403 Forbidden)"},
		"wants a password":  {"http://" + connect("407 Proxy Authentication Required"), "the proxy PROXY refused to connect to https://api.example:6443 (407 Proxy Authentication Required)"},
		"cannot":            {"http://" + connect("502 Bad Gateway"), "the proxy PROXY refused to connect to https://api.example:6443 (502 Bad Gateway)"},
		"http to socks":     {"socks5://" + connect("400 Bad Request"), "the proxy PROXY did not connect to https://api.example:6443: "},
		"socks cannot":      {"socks5://" + socksRefusing(t), "the proxy PROXY did not connect to https://api.example:6443: "},
		"https to no https": {"https://" + connect("400 Bad Request"), "the proxy PROXY cannot be reached: "},
	} {
		t.Run(name, func(t *testing.T) {
			config := clientcmdapi.NewConfig()
			config.CurrentContext = "c"
			config.Contexts["c"] = &clientcmdapi.Context{Cluster: "k", AuthInfo: "u"}
			config.AuthInfos["u"] = &clientcmdapi.AuthInfo{Token: "t"}
			config.Clusters["k"] = &clientcmdapi.Cluster{Server: "https://api.example:6443", ProxyURL: tt.proxy}
			c := mustOpen(t, writeConfig(t, config), "")
			_, err := c.Namespaces(t.Context())
			p := wantProblem(t, err, "list the namespaces: "+strings.ReplaceAll(tt.want, "PROXY", tt.proxy))
			if !strings.Contains(p.Hint, "proxy-url") || strings.Contains(p.Message+p.Hint, "hunter2") {
				t.Errorf("%q, %q", p.Message, p.Hint)
			}
		})
	}
}

// socksRefusing is a SOCKS proxy that reaches nothing.
func socksRefusing(t *testing.T) (address string) {
	t.Helper()
	l := apitest.Listen(t, "127.0.0.1:0")
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			_, _ = r.ReadByte()
			_, _ = conn.Write([]byte{5, 0})
			_, _ = r.ReadByte()
			_, _ = conn.Write([]byte{5, 4, 0, 1, 0, 0, 0, 0, 0, 0}) // host unreachable
			_, _ = io.Copy(io.Discard, r)
			_ = conn.Close()
		}
	}()
	return l.Addr().String()
}

// Requests without credentials are told as such, not as credentials that have expired.
func TestWithoutCredentials(t *testing.T) {
	w := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized", nil)
	}))
	t.Cleanup(w.Close)
	anonymous := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `namespaces is forbidden: User "system:anonymous" cannot list`, nil)
	}))
	t.Cleanup(anonymous.Close)
	for name, tt := range map[string]struct{ server, user, hint string }{
		"no user":            {w.URL, "", `no user is named in context "c": add one to the kubeconfig`},
		"no user, 403":       {anonymous.URL, "", `no user is named in context "c": add one to the kubeconfig`},
		"user is missing":    {w.URL, "gone", `context "c" names user "gone", which is not in the kubeconfig`},
		"user with nothing":  {w.URL, "bare", `user "bare" of context "c" has no credentials in the kubeconfig`},
		"nothing, anonymous": {anonymous.URL, "bare", `user "bare" of context "c" has no credentials in the kubeconfig`},
	} {
		t.Run(name, func(t *testing.T) {
			config := clientcmdapi.NewConfig()
			config.CurrentContext = "c"
			config.Contexts["c"] = &clientcmdapi.Context{Cluster: "k", AuthInfo: tt.user}
			config.AuthInfos["bare"] = clientcmdapi.NewAuthInfo()
			config.Clusters["k"] = &clientcmdapi.Cluster{Server: tt.server, InsecureSkipTLSVerify: true}
			c := mustOpen(t, writeConfig(t, config), "")
			_, err := c.Namespaces(t.Context())
			if p := wantProblem(t, err, "list the namespaces: the cluster does not accept requests without credentials"); p.Hint != tt.hint {
				t.Errorf("the hint is %q", p.Hint)
			}
		})
	}
}

// Certificates that are out of date are told with the day.
func TestCertificatesOutOfDate(t *testing.T) {
	past, later := time.Date(2020, 5, 17, 12, 0, 0, 0, time.UTC), time.Date(2090, 5, 17, 12, 0, 0, 0, time.UTC)
	cert, key := certificate(t, past.AddDate(-1, 0, 0), past)
	early, earlyKey := certificate(t, later, later.AddDate(1, 0, 0))
	unauthorized := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized", nil)
	}))
	t.Cleanup(unauthorized.Close)
	serving := func(cert, key []byte) (string, []byte) {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL, cert
	}
	oldServer, oldCA := serving(cert, key)
	newServer, newCA := serving(early, earlyKey)
	for name, tt := range map[string]struct {
		config rest.Config
		want   string
	}{
		"client":           {rest.Config{Host: unauthorized.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true, CertData: cert, KeyData: key}}, "your client certificate expired on 17 May 2020, 12:00 UTC"},
		"client too early": {rest.Config{Host: unauthorized.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true, CertData: early, KeyData: earlyKey}}, "your client certificate is valid only from 17 May 2090, 12:00 UTC"},
		"server":           {rest.Config{Host: oldServer, TLSClientConfig: rest.TLSClientConfig{CAData: oldCA}}, "the certificate of " + oldServer + " expired on 17 May 2020, 12:00 UTC"},
		"server too early": {rest.Config{Host: newServer, TLSClientConfig: rest.TLSClientConfig{CAData: newCA}}, "the certificate of " + newServer + " is valid only from 17 May 2090, 12:00 UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New("test", "shop", &tt.config, Guard{}) // its clock is the real one
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Namespaces(t.Context())
			wantProblem(t, err, "list the namespaces: "+tt.want)
		})
	}
}

// certificate makes one of 127.0.0.1 that is its own authority.
func certificate(t *testing.T, from, until time.Time) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ann"}, NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, URIs: []*url.URL{},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})
}
