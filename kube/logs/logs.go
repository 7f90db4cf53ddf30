// Package logs reads the logs of containers, one or many at once, over rotations and restarts.
package logs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Request says which logs of a pod to read.
type Request struct {
	Pod        kube.PodKey
	Containers []string  // a stream each; the lines of several are merged by time
	Tail       int64     // last lines only, of each; 0 means all
	Since      time.Time // only lines written at or after it, to the second; zero means all
	Previous   bool      // of the instance before the last restart
	Follow     bool      // go on with what is written from now on, over restarts of the container
}

// Line is one line of a container's log.
type Line struct {
	Container string
	Time      time.Time // when it was written, by its node's clock; zero when the node does not say
	Text      string    // safe to draw: colours are taken out, other escapes made visible, tabs expanded
	Raw       string    // as it came, without its time and its end
	Cut       int       // bytes left out of the end of a line that is too long
	Mark      bool      // Text is ours: what happened between the lines before and behind it
}

// State is how it stands with the log of one container.
type State struct {
	Container string
	Words     string // what is waited for; empty: its lines come
	// Trouble is why lines may be missing at the moment: they are asked for again by themselves. With Ended it is why none
	// could be read.
	Trouble error
	Ended   bool // nothing more comes; Words say why, if there is a reason to give
}

// News is what has come since the last time.
type News struct {
	Lines  []Line
	States []State // only what has changed, to be taken after the lines
}

// openAtOnce is how many logs are asked for at the same time: a pod with 40 containers is no storm for its kubelet.
const openAtOnce = 8

// Open reads a container's log: what its program has printed, by complete lines. The caller closes the reader, which ends with [ErrGone]
// where the node turns out to have none.
func Open(ctx context.Context, c *kube.Cluster, t kube.Target, o Options) (io.ReadCloser, error) {
	return openLog(ctx, c, request(c, t, o), t)
}

func openLog(ctx context.Context, c *kube.Cluster, request *rest.Request, t kube.Target) (io.ReadCloser, error) {
	op := "read the log of " + t.String()
	stream, err := request.Stream(ctx)
	switch {
	case apierrors.IsForbidden(err):
		return nil, &kube.Problem{
			Message:      op + ": " + kube.Sanitize(kube.RootText(err)),
			Hint:         fmt.Sprintf(`ask for the verb "get" on the resource "pods/log" in namespace %s: this Role, and a RoleBinding to it`, t.Namespace),
			RequiredRBAC: fmt.Sprintf(Role, t.Namespace), Err: err,
		}
	case err != nil:
		return nil, c.Problem(op, err)
	}
	return newKubeletLog(stream, op), nil
}

func request(c *kube.Cluster, t kube.Target, o Options) *rest.Request {
	request := c.Core().Get().Namespace(t.Namespace).Resource("pods").Name(t.Pod).SubResource("log").
		Param("container", t.Container)
	if o.Tail > 0 {
		request.Param("tailLines", fmt.Sprint(o.Tail))
	}
	if !o.Since.IsZero() {
		request.Param("sinceTime", o.Since.UTC().Format(time.RFC3339))
	}
	for name, wanted := range map[string]bool{"previous": o.Previous, "follow": o.Follow, "timestamps": o.Timestamps} {
		if wanted {
			request.Param(name, "true")
		}
	}
	return request
}

// Role is the Role that a person needs for reading logs in one namespace.
const Role = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: read-logs
  namespace: %s
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
`

// Kubectl is the command that prints the same, to be pasted into a shell.
func (r Request) Kubectl(context string, all, times bool) string {
	words := []string{"kubectl", "logs", r.Pod.Name}
	if context != "" {
		words = append(words, "--context="+context)
	}
	words = append(words, "--namespace="+r.Pod.Namespace)
	if all {
		words = append(words, "--all-containers", "--prefix", fmt.Sprintf("--max-log-requests=%d", max(len(r.Containers), 1)))
	} else if len(r.Containers) > 0 {
		words = append(words, "--container="+r.Containers[0])
	}
	if r.Tail > 0 {
		words = append(words, fmt.Sprintf("--tail=%d", r.Tail))
	}
	for flag, wanted := range map[string]bool{"--timestamps": times, "--previous": r.Previous, "--follow": r.Follow} {
		if wanted {
			words = append(words, flag)
		}
	}
	slices.Sort(words[3:])
	return kube.ShellLine(words)
}

// Options chooses a part of a container's log.
type Options struct {
	Tail     int64     // last lines only; 0 means all
	Since    time.Time // only lines written at or after it; zero means all
	Previous bool      // of the instance before the last restart
	Follow   bool      // keep the stream open
	// Timestamps puts the time at which it was written before each line, and a space.
	Timestamps bool
}
