package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// probeResult is what a question to the node behind the API server has brought.
type probeResult int

const (
	soundNothing probeResult = iota // nothing that tells one way or the other
	soundNode                       // the node has answered
	soundSilence                    // the API server answers, its node does not
	soundNever                      // this question will not be answered: no right to read logs, no such container
)

// probe asks for one byte of a container's log. When that does not come in time, the API server is asked for something of its own:
// a client's connection that has died looks like a node that has.
func probe(ctx context.Context, c *kube.Cluster, t kube.Target, patience time.Duration) (probeResult, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var second sync.WaitGroup
	near := context.Canceled // it has not been asked
	second.Add(1)
	timer := time.AfterFunc(patience/2, func() {
		defer second.Done()
		near = c.Core().Get().AbsPath("/version").MaxRetries(0).Do(ctx).Error()
	})
	err := c.Core().Get().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("log").
		Param("container", t.Container).Param("tailLines", "1").Param("limitBytes", "1").MaxRetries(0).Do(ctx).Error()
	late := ctx.Err()
	if timer.Stop() {
		second.Done()
	} else {
		if late == nil {
			cancel() // of no interest any more
		}
		second.Wait()
	}
	heard := heardOf(err, t.Pod)
	if heard == soundNothing && errors.Is(late, context.DeadlineExceeded) && (near == nil || kube.Answered(near)) {
		heard = soundSilence
	}
	return heard, err
}

// heardOf reads the answer to a request for the log of a pod.
func heardOf(err error, pod string) probeResult {
	var status apierrors.APIStatus
	if err == nil {
		return soundNode
	}
	if errors.Is(err, kube.ErrGuarded) {
		return soundNever
	}
	if !errors.As(err, &status) {
		return soundNothing
	}
	switch code := status.Status().Code; {
	case isOfNode(status, pod): // it has been taken out of the cluster, and its pods will be
		return soundSilence
	case code == http.StatusUnauthorized, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return soundNothing
	case code < http.StatusInternalServerError:
		return soundNever
	case unreached(err.Error()):
		return soundSilence
	}
	return soundNothing
}

// isOfNode knows the 404 that is about a pod's node: the API server says `pods "node-1" not found` then (seen: 1.34).
func isOfNode(status apierrors.APIStatus, pod string) bool {
	s := status.Status()
	return s.Code == http.StatusNotFound && s.Details != nil && s.Details.Name != "" && s.Details.Name != pod
}

// unreached tells from an API server's words that its own request to the node has failed: they have the URL in them.
func unreached(text string) bool {
	return strings.Contains(text, "/containerLogs/") || strings.Contains(text, "error dialing backend") || strings.Contains(text, "dial tcp")
}

// nodeSilent says what a question has brought when it was [soundSilence].
func nodeSilent(err error) string {
	if !kube.Answered(err) {
		return "the API server answers, the node behind it does not"
	}
	text := kube.RootText(err)
	if _, why, ok := strings.Cut(text, `": `); ok { // Get "https://10.0.0.4:10250/containerLogs/…": dial tcp …
		text = why
	}
	return fmt.Sprintf("the API server does not reach the node: %s", text)
}
