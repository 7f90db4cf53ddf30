package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// oldExecutors are those of clients of before, that do not tell the end of their input or get no exit codes.
func oldExecutors(t *testing.T, server *httptest.Server, path, query string) map[string]remotecommand.Executor {
	t.Helper()
	config := &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	address, err := url.Parse(server.URL + path + "?" + query)
	if err != nil {
		t.Fatal(err)
	}
	webSocket, err := remotecommand.NewWebSocketExecutorForProtocols(config, http.MethodGet, address.String(), "v4.channel.k8s.io")
	if err != nil {
		t.Fatal(err)
	}
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		t.Fatal(err)
	}
	v2, err := remotecommand.NewSPDYExecutorForProtocols(transport, upgrader, http.MethodPost, address, "v2.channel.k8s.io")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]remotecommand.Executor{"WebSocket v4": webSocket, "SPDY v2": v2}
}

func TestStreamEnding(t *testing.T) {
	const exec, attach, internal = "/web/exec", "/web/attach", "Internal error occurred: "
	for _, tt := range []struct {
		path, name, want string
		err              error
	}{
		{exec, "WebSocket", "command terminated with exit code 4", &streams.ExitError{Code: 4}},
		{exec, "SPDY", "command terminated with exit code 4", &streams.ExitError{Code: 4}},
		{exec, "WebSocket v4", "command terminated with exit code 4", &streams.ExitError{Code: 4}},
		{exec, "SPDY v2", "error executing remote command: command terminated with non-zero exit code: command terminated with exit code 4", &streams.ExitError{Code: 4}},
		{exec, "SPDY", "command terminated with exit code 137", fmt.Errorf("run: %w", &streams.ExitError{Code: 137})},
		{exec, "WebSocket", internal + internal + "error executing command in container: no such thing", &streams.ExitError{Code: 127, Err: errors.New("no such thing")}},
		{exec, "SPDY", internal + "error executing command in container: no such thing", &streams.ExitError{Code: 127, Err: errors.New("no such thing")}},
		{attach, "WebSocket", internal + internal + "error attaching to container: gone", errors.New("gone")},
		{attach, "WebSocket v4", internal + "error attaching to container: gone", errors.New("gone")},
		{attach, "SPDY", "over there", apierrors.NewBadRequest("over there")},
		{attach, "WebSocket v4", "", nil},
		{attach, "SPDY v2", "", nil},
	} {
		server := streamServer(t, func(context.Context, streams.Container, []string, streams.Streams) error { return tt.err })
		all := executors(t, server, tt.path, "stdout=true&command=x")
		maps.Copy(all, oldExecutors(t, server, tt.path, "stdout=true&command=x"))
		executor := all[tt.name]
		err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: io.Discard})
		if got := fmt.Sprint(err); (tt.want != "" || err != nil) && got != tt.want {
			t.Errorf("%s %s: the error is %s, want %s", tt.name, tt.path, got, tt.want)
		}
	}
}

func TestExitStatus(t *testing.T) {
	got, err := json.Marshal((&conversation{}).ending(&streams.ExitError{Code: 4}, "exec"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: command terminated with exit code 4",` +
		`"reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"4"}]}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// What a cluster of v1.34 says.
func TestStreamRefused(t *testing.T) {
	server := streamServer(t, func(context.Context, streams.Container, []string, streams.Streams) error { return nil })
	const upgrade = "unable to upgrade connection: "
	for _, tt := range []struct{ address, plain, webSocket, spdy string }{
		{"/no/exec?stdout=true", `pods "no" not found`, "", ""},
		{"/two/exec?stdout=true", "a container name must be specified for pod two, choose one of: [proxy app]", "", ""},
		{"/two/attach?stdout=true&container=x", "container x is not valid for pod two", "", ""},
		{"/pending/attach?stdout=true", "pod pending does not have a host assigned", "", ""},
		{"/web/exec?stdout=true", "Upgrade request required", "-", "-"},
		{
			"/two/exec?stdout=true&container=app", "Upgrade request required",
			"Internal error occurred: " + upgrade + `container not found ("app")`, upgrade + `container not found ("app")`,
		},
		{
			"/two/attach?stdout=true&container=app", "Upgrade request required",
			"Internal error occurred: " + upgrade + "container app not found in pod two_shop", upgrade + "container app not found in pod two_shop",
		},
		{
			"/web/exec?command=ls", "Upgrade request required",
			"Internal error occurred: " + upgrade + "you must specify at least 1 of stdin, stdout, stderr",
			upgrade + "you must specify at least 1 of stdin, stdout, stderr",
		},
	} {
		response, err := server.Client().Get(server.URL + tt.address)
		if err != nil {
			t.Fatal(err)
		}
		var status metav1.Status
		if err := json.NewDecoder(response.Body).Decode(&status); err != nil || status.Message != tt.plain || int(status.Code) != response.StatusCode {
			t.Errorf("%s: %s is told by %s: %+v, %v", tt.address, tt.plain, response.Status, status, err)
		}
		_ = response.Body.Close()
		path, query, _ := strings.Cut(tt.address, "?")
		for name, executor := range executors(t, server, path, query) {
			want := map[string]string{"WebSocket": tt.webSocket, "SPDY": tt.spdy}[name]
			if want == "-" {
				continue
			}
			err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: io.Discard})
			if want == "" { // known to the API server
				if err == nil || !strings.HasSuffix(err.Error(), tt.plain) {
					t.Errorf("%s by %s: the error is %v, want %s", tt.address, name, err, tt.plain)
				}
			} else if err == nil || err.Error() != want {
				t.Errorf("%s by %s: the error is %v, want %s", tt.address, name, err, want)
			}
		}
	}
}

// An attach ends with the client, whether or not it has a terminal, and with the server.
func TestStreamLeft(t *testing.T) {
	ended := make(chan bool, 1)
	for _, query := range []string{"stdin=true&stdout=true&tty=true", "stdin=true&stdout=true"} {
		for _, name := range []string{"WebSocket", "SPDY"} {
			for _, who := range []string{"client", "server"} {
				ctx := map[string]context.Context{"client": t.Context(), "server": t.Context()}
				var leave func()
				ctx[who], leave = context.WithCancel(t.Context())
				server := streamServerOf(ctx["server"], t, func(ctx context.Context, _ streams.Container, _ []string, s streams.Streams) error {
					_, _ = io.WriteString(s.Stdout, "up")
					<-ctx.Done()
					ended <- true
					return ctx.Err()
				})
				in, typed := io.Pipe()
				out, seen := io.Pipe()
				left := make(chan error, 1)
				go func() {
					left <- executors(t, server, "/web/attach", query)[name].StreamWithContext(ctx["client"], remotecommand.StreamOptions{
						Stdin: in, Stdout: seen, Tty: strings.Contains(query, "tty"),
					})
				}()
				if _, err := io.ReadFull(out, make([]byte, 2)); err != nil {
					t.Fatal(err)
				}
				leave()
				select {
				case <-ended:
				case <-time.After(slow):
					t.Fatalf("%s, %s: the end of the %s is not noticed", name, query, who)
				}
				if err := <-left; err == nil {
					t.Errorf("%s, %s: the client takes the end of the %s for that of the program", name, query, who)
				}
				_ = typed.Close()
			}
		}
	}
	awaitUnserved(t)
}

// awaitUnserved waits until no goroutine of a server's streams is left.
func awaitUnserved(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(slow); ; runtime.Gosched() {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if !serving.Match(stacks) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("something is still served:\n%s", stacks)
		}
	}
}

// serving is in the stack of a goroutine of a server's streams.
var serving = regexp.MustCompile(`practice/api\.(\(\*Server\)|openWebSocket|openSPDY|readSizes)|wsstream\.\(\*Conn\)`)
