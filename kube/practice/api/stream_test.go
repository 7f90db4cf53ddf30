package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"

	"github.com/dayfly-k8s/dayfly/kube/practice/clock"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// slow is when a test gives up waiting for what must happen.
const slow = 20 * time.Second

// program is a Kubelet whose containers all run the same.
type program func(ctx context.Context, c streams.Container, command []string, s streams.Streams) error

func (program) Changed(store.Key) {}

func (program) Logs(context.Context, streams.Container, *corev1.PodLogOptions, io.Writer) error {
	return nil
}

func (p program) Attach(ctx context.Context, c streams.Container, s streams.Streams) error {
	return p(ctx, c, nil, s)
}

func (p program) Exec(ctx context.Context, c streams.Container, command []string, s streams.Streams) error {
	return p(ctx, c, command, s)
}

// streamServer serves pods/exec and pods/attach of some pods, whose containers run p.
func streamServer(t *testing.T, p program) *httptest.Server {
	t.Helper()
	return streamServerOf(t.Context(), t, p)
}

// streamServerOf is one that ends what it serves with a context.
func streamServerOf(ctx context.Context, t *testing.T, p program) *httptest.Server {
	t.Helper()
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	state := func(name string, state corev1.ContainerState) corev1.ContainerStatus {
		return corev1.ContainerStatus{Name: name, State: state}
	}
	objects := store.New(100)
	for _, pod := range []*corev1.Pod{
		{
			ObjectMeta: metav1.ObjectMeta{Name: "web"},
			Spec:       corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "app"}}},
			Status:     corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{state("app", running)}},
		},
		{
			ObjectMeta: metav1.ObjectMeta{Name: "two"},
			Spec:       corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "proxy"}, {Name: "app"}}},
			Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
				state("proxy", running), state("app", corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}),
			}},
		},
		{ObjectMeta: metav1.ObjectMeta{Name: "pending"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}}},
	} {
		pod.Namespace = "shop"
		if err := objects.Create(corev1.Resource("pods"), pod); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(Options{Store: objects, Clock: clock.New(time.Now()), Kubelet: p})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.Split(r.URL.Path, "/") // /pod/subresource
		s.stream(w, r, streams.Container{Namespace: "shop", Pod: path[1], Name: r.URL.Query().Get("container")}, path[2])
	}))
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// executors are client-go's two ways.
func executors(t *testing.T, server *httptest.Server, path, query string) map[string]remotecommand.Executor {
	t.Helper()
	config := &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	address := server.URL + path + "?" + query
	webSocket, err := remotecommand.NewWebSocketExecutor(config, http.MethodGet, address)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	speedy, err := remotecommand.NewSPDYExecutor(config, http.MethodPost, parsed)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]remotecommand.Executor{"WebSocket": webSocket, "SPDY": speedy}
}

func TestStreams(t *testing.T) {
	server := streamServer(t, func(_ context.Context, c streams.Container, command []string, s streams.Streams) error {
		if s.TTY || s.Resize != nil {
			return errors.New("a terminal was not asked for")
		}
		text, err := io.ReadAll(s.Stdin)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(s.Stdout, "%s %q read %q", c, command, text)
		_, _ = io.WriteString(s.Stderr, "complaint")
		return nil
	})
	for path, want := range map[string]string{
		"/web/exec":   `{shop web app} ["ls" "-l"] read "typed"`,
		"/web/attach": `{shop web app} [] read "typed"`,
	} {
		for name, executor := range executors(t, server, path, "stdin=true&stdout=true&stderr=true&command=ls&command=-l") {
			t.Run(name+path, func(t *testing.T) {
				var out, complaints strings.Builder
				err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{
					Stdin: strings.NewReader("typed"), Stdout: &out, Stderr: &complaints,
				})
				if err != nil || out.String() != want || complaints.String() != "complaint" {
					t.Errorf("it said %q and %q, %v", out.String(), complaints.String(), err)
				}
			})
		}
	}
}

// sizes are those of a client's terminal.
type sizes chan remotecommand.TerminalSize

func (s sizes) Next() *remotecommand.TerminalSize {
	size, ok := <-s
	if !ok {
		return nil
	}
	return &size
}

func TestStreamTerminal(t *testing.T) {
	server := streamServer(t, func(_ context.Context, _ streams.Container, _ []string, s streams.Streams) error {
		if !s.TTY || s.Stderr != nil {
			return fmt.Errorf("the terminal is %v, with a stderr %v", s.TTY, s.Stderr)
		}
		for size := range s.Resize {
			_, _ = fmt.Fprintf(s.Stdout, "%dx%d.", size.Width, size.Height)
			if size.Height == 24 {
				break
			}
		}
		return nil
	})
	for name, executor := range executors(t, server, "/web/attach", "stdin=true&stdout=true&stderr=true&tty=true") {
		t.Run(name, func(t *testing.T) {
			queue := make(sizes, 2)
			queue <- remotecommand.TerminalSize{Width: 132, Height: 43}
			queue <- remotecommand.TerminalSize{Width: 80, Height: 24}
			defer close(queue)
			in, typed := io.Pipe()
			defer func() { _ = typed.Close() }()
			var out strings.Builder
			err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdin: in, Stdout: &out, Tty: true, TerminalSizeQueue: queue})
			// A size that is followed at once by another one may be left out.
			if err != nil || strings.TrimPrefix(out.String(), "132x43.") != "80x24." {
				t.Errorf("it said %q, %v", out.String(), err)
			}
		})
	}
}

func TestStreamsMuch(t *testing.T) {
	sent := make([]byte, 5<<20)
	_, _ = rand.Read(sent)
	server := streamServer(t, func(_ context.Context, _ streams.Container, _ []string, s streams.Streams) error {
		_, err := io.Copy(s.Stdout, s.Stdin)
		return err
	})
	for name, executor := range executors(t, server, "/web/exec", "stdin=true&stdout=true&command=cat") {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdin: bytes.NewReader(sent), Stdout: &got})
			if err != nil || !bytes.Equal(got.Bytes(), sent) {
				t.Errorf("%d of %d bytes came back, or others, %v", got.Len(), len(sent), err)
			}
		})
	}
}

// The last output and the exit code arrive although the client types on.
func TestStreamEndsWhileTyping(t *testing.T) {
	server := streamServer(t, func(_ context.Context, _ streams.Container, _ []string, s streams.Streams) error {
		_, _ = s.Stdin.Read(make([]byte, 1))
		_, _ = s.Stdout.Write(make([]byte, 1<<20))
		return &streams.ExitError{Code: 3}
	})
	for name, executor := range executors(t, server, "/web/exec", "stdin=true&stdout=true&command=x") {
		t.Run(name, func(t *testing.T) {
			in, typed := io.Pipe()
			defer func() { _ = in.Close() }()
			go func() {
				for {
					if _, err := typed.Write(make([]byte, 1000)); err != nil {
						return
					}
				}
			}()
			var got bytes.Buffer
			err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdin: in, Stdout: &got})
			var exit utilexec.CodeExitError
			if !errors.As(err, &exit) || exit.Code != 3 || got.Len() != 1<<20 {
				t.Errorf("%d bytes came, and %v", got.Len(), err)
			}
		})
	}
}
