// Package proxy stands between a client and an API server in tests, and breaks one request in a chosen way. It ends TLS, so that it knows the
// request, and so that it is the side that closes first.
package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// How is what happens to the connection of a request.
type How int

// The faults.
const (
	CloseBefore       How = iota // close the connection and do not pass the request on
	ResetBefore                  // reset it, likewise
	CloseAfter                   // pass the request on, and close the connection instead of answering
	ResetAfter                   // pass the request on, and reset the connection
	CloseMiddle                  // close the connection in the middle of the answer
	ResetMiddle                  // reset it there
	CloseAnswered                // answer, and close TLS and the connection first
	BadGateway                   // do not pass the request on; answer with a page of a gateway
	HalfCloseAnswered            // answer, and close the proxy's half of the connection only
	Delay                        // pass the request on after a while
	CloseHandshake               // close the connection as it is made; of which request it would be is not known
	ResetHandshake               // reset it, likewise
	Unanswered                   // pass the request on, and let the client wait for the answer as long as it likes
	Swallow                      // pass on the head of the answer, and nothing behind it
	Forbidden                    // do not pass the request on; answer as an API server does whose authorizer says no, in the words of Why
	Late                         // pass the request on a moment after the client has gone, as a busy gateway may
)

// delay is how late a request is passed on.
const delay = 2 * time.Second

// Fault is a way to break the first request of a kind.
type Fault struct {
	Method string // of the request; empty: any
	Path   string // a part of its path and query
	How    How
	Always bool   // break each of them
	Why    string // with Forbidden
}

// Faults are the faults of each phase of a command that is run in a debug container of a pod, by name.
func Faults(pod string) map[string]Fault {
	faults := map[string]Fault{
		"close in the handshake": {How: CloseHandshake},
		"reset in the handshake": {How: ResetHandshake},
	}
	for phase, of := range map[string]Fault{
		"pod":    {Method: http.MethodGet, Path: "/pods/" + pod},
		"patch":  {Method: http.MethodPatch, Path: "/ephemeralcontainers?fieldManager=dayfly"},
		"watch":  {Method: http.MethodGet, Path: "watch=true"},
		"attach": {Method: http.MethodGet, Path: "/attach"},
		"log":    {Method: http.MethodGet, Path: "/log"},
	} {
		for name, how := range map[string]How{
			"close before": CloseBefore, "reset before": ResetBefore, "close after": CloseAfter, "reset after": ResetAfter,
			"close middle": CloseMiddle, "reset middle": ResetMiddle, "close answered": CloseAnswered, "half-close answered": HalfCloseAnswered,
			"bad gateway": BadGateway, "delay": Delay,
		} {
			if (phase == "watch" || phase == "attach") && (how == CloseAfter || how == ResetAfter) {
				continue // the answer is the stream: the middle breaks that
			}
			of.How = how
			faults[phase+" "+name] = of
		}
	}
	return faults
}

// Proxy is a proxy that runs until the end of its test.
type Proxy struct {
	Kubeconfig string // a file that leads through it
	fault      Fault
	struck     atomic.Bool
	healed     atomic.Bool
	passed     chan struct{} // closed when a late request has been passed on
}

type connKey struct{}

// Start starts a proxy in front of the current context of a kubeconfig.
func Start(t *testing.T, kubeconfig string, fault Fault) *Proxy {
	t.Helper()
	raw, err := clientcmd.LoadFromFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.NextProtos = []string{"http/1.1"} // which can be upgraded
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), fault: fault, passed: make(chan struct{})}
	quiet := log.New(io.Discard, "", 0)
	forward := &httputil.ReverseProxy{
		Transport: transport, FlushInterval: -1, ErrorLog: quiet,
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
	}
	server := httptest.NewUnstartedServer(p.breaks(forward))
	server.Listener = listener{server.Listener, p}
	server.Config.ErrorLog = quiet
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if secure, ok := c.(interface{ NetConn() net.Conn }); ok {
			c = secure.NetConn()
		}
		return context.WithValue(ctx, connKey{}, c)
	}
	server.StartTLS()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	here := raw.Contexts[raw.CurrentContext]
	out := clientcmdapi.NewConfig()
	out.Clusters["proxy"] = &clientcmdapi.Cluster{
		Server:                   server.URL,
		CertificateAuthorityData: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
	}
	out.Contexts["proxy"] = &clientcmdapi.Context{Cluster: "proxy", Namespace: here.Namespace}
	out.CurrentContext = "proxy"
	if err := clientcmd.WriteToFile(*out, p.Kubeconfig); err != nil {
		t.Fatal(err)
	}
	return p
}

// Struck reports whether the fault has happened.
func (p *Proxy) Struck() bool { return p.struck.Load() }

// Heal breaks no more requests.
func (p *Proxy) Heal() { p.healed.Store(true) }

// Passed is closed when a [Late] request has been passed on and answered.
func (p *Proxy) Passed() <-chan struct{} { return p.passed }

func (p *Proxy) meant(r *http.Request) bool {
	if p.fault.How == CloseHandshake || p.fault.How == ResetHandshake || p.healed.Load() {
		return false
	}
	if p.fault.Method != "" && r.Method != p.fault.Method || !strings.Contains(r.URL.String(), p.fault.Path) {
		return false
	}
	return p.struck.CompareAndSwap(false, true) || p.fault.Always
}

func (p *Proxy) breaks(forward http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.meant(r) {
			forward.ServeHTTP(w, r)
			return
		}
		c, _ := r.Context().Value(connKey{}).(*conn)
		switch p.fault.How {
		case BadGateway:
			http.Error(w, "<html>Bad Gateway</html>", http.StatusBadGateway)
			return
		case Forbidden:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": http.StatusForbidden, "message": p.fault.Why,
			})
			return
		case CloseAnswered:
			w.Header().Set("Connection", "close")
			forward.ServeHTTP(w, r)
			return
		case HalfCloseAnswered:
			w.Header().Set("Connection", "close")
			forward.ServeHTTP(w, r)
			_ = http.NewResponseController(w).Flush()
			c.closeHalf()
			return
		case Delay:
			select {
			case <-time.After(delay):
			case <-r.Context().Done():
			}
			forward.ServeHTTP(w, r)
			return
		case Swallow:
			c.swallow.Store(true)
			forward.ServeHTTP(w, r)
			return
		case CloseMiddle, ResetMiddle:
			c.reset.Store(p.fault.How == ResetMiddle)
			c.left.Store(2) // TLS records: the head of an answer, and what comes next
			forward.ServeHTTP(w, r)
			return
		case Unanswered:
			forward.ServeHTTP(httptest.NewRecorder(), r)
			<-r.Context().Done()
			return
		case Late:
			body, _ := io.ReadAll(r.Body)
			<-r.Context().Done()
			<-time.After(delay / 4)
			late := r.Clone(context.WithoutCancel(r.Context()))
			late.Body = io.NopCloser(bytes.NewReader(body))
			forward.ServeHTTP(httptest.NewRecorder(), late)
			close(p.passed)
			return
		case CloseAfter, ResetAfter:
			forward.ServeHTTP(httptest.NewRecorder(), r)
		case CloseBefore, ResetBefore, CloseHandshake, ResetHandshake:
		}
		if p.fault.How == ResetBefore || p.fault.How == ResetAfter {
			c.abort()
		}
		panic(http.ErrAbortHandler)
	})
}

// listener makes connections that can break.
type listener struct {
	net.Listener
	proxy *Proxy
}

func (l listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		made := &conn{Conn: c}
		how := l.proxy.fault.How
		if how != CloseHandshake && how != ResetHandshake || !l.proxy.struck.CompareAndSwap(false, true) {
			return made, nil
		}
		if how == ResetHandshake {
			made.abort()
		}
		_ = made.Close()
	}
}

type conn struct {
	net.Conn
	left    atomic.Int32 // writes before it breaks; 0: it does not
	reset   atomic.Bool
	swallow atomic.Bool // take what comes behind the next write, and do not pass it on
	mute    atomic.Bool
}

func (c *conn) Write(b []byte) (int, error) {
	if c.left.Load() > 0 && c.left.Add(-1) == 0 {
		if c.reset.Load() {
			c.abort()
		}
		_ = c.Close()
		return 0, net.ErrClosed
	}
	if c.mute.Load() {
		return len(b), nil
	}
	c.mute.Store(c.swallow.Load())
	return c.Conn.Write(b)
}

// closeHalf sends no more.
func (c *conn) closeHalf() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// abort makes the end of the connection a reset.
func (c *conn) abort() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
