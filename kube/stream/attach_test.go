package stream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

const attachPath = "/api/v1/namespaces/shop/pods/web/attach"

// remote is the server's end of an attach to a container with a terminal.
type remote struct {
	stdin  io.Reader
	stdout io.Writer
	status io.Writer // how it ended
	sizes  io.Reader
}

// acceptWebSocket takes an attach as a v1.34 API server does. When serve returns the connection is closed.
func acceptWebSocket(t *testing.T, w http.ResponseWriter, r *http.Request, serve func(remote)) {
	t.Helper()
	conn := wsstream.NewConn(map[string]wsstream.ChannelProtocolConfig{
		remotecommand.StreamProtocolV5Name: {Binary: true, Channels: []wsstream.ChannelType{
			wsstream.ReadChannel, wsstream.WriteChannel, wsstream.IgnoreChannel, wsstream.WriteChannel, wsstream.ReadChannel,
		}},
	})
	_, streams, err := conn.Open(w, r)
	if err != nil {
		t.Errorf("open the WebSocket: %v", err)
		return
	}
	defer func() { _ = conn.Close() }()
	serve(remote{stdin: streams[0], stdout: streams[1], status: streams[3], sizes: streams[4]})
}

// acceptSPDY is the same for clients and servers of before.
func acceptSPDY(t *testing.T, w http.ResponseWriter, r *http.Request, serve func(remote)) {
	t.Helper()
	if _, err := httpstream.Handshake(r, w, []string{remotecommand.StreamProtocolV4Name}); err != nil {
		t.Errorf("shake hands: %v", err)
		return
	}
	opened := make(chan httpstream.Stream, 4)
	conn := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, replied <-chan struct{}) error {
		go func() { // a stream may be used only when the client has been told that it is open
			<-replied
			opened <- s
		}()
		return nil
	})
	if conn == nil {
		t.Error("the connection is not upgraded")
		return
	}
	defer func() { _ = conn.Close() }()
	streams := map[string]httpstream.Stream{}
	for len(streams) < 4 { // stdin, stdout, error and resize: a terminal has no stderr
		select {
		case s := <-opened:
			streams[s.Headers().Get("streamType")] = s
		case <-time.After(apitest.Stuck):
			t.Errorf("only %d streams were opened", len(streams))
			return
		}
	}
	serve(remote{stdin: streams["stdin"], stdout: streams["stdout"], status: streams["error"], sizes: streams["resize"]})
}

// shell tells the first size it is given, echoes one line, and ends well. It reads both at once, as they may come in
// any order and each holds the other up.
func shell(t *testing.T) func(remote) {
	return func(r remote) {
		read := func(from io.Reader) <-chan string {
			got := make(chan string, 1)
			go func() {
				text := make([]byte, 64)
				n, err := from.Read(text)
				if err != nil {
					t.Errorf("read: %v", err)
				}
				got <- strings.TrimSpace(string(text[:n]))
			}()
			return got
		}
		size, line := read(r.sizes), read(r.stdin)
		_, _ = io.WriteString(r.stdout, "size "+<-size+"\r\n")
		_, _ = io.WriteString(r.stdout, "echo "+<-line+"\r\n")
		_, _ = io.WriteString(r.status, `{"metadata":{},"status":"Success"}`)
	}
}

func TestAttach(t *testing.T) {
	const said = `size {"Width":80,"Height":24}` + "\r\necho ls\r\n"
	for name, handle := range map[string]func(http.ResponseWriter, *http.Request, chan<- string){
		"WebSocket": func(w http.ResponseWriter, r *http.Request, used chan<- string) {
			used <- r.Method + " " + r.Header.Get("Upgrade")
			acceptWebSocket(t, w, r, shell(t))
		},
		// A proxy between that knows no WebSocket.
		"SPDY": func(w http.ResponseWriter, r *http.Request, used chan<- string) {
			used <- r.Method + " " + r.Header.Get("Upgrade")
			if r.Header.Get("Upgrade") == "websocket" {
				http.Error(w, "what is a WebSocket?", http.StatusBadRequest)
				return
			}
			acceptSPDY(t, w, r, shell(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			used := make(chan string, 4)
			cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				want := url.Values{"container": {"debugger-x2"}, "stdin": {"true"}, "stdout": {"true"}, "tty": {"true"}}
				if diff := cmp.Diff(want, r.URL.Query()); diff != "" || r.URL.Path != attachPath {
					t.Errorf("%s is asked for with (- want, + got):\n%s", r.URL.Path, diff)
				}
				handle(w, r, used)
			}))
			in, typed := io.Pipe()
			defer func() { _ = typed.Close() }()
			go func() { _, _ = io.WriteString(typed, "ls") }()
			sizes := make(chan kube.Size, 1)
			sizes <- kube.Size{Cols: 80, Rows: 24}
			var out strings.Builder
			err := Attach(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{In: in, Out: &out, TTY: true, Sizes: sizes})
			close(sizes)
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != said {
				t.Errorf("the program said %q, want %q", out.String(), said)
			}
			if got := apitest.Receive(t, used, "the attach"); got != "GET websocket" {
				t.Errorf("it was tried first by %s", got)
			}
			if name == "SPDY" {
				if got := apitest.Receive(t, used, "the second attempt"); got != "POST SPDY/3.1" {
					t.Errorf("it was tried then by %s", got)
				}
			}
		})
	}
}

// A link that breaks is told as such: the program may live on.
func TestAttachLosesItsLink(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wire := &hijacked{ResponseWriter: w}
		acceptWebSocket(t, wire, r, func(r remote) {
			_, _ = io.WriteString(r.stdout, "hello")
			_ = wire.conn.Close() // without the farewell of a WebSocket
		})
	}))
	in, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	var out strings.Builder
	err := Attach(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{In: in, Out: &out, TTY: true})
	if !errors.Is(err, kube.ErrLinkLost) {
		t.Fatalf("the error is %v", err)
	}
	kubetest.WantProblem(t, err, "attach to web/debugger-x2: the link to the container is lost: ")
	if out.String() != "hello" {
		t.Errorf("the program said %q", out.String())
	}
}

// hijacked keeps the connection that is taken from it.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
}

func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = conn
	return conn, buffer, err
}

// Before v1.35 WebSocket takes the right to get and SPDY the right to create: who has one of them can attach.
func TestAttachWithTheRightToCreate(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `pods "web" is forbidden: User "narrow" cannot get resource "pods/attach"`, nil)
			return
		}
		acceptSPDY(t, w, r, func(r remote) { _, _ = io.WriteString(r.stdout, "hello") })
	}))
	in, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	sizes := make(chan kube.Size)
	defer close(sizes)
	var out strings.Builder
	err := Attach(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{In: in, Out: &out, TTY: true, Sizes: sizes})
	if err != nil || out.String() != "hello" {
		t.Errorf("the program said %q, error %v", out.String(), err)
	}
}

func TestAttachIsRefused(t *testing.T) {
	const rbac = `pods "web" is forbidden: User "viewer" cannot create resource "pods/attach" in API group "" in the namespace "shop"`
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verb := map[string]string{http.MethodGet: "get", http.MethodPost: "create"}[r.Method]
		apitest.Refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, strings.ReplaceAll(rbac, "create", verb), nil)
	}))
	var out strings.Builder
	err := Attach(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{Out: &out, TTY: true})
	p := kubetest.WantProblem(t, err, "attach to web/debugger-x2: "+rbac)
	if !apierrors.IsForbidden(err) || !strings.Contains(p.RequiredRBAC, "resources: [pods/attach]\n  verbs: [get, create]") {
		t.Errorf("what to ask for is\n%s", p.RequiredRBAC)
	}
	if errors.Is(err, kube.ErrLinkLost) {
		t.Error("a refusal is told as a lost link")
	}
}

func TestAttachToNothing(t *testing.T) {
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		apitest.Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, `pods "web" not found`, &metav1.StatusDetails{Name: "web", Kind: "pods"})
	}))
	err := Attach(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{Out: io.Discard, TTY: true})
	kubetest.WantProblem(t, err, `attach to web/debugger-x2: pods "web" not found`)
	if !kube.IsNotFound(err) || errors.Is(err, kube.ErrLinkLost) {
		t.Errorf("the error is %#v", err)
	}
}

// Who leaves gets no problem to look at.
func TestAttachIsLeft(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		acceptWebSocket(t, w, r, func(remote) {
			stop()
			<-r.Context().Done()
		})
	}))
	err := Attach(ctx, cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "debugger-x2"}, Streams{Out: io.Discard, TTY: true})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestLogs(t *testing.T) {
	query := make(chan url.Values, 1)
	cluster := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query <- r.URL.Query()
		if r.URL.Path != "/api/v1/namespaces/shop/pods/web/log" {
			apitest.Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, `container "app" in pod "x" is waiting to start`, nil)
			return
		}
		_, _ = io.WriteString(w, "one\ntwo\n")
	}))
	tests := []struct {
		options logs.Options
		want    url.Values
	}{
		{logs.Options{}, url.Values{"container": {"app"}}},
		{
			logs.Options{Tail: 20, Since: time.Date(2026, 3, 1, 13, 0, 0, 0, time.FixedZone("", 3600)), Previous: true, Follow: true},
			url.Values{"container": {"app"}, "tailLines": {"20"}, "sinceTime": {"2026-03-01T12:00:00Z"}, "previous": {"true"}, "follow": {"true"}},
		},
	}
	for _, tt := range tests {
		log, err := logs.Open(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "web", Container: "app"}, tt.options)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(log)
		if err != nil || string(text) != "one\ntwo\n" {
			t.Errorf("the log is %q, %v", text, err)
		}
		_ = log.Close()
		if diff := cmp.Diff(tt.want, apitest.Receive(t, query, "the request")); diff != "" {
			t.Errorf("query (- want, + got):\n%s", diff)
		}
	}
	_, err := logs.Open(t.Context(), cluster, kube.Target{Namespace: "shop", Pod: "x", Container: "app"}, logs.Options{})
	if err == nil || err.Error() != `read the log of x/app: container "app" in pod "x" is waiting to start` {
		t.Errorf("the error is %v", err)
	}
}
