//go:build linux

package crashloop_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

func httpGet(port int, path string, change ...func(*corev1.Probe)) *corev1.Probe {
	p := &corev1.Probe{TimeoutSeconds: 60, ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt(port)}}}
	for _, c := range change {
		c(p)
	}
	return p
}

func tcpSocket(port int) *corev1.Probe {
	return &corev1.Probe{TimeoutSeconds: 60, ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt(port)}}}
}

func execProbe(words ...string) *corev1.Probe {
	return &corev1.Probe{TimeoutSeconds: 60, ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: words}}}
}

func within(seconds int32) func(*corev1.Probe) {
	return func(p *corev1.Probe) { p.TimeoutSeconds = seconds }
}

func probed(ready *corev1.Probe) crashloop.Container {
	return crashloop.Container{Spec: corev1.Container{Command: []string{"app"}, ReadinessProbe: ready}}
}

// portOf is the port of a test server.
func portOf(t *testing.T, server *httptest.Server) int {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// closedPort is a port that nothing listens on: it is held, so that nobody gets it meanwhile.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	local := conn.LocalAddr().(*net.TCPAddr).Port // taken, and not listening
	t.Cleanup(func() { _, _ = conn.Close(), l.Close() })
	return local
}

// A probe sends what the kubelet would send, and says what came back, and why that is a failure.
func TestProbeHTTP(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/echo":
			fmt.Fprintf(w, "%s %s %s\nHost %s\nAgent %s\nAccept %s\nX %s\n", r.Method, r.RequestURI, r.Proto, r.Host, r.UserAgent(), r.Header.Get("Accept"), r.Header.Get("X"))
		case "/chunks":
			for i := range 9 {
				fmt.Fprintf(w, "line %d\n", i)
				w.(http.Flusher).Flush()
			}
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/silent":
			<-r.Context().Done()
		case "/half":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half of it")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/abort":
			panic(http.ErrAbortHandler)
		default:
			http.Error(w, "db: \x1b[31mno connection", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	port := portOf(t, server)
	header := func(name, value string) func(*corev1.Probe) {
		return func(p *corev1.Probe) {
			p.HTTPGet.HTTPHeaders = append(p.HTTPGet.HTTPHeaders, corev1.HTTPHeader{Name: name, Value: value})
		}
	}
	host := fmt.Sprintf("127.0.0.1:%d", port)
	tests := map[string]struct {
		probe *corev1.Probe
		code  int
		want  string
	}{
		"success": {httpGet(port, "/echo?a=1&b=$(id)"), 0, "Readiness probe: GET http://" + host + "/echo?a=1&b=$(id), within 60s\nHTTP/1.1 200 OK\n" +
			"    GET /echo?a=1&b=$(id) HTTP/1.1\n    Host " + host + "\n    Agent kube-probe/1.x\n    Accept */*\n    X \n" +
			"Succeeds: status 200 (200 to 399 is success).\n"},
		"headers": {httpGet(port, "echo", header("host", "example.com"), header("User-Agent", "me"), header("X", "it's \"$(id)\" `id`\r\nY: z")), 0,
			"    GET /echo HTTP/1.1\n    Host example.com\n    Agent me\n    Accept */*\n    X it's \"$(id)\" `id`Y: z\n"},
		"chunks":         {httpGet(port, "/chunks"), 0, "\n    line 0\n    line 1\n    line 2\n    line 3\n    line 4\nSucceeds"},
		"redirect":       {httpGet(port, "/moved"), 0, "HTTP/1.1 302 Found\n"},
		"failure":        {httpGet(port, "/"), 1, "HTTP/1.1 503 Service Unavailable\n    db: ?[31mno connection\nFails: status 503; 200 to 399 is success.\n"},
		"no answer":      {httpGet(port, "/silent", within(1)), 1, "within 1s\nFails: no answer within 1s, though " + host + " takes connections.\n"},
		"half an answer": {httpGet(port, "/half", within(1)), 1, "HTTP/1.1 200 OK\n    half of it\nFails: the answer was not complete within 1s.\n"},
		"no word":        {httpGet(port, "/abort"), 1, "Fails: the connection was closed without an answer.\n"},
		"nobody":         {httpGet(closedPort(t), "/"), 1, "Fails: connection refused: nothing listens on port "},
		"no such port":   {httpGet(0, "/", func(p *corev1.Probe) { p.HTTPGet.Port = intstr.FromString("web") }), 1, "Fails: the container has no port named web.\n"},
	}
	inBoxes(t, func(t *testing.T, box string) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := play(t, box, probed(test.probe))
				if out, code := p.command("probe"); code != test.code || !strings.Contains(out, test.want) {
					t.Errorf("code %d:\n%s\nwant code %d:\n%s", code, out, test.code, test.want)
				}
				if left, err := os.ReadDir(p.dir + "/run"); err != nil || len(left) != 1 {
					t.Errorf("it has left %v, %v", left, err)
				}
			})
		}
	})
}

// With TLS, whose certificate the kubelet does not check, there is no more than wget has.
func TestProbeHTTPS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/echo" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprintf(w, "%s %s\nHost %s\nAgent %s\n", r.Method, r.RequestURI, r.Host, r.UserAgent())
	}))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	port := portOf(t, server)
	plain := serve(t, "127.0.0.1", func(conn net.Conn) {
		_, _ = io.WriteString(conn, "no TLS at all, but much text instead of it\r\n\r\n")
		_ = conn.Close()
	})
	tls := func(p *corev1.Probe) { p.HTTPGet.Scheme = corev1.URISchemeHTTPS }
	inBoxes(t, func(t *testing.T, box string) {
		for name, test := range map[string]struct {
			probe *corev1.Probe
			code  int
			want  string
		}{
			"success": {httpGet(port, "/echo?a=b", tls), 0, fmt.Sprintf("Readiness probe: GET https://127.0.0.1:%d/echo?a=b, within 60s\nHTTP/1.1 200 OK\n"+
				"    GET /echo?a=b\n    Host 127.0.0.1:%[1]d\n    Agent kube-probe/1.x\nSucceeds: status 200", port)},
			"failure": {httpGet(port, "/", tls), 1, "HTTP/1.1 500 Internal Server Error\nFails: status 500; 200 to 399 is success.\n"},
			"nobody":  {httpGet(closedPort(t), "/", tls), 1, "Fails: connection refused: nothing listens on port "},
			"no TLS":  {httpGet(plain, "/", tls), 1, "Fails: "},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if out, code := play(t, box, probed(test.probe)).command("probe"); code != test.code || !strings.Contains(out, test.want) {
					t.Errorf("code %d:\n%s\nwant code %d:\n%s", code, out, test.code, test.want)
				}
			})
		}
	})
}

// A server may take the end of the request's connection for that of its client: it stays open until the answer is there.
func TestProbeHTTPStays(t *testing.T) {
	t.Parallel()
	port := serve(t, "127.0.0.1", func(conn net.Conn) {
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		_ = conn.SetReadDeadline(time.Now().Add(time.Second / 2))
		status := "200 OK"
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
			status = "499 Client Closed Request"
		}
		fmt.Fprintf(conn, "HTTP/1.1 %s\r\n\r\n", status)
	})
	inBoxes(t, func(t *testing.T, box string) {
		if out, code := play(t, box, probed(httpGet(port, "/"))).command("probe"); code != 0 || !strings.Contains(out, "HTTP/1.1 200 OK\nSucceeds") {
			t.Errorf("code %d:\n%s", code, out)
		}
	})
}

// A server that keeps the connection, though it was asked not to, has answered all the same.
func TestProbeHTTPKeptOpen(t *testing.T) {
	t.Parallel()
	port := serve(t, "127.0.0.1", func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1000))
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		_, _ = io.Copy(io.Discard, conn) // until the client goes
	})
	other := serve(t, "127.0.0.1", func(conn net.Conn) {
		_, _ = io.WriteString(conn, "SSH-2.0-x\x1b\r\n")
		_ = conn.Close()
	})
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, probed(httpGet(port, "/", within(1))))
		if out, code := p.command("probe"); code != 0 || !strings.Contains(out, "    ok\nSucceeds: status 200") {
			t.Errorf("code %d:\n%s", code, out)
		}
		p = play(t, box, probed(httpGet(other, "/")))
		if out, code := p.command("probe"); code != 1 || !strings.Contains(out, "Fails: the answer is not HTTP: SSH-2.0-x?\n") {
			t.Errorf("code %d:\n%s", code, out)
		}
	})
}

// serve answers connections until the test ends.
func serve(t *testing.T, host string, answer func(net.Conn)) (port int) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _ = conn.Close() })
			go answer(conn)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// The kubelet uses the pod's IP. What listens on 127.0.0.1 only does not answer there, and that is said.
func TestProbeUsesThePodsIP(t *testing.T) {
	t.Parallel()
	loopback := serve(t, "127.0.0.1", func(net.Conn) {})
	everywhere := serve(t, "127.0.0.2", func(net.Conn) {}) // stands for the pod's IP
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	inBoxes(t, func(t *testing.T, box string) {
		run := func(port int) (string, int) {
			p := play(t, box, probed(tcpSocket(port)))
			p.write("hosts", "# kubelet\n127.0.0.1\tlocalhost\n::1 localhost\n127.0.0.2\t"+name+".pod "+name+"\n", 0o644)
			p.put(p.dir+"/cmd/probe", strings.Replace(p.read("cmd/probe"), "| 127.* |", "| 127.0.0.1 |", 1), 0o755)
			return p.command("probe")
		}
		if out, code := run(everywhere); code != 0 || out != fmt.Sprintf("Readiness probe: a TCP connection to 127.0.0.2:%d, within 60s\n"+
			"Succeeds: 127.0.0.2:%d takes connections.\n", everywhere, everywhere) {
			t.Errorf("code %d:\n%s", code, out)
		}
		if out, code := run(loopback); code != 1 || !strings.Contains(out, fmt.Sprintf("Fails: connection refused: the program listens on 127.0.0.1:%d only, "+
			"and the kubelet uses 127.0.0.2. Let it listen on 0.0.0.0 or [::].\n", loopback)) {
			t.Errorf("code %d:\n%s", code, out)
		}
	})
}

// A TCP probe, and the words for a host that the kubelet takes for another.
func TestProbeTCP(t *testing.T) {
	t.Parallel()
	open := serve(t, "127.0.0.1", func(net.Conn) {})
	inBoxes(t, func(t *testing.T, box string) {
		named := tcpSocket(open)
		named.TCPSocket.Host = "localhost"
		named.TCPSocket.Port = intstr.FromString("web")
		c := probed(named)
		c.Spec.Ports = []corev1.ContainerPort{{Name: "web", ContainerPort: int32(open)}}
		out, code := play(t, box, c).command("probe", "ready")
		if want := "takes connections.\nThe kubelet takes host localhost for the node, not for this pod: the probe should name no host.\n"; code != 0 || !strings.Contains(out, want) {
			t.Errorf("code %d:\n%s", code, out)
		}
		p := play(t, box, probed(tcpSocket(closedPort(t))))
		out, code = p.command("probe")
		for _, want := range []string{
			"Fails: connection refused: nothing listens on port ", fmt.Sprintf(" 127.0.0.1:%d", open),
			"The kubelet uses the pod's IP, which /etc/hosts does not have: 127.0.0.1 was tried.\n",
		} {
			if want = p.swap.Replace(want); code != 1 || !strings.Contains(out, want) {
				t.Errorf("code %d:\n%s\nwant %s", code, out, want)
			}
		}
	})
}

// The command of a probe has the container's variables and no input.
func TestProbeExec(t *testing.T) {
	t.Parallel()
	inBoxes(t, func(t *testing.T, box string) {
		for name, test := range map[string]struct {
			probe *corev1.Probe
			code  int
			want  string
		}{
			"success":   {execProbe(append([]string{"/bin/sh", "-c", printAll + "; cat", "script"}, hostile()...)...), 0, printed(hostile()) + "Succeeds: exit code 0.\n"},
			"variables": {execProbe("env"), 0, "\ndiscovery.type=single-node\n"},
			"failure":   {execProbe("/bin/sh", "-c", "echo not yet; exit 3"), 1, "Readiness probe: /bin/sh -c 'echo not yet; exit 3', within 60s\nnot yet\nFails: exit code 3.\n"},
			"too late":  {&corev1.Probe{ProbeHandler: execProbe("/bin/sh", "-c", "exec sleep 1000").ProbeHandler}, 1, "Fails: it was not done after 1s.\n"},
			"missing":   {execProbe("no-such-check"), 1, "Fails: command not found: there is no program no-such-check in PATH ("},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if out, code := play(t, box, probed(test.probe)).command("probe"); code != test.code || !strings.Contains(out, test.want) {
					t.Errorf("code %d:\n%s\nwant code %d:\n%s", code, out, test.code, test.want)
				}
			})
		}
	})
}

// gRPC needs a client; without one only the port can be tried.
func TestProbeGRPC(t *testing.T) {
	t.Parallel()
	open := serve(t, "127.0.0.1", func(net.Conn) {})
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, probed(&corev1.Probe{TimeoutSeconds: 60, ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: int32(open), Service: new("db")}}}))
		out, code := p.command("probe")
		if want := fmt.Sprintf("gRPC health check of 127.0.0.1:%d, service db, within 60s\n127.0.0.1:%d takes connections. "+
			"What the health check answers is not known", open, open); code != 1 || !strings.Contains(out, want) {
			t.Errorf("code %d:\n%s", code, out)
		}
		p.write("grpc_health_probe", "#!/bin/sh\necho \"$@\"\nexit 4\n", 0o755)
		out, code = p.command("probe")
		if want := fmt.Sprintf("-addr=127.0.0.1:%d -service=db -connect-timeout=60s -rpc-timeout=60s\nFails: grpc_health_probe ended with code 4.\n", open); code != 1 || !strings.Contains(out, want) {
			t.Errorf("code %d:\n%s", code, out)
		}
	})
}

// A probe is tried by its name; without one it is the first that there is.
func TestProbeNames(t *testing.T) {
	t.Parallel()
	c := crashloop.Container{Spec: corev1.Container{LivenessProbe: execProbe("true"), StartupProbe: execProbe("false")}}
	inBoxes(t, func(t *testing.T, box string) {
		p := play(t, box, c)
		for _, test := range []struct {
			args []string
			code int
			want string
		}{
			{nil, 0, "Liveness probe: true, within 60s\nSucceeds: exit code 0.\n"},
			{[]string{"startup"}, 1, "Startup probe: false, within 60s\nFails: exit code 1.\n"},
			{[]string{"ready"}, 2, "probe: the container has no such probe. It has: live startup\n"},
			{[]string{"readiness"}, 2, "probe: there is no probe readiness. See probe --help.\n"},
			{[]string{"--help"}, 0, "Usage: probe [ready|live|startup]\n"},
		} {
			if out, code := p.command("probe", test.args...); code != test.code || !strings.HasPrefix(out, test.want) {
				t.Errorf("%q: code %d: %s\nwant code %d: %s", test.args, code, out, test.code, test.want)
			}
		}
		if out, _ := play(t, box, command("app")).command("probe"); out != "probe: the container has no such probe. It has: none\n" {
			t.Errorf("without probes: %s", out)
		}
	})
}
