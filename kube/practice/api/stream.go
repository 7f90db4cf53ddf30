package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// stream answers pods/attach and pods/exec. As in a real cluster there are two servers in a row: the API server refuses
// before it upgrades the connection; the kubelet behind it refuses in plain text, which is the answer to who speaks its own
// protocols, SPDY and WebSocket v4; the API server itself is the end of a WebSocket of v5 and says it on that one's error
// channel.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, c streams.Container, subresource string) {
	pod, err := s.streamedPod(r, &c)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	wanted, refusal := readStreamOptions(r, pod, c, subresource)
	v5 := wsstream.IsWebSocketRequestWithStreamCloseProtocol(r)
	if refusal != nil && !v5 {
		refusal.write(w)
		return
	}
	ctx, left := context.WithCancel(r.Context())
	defer left()
	open := openSPDY
	if wsstream.IsWebSocketRequest(r) {
		open = openWebSocket
	}
	wire := &wire{ResponseWriter: w}
	conn, err := open(ctx, left, wire, r, wanted)
	if err != nil {
		wire.abandon()
		return // the client has been told what can be told
	}
	defer context.AfterFunc(ctx, wire.hurry)()
	status := s.converse(ctx, r, c, subresource, conn, refusal)
	wire.hurry()
	_ = conn.tell(status)
	conn.close()
}

// conversation is the connection of a client that has been upgraded.
type conversation struct {
	streams streams.Streams
	tell    func(*metav1.Status) error // how it has ended
	relayed bool                       // by the API server, which wraps the errors of the kubelet in its own
	close   func()
}

// converse joins a client with a container, and returns how that ended.
func (s *Server) converse(ctx context.Context, r *http.Request, c streams.Container, subresource string, conn *conversation, refusal *refusal) *metav1.Status {
	if refusal != nil {
		return internal(fmt.Errorf("unable to upgrade connection: %s", refusal.text))
	}
	var err error
	if subresource == "exec" {
		err = s.kubelet.Exec(ctx, c, r.URL.Query()["command"], conn.streams)
	} else {
		err = s.kubelet.Attach(ctx, c, conn.streams)
	}
	return conn.ending(err, subresource)
}

// ending is how the end of a command is told.
func (c *conversation) ending(err error, subresource string) *metav1.Status {
	if err == nil {
		return &metav1.Status{Status: metav1.StatusSuccess}
	}
	var exit *streams.ExitError
	if subresource == "exec" && errors.As(err, &exit) && exit.Err == nil {
		return &metav1.Status{
			Status:  metav1.StatusFailure,
			Reason:  remotecommand.NonZeroExitCodeReason,
			Message: fmt.Sprintf("command terminated with non-zero exit code: %v", exit),
			Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{{Type: remotecommand.ExitCodeCauseType, Message: strconv.Itoa(exit.Code)}}},
		}
	}
	if known := apierrors.APIStatus(nil); errors.As(err, &known) {
		status := known.Status()
		return &status
	}
	doing := map[string]string{"exec": "error executing command in container", "attach": "error attaching to container"}[subresource]
	status := internal(fmt.Errorf("%s: %w", doing, err))
	if c.relayed {
		status = internal(errors.New(status.Message))
	}
	return status
}

func internal(err error) *metav1.Status {
	status := apierrors.NewInternalError(err).Status()
	return &status
}

// streamedPod is the pod of a container; when the container is not named it is the only one.
func (s *Server) streamedPod(r *http.Request, c *streams.Container) (*corev1.Pod, error) {
	object, err := s.store.Get(store.Key{Resource: corev1.Resource("pods"), Namespace: c.Namespace, Name: c.Pod})
	if err != nil {
		return nil, err
	}
	pod, err := podOf(object)
	if err != nil {
		return nil, err
	}
	if c.Name, err = containerOf(pod, c.Name); err != nil {
		return nil, err
	}
	if pod.Spec.NodeName == "" {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("pod %s does not have a host assigned", pod.Name))
	}
	if !httpstream.IsUpgradeRequest(r) {
		return nil, apierrors.NewBadRequest("Upgrade request required")
	}
	return pod, nil
}

// refusal is what a kubelet says to a request that it does not take up.
type refusal struct {
	code int
	text string
}

func (f *refusal) write(w http.ResponseWriter) {
	w.WriteHeader(f.code)
	_, _ = io.WriteString(w, f.text)
}

// streamOptions are the streams that a client wants.
type streamOptions struct {
	stdin, stdout, stderr, tty bool
}

func readStreamOptions(r *http.Request, pod *corev1.Pod, c streams.Container, subresource string) (streamOptions, *refusal) {
	var o streamOptions
	for name, to := range map[string]*bool{"stdin": &o.stdin, "stdout": &o.stdout, "stderr": &o.stderr, "tty": &o.tty} {
		value, given := r.URL.Query()[name]
		*to = given && value[0] != "false" && value[0] != "0"
	}
	o.stderr = o.stderr && !o.tty
	switch {
	case !o.stdin && !o.stdout && !o.stderr:
		return o, &refusal{http.StatusBadRequest, "you must specify at least 1 of stdin, stdout, stderr"}
	case isRunning(pod, c.Name) && subresource == "exec" && len(r.URL.Query()["command"]) == 0:
		return o, &refusal{http.StatusBadRequest, "you must specify at least one command for the container"}
	case isRunning(pod, c.Name):
		return o, nil
	case subresource == "exec":
		return o, &refusal{http.StatusInternalServerError, fmt.Sprintf("container not found (%q)", c.Name)}
	}
	return o, &refusal{http.StatusInternalServerError, fmt.Sprintf("container %s not found in pod %s_%s", c.Name, c.Pod, c.Namespace)}
}

func isRunning(pod *corev1.Pod, container string) bool {
	for _, statuses := range [][]corev1.ContainerStatus{
		pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses, pod.Status.EphemeralContainerStatuses,
	} {
		for _, status := range statuses {
			if status.Name == container {
				return status.State.Running != nil
			}
		}
	}
	return false
}

// readSizes passes the sizes of a client's terminal on until they end, as they do with the connection. Of those that nobody
// has taken only the last is kept, so that nobody needs to; the channel has room for one.
func readSizes(from io.Reader, to chan streams.Size) {
	defer close(to)
	for sizes := json.NewDecoder(from); ; {
		var size streams.Size
		if err := sizes.Decode(&size); err != nil {
			return
		}
		select {
		case <-to:
		default:
		}
		to <- size
	}
}
