package stream

import (
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// gateway answers upgrades in the place of an API server, and everything else as one whose nodes answer.
func gateway(answer func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/attach") && !strings.HasSuffix(r.URL.Path, "/exec") {
			_, _ = io.WriteString(w, "x")
			return
		}
		answer(w, r)
	}
}

// switching agrees to switch to whatever is asked for, and gives the connection to then.
func switching(then func(net.Conn)) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "websocket" {
			u := gorilla.Upgrader{Subprotocols: gorilla.Subprotocols(r)}
			conn, err := u.Upgrade(w, r, nil)
			if err == nil {
				then(conn.NetConn())
			}
			return
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n")
		_ = rw.Flush()
		then(conn)
	}
}

// held reads until the client goes.
func held(conn net.Conn) { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() }

// misdeeds are what gateways do to an upgrade, and what is to be told of it.
func misdeeds() map[string]struct {
	answer func(http.ResponseWriter, *http.Request)
	want   string
} {
	hijack := func(then func(net.Conn)) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				then(conn)
			}
		}
	}
	page := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, "<html>log in</html>")
		}
	}
	return map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		want   string
	}{
		"close":    {hijack(func(c net.Conn) { _ = c.Close() }), "over WebSocket and SPDY, it closed the connection without an answer"},
		"hang":     {hijack(held), "it gave no answer"},
		"page 200": {page(http.StatusOK), "answered 200 OK with a web page"},
		"page 403": {page(http.StatusForbidden), "answered 403 Forbidden with a web page"},
		"page 502": {page(http.StatusBadGateway), "answered 502 Bad Gateway with a web page"},
		"stripped": {func(w http.ResponseWriter, _ *http.Request) {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "Upgrade request required", nil)
		}, "it removed the Upgrade header from the request"},
		"switch, close":     {switching(func(c net.Conn) { _ = c.Close() }), "agreed to switch protocols and then closed the connection"},
		"switch, hang":      {switching(held), "agreed to switch protocols and then said nothing"},
		"switch, half shut": {switching(func(c net.Conn) { halfClose(c); held(c) }), "agreed to switch protocols and then closed the connection"},
		"switch, garbage": {switching(func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
			_ = c.Close()
		}), "agreed to switch protocols and then"},
	}
}

func halfClose(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// Whatever a gateway does to an upgrade: both protocols are tried, and the gateway is named; nothing is said of a link that was lost.
func TestGatewayIsNamed(t *testing.T) {
	for name, test := range misdeeds() {
		t.Run(name, func(t *testing.T) {
			asked := make(chan string, 8)
			c := kubetest.Serve(t, gateway(func(w http.ResponseWriter, r *http.Request) {
				asked <- r.Header.Get("Upgrade")
				test.answer(w, r)
			}))
			remembered(c).vigilance.upgrade = 100 * time.Millisecond
			in, typed := io.Pipe()
			defer func() { _ = typed.Close() }()
			streams := Streams{In: in, Out: io.Discard, TTY: true, Opened: func() { t.Error("it counts as open") }}
			target := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}
			err := Attach(t.Context(), c, target, streams)
			p := kubetest.WantProblem(t, err, "attach to web/debugger-x2: "+c.Server+", or a gateway or proxy in front of it, does not pass the connection on: ")
			if !errors.Is(err, ErrGateway) || !strings.Contains(p.Message, test.want) {
				t.Errorf("the error is %v", err)
			}
			if first, second := apitest.Receive(t, asked, "the first"), apitest.Receive(t, asked, "the second"); first != "websocket" || second != "SPDY/3.1" {
				t.Errorf("tried were %s and %s", first, second)
			}
			if _, err := Exec(t.Context(), c, target, []string{"sh"}, streams); !errors.Is(err, ErrGateway) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error of exec is %v", err)
			}
		})
	}
}

// What one protocol cannot do the other does, and nothing that was typed is lost on the way; the next attach begins with the one that works.
func TestOtherProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range misdeeds() {
		for _, broken := range []string{"websocket", "SPDY/3.1"} {
			if name == "stripped" {
				continue
			}
			t.Run(name+" of "+broken, func(t *testing.T) {
				asked := make(chan string, 8)
				c := kubetest.Serve(t, gateway(func(w http.ResponseWriter, r *http.Request) {
					upgrade := r.Header.Get("Upgrade")
					asked <- upgrade
					switch upgrade {
					case broken:
						test.answer(w, r)
					case "websocket":
						acceptWebSocket(t, w, r, shell(t))
					default:
						acceptSPDY(t, w, r, shell(t))
					}
				}))
				remembered(c).vigilance.upgrade = time.Second // of a busy machine too
				remembered(c).spdyFirst.Store(broken != "websocket")
				for round := range 2 {
					in, typed := io.Pipe()
					go func() { _, _ = io.WriteString(typed, "ls") }()
					sizes := make(chan kube.Size, 1)
					sizes <- kube.Size{Cols: 80, Rows: 24}
					var out strings.Builder
					err := Attach(t.Context(), c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{In: in, Out: &out, TTY: true, Sizes: sizes})
					close(sizes)
					_ = typed.Close()
					if err != nil || !strings.Contains(out.String(), "echo ls") {
						t.Fatalf("round %d: the program said %q, error %v", round, out.String(), err)
					}
				}
				for i, want := range []bool{true, false, false} {
					if got := apitest.Receive(t, asked, "an upgrade"); (got == broken) != want {
						t.Errorf("attempt %d was over %s", i, got)
					}
				}
			})
		}
	}
}

// What is much goes over SPDY; where a gateway does not pass that on it goes over WebSocket, and the next at once.
func TestBulk(t *testing.T) {
	t.Parallel()
	for name, passes := range map[string]bool{"passes SPDY on": true, "does not": false} {
		t.Run(name, func(t *testing.T) {
			asked := make(chan string, 8)
			c := kubetest.Serve(t, gateway(func(w http.ResponseWriter, r *http.Request) {
				upgrade := r.Header.Get("Upgrade")
				switch asked <- upgrade; {
				case upgrade == "websocket":
					acceptWebSocket(t, w, r, shell(t))
				case passes:
					acceptSPDY(t, w, r, shell(t))
				default:
					w.WriteHeader(http.StatusBadRequest)
				}
			}))
			attach := func(bulk bool) {
				t.Helper()
				in, typed := io.Pipe()
				go func() { _, _ = io.WriteString(typed, "ls") }()
				sizes := make(chan kube.Size, 1)
				sizes <- kube.Size{Cols: 80, Rows: 24}
				defer close(sizes)
				defer func() { _ = typed.Close() }()
				at := kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}
				if err := Attach(t.Context(), c, at, Streams{In: in, Out: io.Discard, TTY: true, Sizes: sizes, Bulk: bulk}); err != nil {
					t.Error(err)
				}
			}
			for _, bulk := range []bool{true, true, false} {
				attach(bulk)
			}
			close(asked)
			want := []string{"SPDY/3.1", "SPDY/3.1", "websocket"}
			if !passes {
				want = []string{"SPDY/3.1", "websocket", "websocket", "websocket"}
			}
			if got := slices.Collect(channel(asked)); !slices.Equal(got, want) {
				t.Errorf("tried were %q, want %q", got, want)
			}
		})
	}
}

// channel is what comes out of one until it is closed.
func channel(c <-chan string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for one := range c {
			if !yield(one) {
				return
			}
		}
	}
}

// What a gateway has been sent and repeats is not shown: a person copies the sentence into a bug report.
func TestGatewayTellsNoSecret(t *testing.T) {
	c := kubetest.Serve(t, gateway(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "no upgrade for "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}))
	c.Config().BearerToken = "hunter2"
	err := Attach(t.Context(), c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{Out: io.Discard})
	p := kubetest.WantProblem(t, err, "attach to web/debugger-x2: ")
	if !errors.Is(err, ErrGateway) || !strings.Contains(p.Message, "no upgrade for …") {
		t.Errorf("it says %q", p.Message)
	}
	kubetest.WantNoSecret(t, p.Message)
}

// A gateway that has too much to do is asked again; one that refuses is not.
func TestGatewayThatIsBusy(t *testing.T) {
	for code, passes := range map[int]bool{
		http.StatusTooManyRequests: true, http.StatusBadGateway: true, http.StatusServiceUnavailable: true,
		http.StatusForbidden: false, http.StatusNotFound: false, http.StatusOK: false, http.StatusFound: false,
	} {
		c := kubetest.Serve(t, gateway(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		err := Attach(t.Context(), c, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{Out: io.Discard})
		if !errors.Is(err, ErrGateway) || kube.Passing(err) != passes {
			t.Errorf("behind a %d it may pass: %v (%v)", code, kube.Passing(err), err)
		}
	}
}
