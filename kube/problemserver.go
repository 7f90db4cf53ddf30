package kube

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// errNotAPI is an answer that is not what an API server sends.
var errNotAPI = errors.New("not an answer of an API server")

// webPageError is an answer that is a web page: a login page, a proxy's or a web server's. No API server sends one.
type webPageError struct{ status int }

// Error is the status of the answer.
func (e *webPageError) Error() string {
	return fmt.Sprintf("a web page (%d %s)", e.status, http.StatusText(e.status))
}

// withoutWebPages makes an error of an answer that is a web page, whatever its status. What opens a stream understands refusals itself.
func withoutWebPages(next http.RoundTripper) http.RoundTripper {
	return roundTripFunc(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		if at := r.URL.Path; response.StatusCode/100 == 3 || strings.HasSuffix(at, "/attach") || strings.HasSuffix(at, "/exec") {
			return response, nil
		}
		if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind == "text/html" || kind == "application/xhtml+xml" {
			_ = response.Body.Close()
			return nil, &webPageError{response.StatusCode}
		}
		return response, nil
	})
}

// diagnoseServer explains what is wrong with what answers, when it is not an API server, and what is wrong on the way to it.
func (c *Cluster) diagnoseServer(err error) (why, hint string, ok bool) {
	if why, hint, ok := c.diagnoseProxy(err); ok {
		return why, hint, true
	}
	var page *webPageError
	code, body, other := notStatus(err)
	text := RootText(err)
	address := "check the server of context " + c.name() + " in the kubeconfig: host, port and path"
	switch {
	case errors.Is(err, errNotAPI), errors.As(err, new(*jsontext.SyntacticError)) && !errors.Is(err, io.ErrUnexpectedEOF): // which broke off
		return "the server at " + c.Server + " does not respond like an API server", "a proxy or a login page may be in between; or " + address, true
	case errors.As(err, &page) && (page.status == http.StatusUnauthorized || page.status == http.StatusForbidden || page.status < 400):
		return fmt.Sprintf("the server at %s sends a web page (%d %s), not a Kubernetes API", c.Server, page.status, http.StatusText(page.status)),
			"a proxy or a login page may be in between: log in there; or " + address, true
	case errors.As(err, &page) && page.status >= 500:
		return fmt.Sprintf("the server at %s reports an error (%d %s)", c.Server, page.status, http.StatusText(page.status)),
			"a proxy or load balancer in front of the API server may not reach it", true
	case page != nil, other && (code == http.StatusNotFound || code == http.StatusMethodNotAllowed || code == http.StatusGone):
		return "there is no Kubernetes API at " + c.Server, address, true
	case other && strings.Contains(body, "HTTP request to an HTTPS server"), other && strings.Contains(body, "HTTP request was sent to HTTPS port"):
		return c.Server + " speaks HTTPS, and was asked over plain HTTP", "write https:// before the server of context " + c.name() + " in the kubeconfig", true
	case strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return c.Server + " speaks plain HTTP, not HTTPS", address, true
	case errors.As(err, new(tls.RecordHeaderError)), strings.Contains(text, "malformed HTTP response"), strings.Contains(text, "malformed HTTP status"),
		strings.Contains(text, "tls: unexpected message"), strings.Contains(text, "tls: oversized record"),
		strings.Contains(text, "readLoopPeekFailLocked: %!w(<nil>)"): // net/http, of a server that speaks before it is asked
		return "the server at " + c.Server + " does not speak HTTP", address, true
	case apierrors.IsUnauthorized(err) && c.noCredentials != "":
		return "the cluster does not accept requests without credentials", c.noCredentials, true
	case apierrors.IsForbidden(err) && c.noCredentials != "" && strings.Contains(text, "system:anonymous"):
		return "the cluster does not accept requests without credentials: " + Sanitize(WithoutSecrets(text, c.config)), c.noCredentials, true
	case apierrors.IsUnauthorized(err), strings.Contains(text, "remote error: tls: "):
		return c.diagnoseClientCertificate(text)
	}
	return c.diagnoseCertificate(err)
}

// diagnoseClientCertificate explains a refusal that may come from a client certificate.
func (c *Cluster) diagnoseClientCertificate(text string) (why, hint string, ok bool) {
	const renew = "get a new certificate from whoever runs the cluster, or log in again with the tool that wrote the kubeconfig"
	if own := c.clientCertificate(); own != nil {
		switch now := c.now(); {
		case now.After(own.NotAfter):
			return "your client certificate expired on " + day(own.NotAfter), renew, true
		case now.Before(own.NotBefore):
			return "your client certificate is valid only from " + day(own.NotBefore), "check the clock of this machine", true
		}
	}
	if _, alert, found := strings.Cut(text, "remote error: tls: "); found {
		return c.Server + " refuses the TLS connection: " + Sanitize(Brief(alert)), "it may want a client certificate, or another one: check client-certificate in the kubeconfig", true
	}
	return "", "", false
}

// clientCertificate is the certificate of the kubeconfig; nil when there is none that can be read.
func (c *Cluster) clientCertificate() *x509.Certificate {
	text := c.config.CertData
	if len(text) == 0 && c.config.CertFile != "" {
		text, _ = os.ReadFile(c.config.CertFile) // what cannot be read is told elsewhere
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return certificate
}

// diagnoseCertificate explains what is wrong with the certificate of the server.
func (c *Cluster) diagnoseCertificate(err error) (why, hint string, ok bool) {
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		why = "the certificate of " + c.Server + " expired on " + day(invalid.Cert.NotAfter)
		if c.now().Before(invalid.Cert.NotBefore) {
			why = "the certificate of " + c.Server + " is valid only from " + day(invalid.Cert.NotBefore)
		}
		return why, "the clock of this machine says " + day(c.now()) + ": if that is right, whoever runs the cluster has to renew the certificate", true
	case errors.As(err, &host):
		return "the certificate of " + c.Server + " is for another name: " + Sanitize(Brief(host.Error())), "check the server in the kubeconfig, or set its tls-server-name", true
	}
	return "", "", false
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// diagnoseProxy explains what is wrong with the proxy on the way to the server.
func (c *Cluster) diagnoseProxy(err error) (why, hint string, ok bool) {
	proxy, hint := c.proxy()
	if proxy == "" || Answered(err) {
		return "", "", false
	}
	var step *net.OpError
	text := RootText(err)
	for at := err; errors.As(at, &step); at = step.Err {
		if step.Op != "proxyconnect" && !strings.HasPrefix(step.Op, "socks") {
			continue
		}
		var dial *net.OpError
		var dns *net.DNSError
		reason := Sanitize(Brief(concealed(step.Err.Error())))
		switch {
		case errors.As(step.Err, &dns):
			return "the name " + Sanitize(dns.Name) + " of the proxy " + proxy + " cannot be resolved", hint, true
		case errors.As(step.Err, &dial), step.Op == "proxyconnect":
			return "the proxy " + proxy + " cannot be reached: " + reason, hint, true
		}
		return "the proxy " + proxy + " did not connect to " + c.Server + ": " + reason, hint, true
	}
	for code := http.StatusMultipleChoices; code <= http.StatusNetworkAuthenticationRequired; code++ { // net/http gives the words of the refusal only
		if words := http.StatusText(code); words != "" && text == words {
			if code == http.StatusProxyAuthRequired {
				hint = "the proxy requires a user name and password, or rejected yours; " + hint
			}
			return fmt.Sprintf("the proxy %s refused to connect to %s (%d %s)", proxy, c.Server, code, words), hint, true
		}
	}
	if IsTimeout(err) {
		return "no answer from " + c.Server + " through the proxy " + proxy + " in time", hint, true
	}
	return "", "", false
}

// proxy is the address of the proxy on the way to the server, without its password, and where it comes from; empty when there is none.
func (c *Cluster) proxy() (address, hint string) {
	server, err := url.Parse(c.config.Host)
	if err != nil {
		return "", ""
	}
	find, hint := http.ProxyFromEnvironment, "check the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
	if c.config.Proxy != nil {
		find, hint = c.config.Proxy, "check proxy-url of the cluster in the kubeconfig"
	}
	proxy, err := find(&http.Request{URL: server})
	if err != nil || proxy == nil {
		return "", ""
	}
	return Sanitize((&url.URL{Scheme: proxy.Scheme, Host: proxy.Host}).String()), hint
}
