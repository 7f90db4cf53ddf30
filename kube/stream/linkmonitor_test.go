package stream

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/testdata/servers"
)

// relay is a network between a client and a server, which can begin to swallow everything without closing anything.
type relay struct {
	address string
	dead    atomic.Bool
	passed  atomic.Int32 // connections

	mu    sync.Mutex
	conns []net.Conn
	over  bool // what is accepted now comes too late
}

func newRelay(t testing.TB, server string) *relay {
	t.Helper()
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: listener.Addr().String()}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", at.Host)
			if err != nil {
				t.Error(err)
				return
			}
			r.mu.Lock()
			if r.over {
				r.mu.Unlock()
				_, _ = near.Close(), far.Close()
				return
			}
			r.conns = append(r.conns, near, far)
			r.mu.Unlock()
			r.passed.Add(1)
			running.Go(func() { r.pass(near, far) })
			running.Go(func() { r.pass(far, near) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		r.mu.Lock()
		r.over = true
		for _, conn := range r.conns {
			_ = conn.Close()
		}
		r.mu.Unlock()
		running.Wait()
	})
	return r
}

func (r *relay) pass(from, to net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err == nil && !r.dead.Load() {
			_, err = to.Write(buffer[:n])
		}
		if err != nil {
			_ = from.Close()
			if !r.dead.Load() {
				_ = to.Close()
			}
			return
		}
	}
}

// attachable is an API server whose containers all run program. Only one of both protocols is spoken.
func attachable(t testing.TB, protocol string, program func(remote)) http.Handler {
	tt, ok := t.(*testing.T)
	if !ok {
		tt = new(testing.T)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch upgrade := r.Header.Get("Upgrade"); {
		case !strings.HasSuffix(r.URL.Path, "/attach"):
			_, _ = io.WriteString(w, "x")
		case upgrade != "websocket":
			acceptSPDY(tt, w, r, program)
		case protocol == "SPDY":
			http.Error(w, "what is a WebSocket?", http.StatusBadRequest)
		default:
			acceptWebSocket(tt, w, r, program)
		}
	})
}

// over runs a test over both protocols, with and without TLS, through a relay.
func over(t *testing.T, program func(remote), test func(t *testing.T, c *kube.Cluster, r *relay)) {
	for _, name := range []string{"WebSocket", "SPDY", "WebSocket TLS", "SPDY TLS"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			protocol, tls, _ := strings.Cut(name, " ")
			server := httptest.NewUnstartedServer(servers.During(t, attachable(t, protocol, program)))
			t.Cleanup(server.Close)
			t.Cleanup(server.CloseClientConnections)
			config := &rest.Config{}
			if tls == "" {
				server.Start()
			} else {
				server.StartTLS()
				config.CAData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
			}
			r := newRelay(t, server.URL)
			scheme, _, _ := strings.Cut(server.URL, "://")
			config.Host = scheme + "://" + r.address
			c, err := kube.New("test", "shop", config, kube.Guard{})
			if err != nil {
				t.Fatal(err)
			}
			remembered(c).vigilance.look, remembered(c).vigilance.silence = 10*time.Millisecond, time.Second
			test(t, c, r)
		})
	}
}

// ticking prints until its client is gone, more often than any limit.
func ticking(r remote) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, r.stdin)
	}()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-gone:
			return
		case <-ticks.C:
			if _, err := io.WriteString(r.stdout, "tick\r\n"); err != nil {
				return
			}
		}
	}
}

// attached is an attach under way.
type attached struct {
	out   chan string // what is printed; the program is stopped while nobody receives
	ended chan error
	leave context.CancelFunc
}

func attach(t *testing.T, c *kube.Cluster) *attached {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	a := &attached{out: make(chan string), ended: make(chan error, 1), leave: leave}
	in, typed := io.Pipe()
	sizes := make(chan kube.Size)
	over := make(chan struct{})
	go func() {
		a.ended <- Attach(ctx, c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{In: in, Out: printer{a.out, over}, TTY: true, Sizes: sizes})
		close(sizes)
	}()
	t.Cleanup(func() {
		leave()
		close(over)
		_ = typed.Close()
	})
	return a
}

type printer struct {
	to   chan<- string
	over <-chan struct{}
}

func (p printer) Write(b []byte) (int, error) {
	select {
	case p.to <- string(b):
		return len(b), nil
	case <-p.over:
		return 0, io.ErrClosedPipe
	}
}

// wantLost takes all output until the attach has ended as one does whose link is lost.
func (a *attached) wantLost(t *testing.T, words string) {
	t.Helper()
	deadline := time.After(apitest.Stuck)
	for {
		select {
		case <-a.out:
		case err := <-a.ended:
			if !errors.Is(err, kube.ErrLinkLost) || kube.Explain(err).Hint == "" {
				t.Fatalf("the error is %v", err)
			}
			kubetest.WantProblem(t, err, "attach to web/debugger-x2: the link to the container is lost: "+words)
			return
		case <-deadline:
			t.Fatal("nothing is noticed")
		}
	}
}

// greeted attaches to a program that ends by itself.
func greeted(ctx context.Context, c *kube.Cluster, out io.Writer) error {
	in, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	return Attach(ctx, c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{In: in, Out: out, TTY: true})
}

func TestAttachOverADeadLink(t *testing.T) {
	over(t, ticking, func(t *testing.T, c *kube.Cluster, r *relay) {
		a := attach(t, c)
		for began := time.Now(); time.Since(began) < 3*remembered(c).vigilance.silence/2; {
			apitest.Receive(t, a.out, "a tick")
		}
		r.dead.Store(true)
		a.wantLost(t, "nothing has come from the API server for 1s")
	})
}

// A terminal that takes nothing kills nothing, also when that takes longer than any limit.
func TestAttachToAStoppedTerminal(t *testing.T) {
	over(t, ticking, func(t *testing.T, c *kube.Cluster, _ *relay) {
		looks := make(chan struct{})
		remembered(c).vigilance.wall = func() time.Time {
			select {
			case looks <- struct{}{}:
			default:
			}
			return time.Now()
		}
		a := attach(t, c)
		apitest.Receive(t, a.out, "a tick")
		for began := time.Now(); time.Since(began) < 2*remembered(c).vigilance.silence; {
			apitest.Receive(t, looks, "a look")
		}
		for range 100 {
			select {
			case <-a.out:
			case err := <-a.ended:
				t.Fatal(err)
			}
		}
	})
}

// Who leaves need not wait for a server that does not answer, nor for a network that takes nothing.
func TestAttachIsLeftOnADeadLink(t *testing.T) {
	over(t, ticking, func(t *testing.T, c *kube.Cluster, r *relay) {
		remembered(c).vigilance.silence = time.Hour
		a := attach(t, c)
		apitest.Receive(t, a.out, "a tick")
		r.dead.Store(true)
		before := r.passed.Load()
		b := attach(t, c) // is not answered
		for r.passed.Load() == before {
			runtime.Gosched()
		}
		a.leave()
		b.leave()
		for _, ended := range []chan error{a.ended, b.ended} {
			if err := apitest.Receive(t, ended, "the end"); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
		}
	})
}

// The API server goes on while the way behind it has ended.
func TestAttachToASilentNode(t *testing.T) {
	for name, answer := range map[string]struct {
		handle http.HandlerFunc
		words  string
	}{
		"no answer": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "the API server answers, the node behind it does not"},
		"refused": {
			func(w http.ResponseWriter, _ *http.Request) { apitest.Refuse(w, 500, "", dialRefused, nil) },
			"the API server does not reach the node: dial tcp 10.0.0.4:10250: connect: connection refused",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var gone atomic.Bool
			answered := make(chan struct{}, 100)
			streams := attachable(t, "WebSocket", func(r remote) { _, _ = io.Copy(io.Discard, r.stdin) })
			c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if gone.Load() && strings.HasSuffix(r.URL.Path, "/log") {
					answer.handle(w, r)
					return
				}
				streams.ServeHTTP(w, r)
				if strings.HasSuffix(r.URL.Path, "/log") {
					answered <- struct{}{}
				}
			}))
			remembered(c).vigilance.look, remembered(c).vigilance.quiet, remembered(c).vigilance.answer = 10*time.Millisecond, 50*time.Millisecond, 300*time.Millisecond
			a := attach(t, c)
			for range 3 {
				apitest.Receive(t, answered, "a question to the node")
			}
			gone.Store(true)
			a.wantLost(t, answer.words)
		})
	}
}

const dialRefused = `Get "https://10.0.0.4:10250/containerLogs/shop/web/app?tailLines=1": dial tcp 10.0.0.4:10250: connect: connection refused`

// Attaches leave neither goroutines nor descriptors behind, whatever way they end.
func TestAttachesLeaveNothing(t *testing.T) {
	greeting := func(r remote) { _, _ = io.WriteString(r.stdout, "hello") }
	over(t, greeting, func(t *testing.T, c *kube.Cluster, _ *relay) {
		remembered(c).vigilance.silence = time.Hour
		once := func() {
			if err := greeted(t.Context(), c, io.Discard); err != nil {
				t.Fatal(err)
			}
		}
		once()
		goroutines, descriptors := runtime.NumGoroutine(), openDescriptors(t)
		for range 50 { // in each of four ways
			once()
		}
		deadline := time.After(apitest.Stuck)
		for runtime.NumGoroutine() > goroutines+10 || openDescriptors(t) > descriptors+5 {
			select {
			case <-deadline:
				t.Fatalf("%d goroutines, %d before; %d descriptors, %d before", runtime.NumGoroutine(), goroutines, openDescriptors(t), descriptors)
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// The deadline that client-go sets for answers to its pings has no say: nobody reads them while the terminal is stopped.
func TestNoReadDeadline(t *testing.T) {
	near, far := net.Pipe()
	p := newLinkMonitor(near)
	t.Cleanup(func() {
		_ = near.Close()
		_ = far.Close()
	})
	if err := p.SetReadDeadline(time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = far.Write([]byte("x")) }()
	if n, err := p.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("read: %d, %v", n, err)
	}
}

// Both ways go through the proxy of the kubeconfig, and by the dialer of the configuration when it has one.
func TestAttachThroughAProxy(t *testing.T) {
	for _, protocol := range []string{"WebSocket", "SPDY"} {
		for _, by := range []string{"proxy", "dialer"} {
			t.Run(protocol+" by "+by, func(t *testing.T) {
				server := httptest.NewTLSServer(attachable(t, protocol, func(r remote) { _, _ = io.WriteString(r.stdout, "hello") }))
				t.Cleanup(server.Close)
				t.Cleanup(server.CloseClientConnections)
				var passed atomic.Int32
				config := &rest.Config{Host: "https://api.example", TLSClientConfig: rest.TLSClientConfig{
					CAData: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
				}}
				address := server.Listener.Addr().String()
				if by == "dialer" {
					config.Dial = func(ctx context.Context, network, to string) (net.Conn, error) {
						if to != "api.example:443" {
							t.Errorf("%s is dialled", to)
						}
						passed.Add(1)
						return new(net.Dialer).DialContext(ctx, network, address)
					}
				} else {
					config.Proxy = http.ProxyURL(connectProxy(t, address, &passed))
				}
				config.ServerName = "example.com" // of the certificate
				c, err := kube.New("test", "shop", config, kube.Guard{})
				if err != nil {
					t.Fatal(err)
				}
				remembered(c).vigilance.look = time.Hour
				var out strings.Builder
				err = greeted(t.Context(), c, &out)
				if err != nil || out.String() != "hello" || passed.Load() == 0 {
					t.Errorf("%d connections passed, the program said %q, error %v", passed.Load(), out.String(), err)
				}
			})
		}
	}
}

// connectProxy is an HTTP proxy with a password, behind which there is one server.
func connectProxy(t *testing.T, server string, passed *atomic.Int32) *url.URL {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "api.example:443" || r.Header.Get("Proxy-Authorization") != "Basic bWU6c2VjcmV0" {
			t.Errorf("the proxy is asked for %s %s", r.Method, r.Host)
		}
		far, err := new(net.Dialer).DialContext(r.Context(), "tcp", server)
		if err != nil {
			t.Error(err)
			return
		}
		near, _, err := http.NewResponseController(w).Hijack()
		if err == nil { // only now: what comes behind the answer is not the server's to read
			_, err = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		}
		if err != nil {
			t.Error(err)
			return
		}
		passed.Add(1)
		var pass relay
		go pass.pass(near, far)
		pass.pass(far, near)
	}))
	t.Cleanup(proxy.Close)
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword("me", "secret")
	return at
}

// The guard stands before our own connections too.
func TestReadOnlyOnTheLink(t *testing.T) {
	cluster, wire := kubetest.ServeGuarded(t, kube.Guard{ReadOnly: true}, nil, "/k8s/clusters/c-1")
	at := cluster.Core().Post().Namespace("shop").Resource("pods").Name("web").SubResource("attach").URL()
	for name, executor := range map[string]func(*rest.Config, *url.URL) (remotecommand.Executor, error){
		"WebSocket": newLink(cluster).overWebSocket, "SPDY": newLink(cluster).overSPDY,
	} {
		e, err := executor(cluster.Config(), at)
		if err != nil {
			t.Fatal(err)
		}
		err = e.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: io.Discard})
		if err == nil || !strings.Contains(err.Error(), "read-only: ") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	if seen := wire.Requests(); len(seen) > 0 {
		t.Errorf("the API server has seen %q", seen)
	}
}

func BenchmarkAttach(b *testing.B) {
	for _, protocol := range []string{"WebSocket", "SPDY"} {
		b.Run(protocol, func(b *testing.B) {
			server := httptest.NewTLSServer(attachable(b, protocol, func(r remote) { _, _ = io.WriteString(r.stdout, "hello") }))
			b.Cleanup(server.Close)
			b.Cleanup(server.CloseClientConnections)
			c, err := kube.New("test", "shop", &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}, kube.Guard{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := greeted(b.Context(), c, io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What the other end says itself, as that the container has ended, is told from a connection that broke: behind the one nobody was attached.
func TestWordsOfTheOtherEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		status string
		said   bool
	}{
		"says why": {`{"metadata":{},"status":"Failure","message":"container debugger not found in pod web_shop"}`, true},
		"breaks":   {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			over(t, func(r remote) {
				if tt.status != "" {
					_, _ = io.WriteString(r.status, tt.status)
				}
			}, func(t *testing.T, c *kube.Cluster, _ *relay) {
				err := apitest.Receive(t, attach(t, c).ended, "the end")
				if tt.said && err == nil || Said(err) != tt.said {
					t.Errorf("said: %t; %v", Said(err), err)
				}
				if err != nil && strings.Contains(err.Error(), errSaid.Error()) {
					t.Errorf("the mark is shown: %v", err)
				}
			})
		})
	}
}
