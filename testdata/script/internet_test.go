package script

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// internet is all of it that a dayfly under test can reach: a proxy that is every host, with certificates of an authority of its own,
// and answers what the image registry of testdata/cluster knows of that host. The rest is a 404.
type internet struct {
	proxy     string // URL
	authority string // file of its certificate
	issuer    *x509.Certificate
	key       *ecdsa.PrivateKey
	tunnels   *tunnels
	outside   *http.Server // makes tunnels
	inside    *http.Server // is at the end of all of them
}

// newInternet is one that asks a registry; its authority lies in a folder.
func newInternet(folder, registry string) (*internet, error) {
	target, err := url.Parse(registry)
	if err != nil {
		return nil, fmt.Errorf("read the registry's URL: %w", err)
	}
	i := &internet{authority: filepath.Join(folder, "authority.pem"), tunnels: &tunnels{conns: make(chan net.Conn), closed: make(chan struct{})}}
	if err := i.found(); err != nil {
		return nil, fmt.Errorf("make an authority: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	i.proxy = "http://" + listener.Addr().String()
	hosts := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.URL.RawQuery = url.Values{"ns": {strings.Replace(r.In.Host, "index.docker.io", "docker.io", 1)}}.Encode()
	}}
	i.inside = &http.Server{Handler: hosts, ReadHeaderTimeout: soon}
	i.outside = &http.Server{Handler: http.HandlerFunc(i.connect), ReadHeaderTimeout: soon}
	go func() { _ = i.inside.Serve(tls.NewListener(i.tunnels, &tls.Config{GetCertificate: i.certify})) }() // until close
	go func() { _ = i.outside.Serve(listener) }()                                                          // …
	return i, nil
}

func (i *internet) close() {
	i.outside.Close()
	i.inside.Close()
}

// env is what makes a program believe that this is the internet.
func (i *internet) env() []string {
	return []string{"HTTPS_PROXY=" + i.proxy, "HTTP_PROXY=" + i.proxy, "NO_PROXY=", "SSL_CERT_FILE=" + i.authority, "SSL_CERT_DIR=" + os.DevNull}
}

// connect makes a tunnel, whatever the host.
func (i *internet) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.NotFound(w, r)
		return
	}
	// The answer comes after the server has let go of the connection: what the client says then would be the server's otherwise.
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the client has gone
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	select {
	case i.tunnels.conns <- conn:
	case <-i.tunnels.closed:
		conn.Close()
	}
}

// tunnels is a listener for connections that were made already.
type tunnels struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.closed:
		return nil, net.ErrClosed
	}
}

func (t *tunnels) Close() error   { close(t.closed); return nil }
func (t *tunnels) Addr() net.Addr { return &net.TCPAddr{} }

// found makes the authority.
func (i *internet) found() (err error) {
	if i.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	der, err := i.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "dayfly e2e"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	if err != nil {
		return err
	}
	if i.issuer, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	return os.WriteFile(i.authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}

// certify makes the certificate of a host, with the authority's key.
func (i *internet) certify(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	der, err := i.sign(&x509.Certificate{DNSNames: []string{hello.ServerName}})
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: i.key}, nil
}

func (i *internet) sign(c *x509.Certificate) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	c.SerialNumber, c.NotBefore, c.NotAfter = serial, time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	issuer := i.issuer
	if issuer == nil {
		issuer = c
	}
	return x509.CreateCertificate(rand.Reader, c, issuer, &i.key.PublicKey, i.key)
}

// The hosts that dayfly asks about images are played by the cluster's registry, and nobody else is there.
func TestInternetIsTheRegistry(t *testing.T) {
	t.Parallel()
	if here.internet == nil {
		t.Log("the cluster is not that of testdata/cluster; its registries are the real ones")
		return
	}
	authorities := x509.NewCertPool()
	pem, err := os.ReadFile(here.internet.authority)
	if err != nil || !authorities.AppendCertsFromPEM(pem) {
		t.Fatalf("no authority in %s: %v", here.internet.authority, err)
	}
	proxy, err := url.Parse(here.internet.proxy)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: authorities}}}
	defer client.CloseIdleConnections()
	for address, want := range map[string]struct {
		code int
		text string
	}{
		"https://nixery.dev/v2/":                                        {200, ""},
		"https://nixery.dev/v2/shell/dig/tcpdump/manifests/latest":      {200, `"layers"`},
		"https://nixery.dev/v2/shell/dig/nosuch/manifests/latest":       {404, "Could not find Nix packages: [nosuch]"},
		"https://nixery.dev/v2/shell/broken/manifests/latest":           {500, "image build failure"},
		"https://index.docker.io/v2/library/busybox/manifests/1.37":     {200, `"layers"`},
		"https://index.docker.io/v2/library/nosuch/manifests/1":         {404, "NAME_UNKNOWN"},
		"https://registry.example/v2/demo/web/manifests/1":              {200, `"layers"`},
		"https://example.com/":                                          {404, ""},
		"https://registry.k8s.io/v2/kubectl/manifests/v1.34.0?ns=other": {404, ""},
	} {
		response, err := client.Get(address)
		if err != nil {
			t.Error(err)
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != want.code || !strings.Contains(string(text), want.text) {
			t.Errorf("%s: %s, %.200s, %v; want %d, %s", address, response.Status, text, err, want.code, want.text)
		}
	}
}
