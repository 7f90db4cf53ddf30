package lists

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// Debugger is one debug container, whoever made it.
type Debugger struct {
	Target  kube.Target // namespace, pod, container
	UID     string      // of the pod
	Image   string
	ImageID string     // as the node has it, with its digest; empty until it has
	Looks   string     // the container whose processes it sees; empty: none
	State   string     // as [kube.Container].State
	Running bool       //
	Exit    *kube.Exit // if it has ended
	Started time.Time  // zero when it has not

	// By is the client that has added it, as the cluster notes it: "dayfly", "kubectl-debug", …; empty: not known. The person is not noted.
	By string
	// Since is when it was added; zero where that is not known, as it is when its client has added others to the pod since.
	Since time.Time

	TTY, Stdin, StdinOnce bool
	Starts                []string // as [kube.Container].Starts
}

// Debuggers lists the debug containers of a namespace, or with "" of all but hidden ones ([kube.Guard]): those that run first, and the newest first
// of them and of the others; with running only those that run. The API server can select pods by none of it, so all pods are read, a page at
// a time, and little of each. The error is a [*kube.Problem].
func Debuggers(ctx context.Context, c *kube.Cluster, namespace string, running bool) ([]Debugger, error) {
	op := "list the debug containers of all namespaces"
	if namespace != "" {
		op = "list the debug containers of namespace " + kube.Sanitize(namespace)
	}
	var found []Debugger
	take := func(pod *corev1.Pod) {
		for _, d := range DebuggersOf(pod) {
			if !c.Guard().Hides(d.Target.Namespace) && (d.Running || !running) {
				found = append(found, d)
			}
		}
	}
	more, err := debuggedPage(ctx, c, namespace, page, "", take)
	for more != "" && err == nil {
		more, err = debuggedPage(ctx, c, namespace, page, more, take)
	}
	if apierrors.IsResourceExpired(err) { // the pages took longer than the server keeps what they are of
		found = nil
		_, err = debuggedPage(ctx, c, namespace, 0, "", take)
	}
	if err != nil {
		return nil, c.Problem(op, err)
	}
	slices.SortStableFunc(found, compareDebuggers)
	return found, nil
}

func compareDebuggers(a, b Debugger) int {
	if a.Running != b.Running {
		if a.Running {
			return -1
		}
		return 1
	}
	return cmp.Or(b.newest().Compare(a.newest()), cmp.Compare(a.Target.Namespace, b.Target.Namespace),
		cmp.Compare(a.Target.Pod, b.Target.Pod), cmp.Compare(a.Target.Container, b.Target.Container))
}

// newest is the best that is known of when it began.
func (d Debugger) newest() time.Time {
	if d.Started.IsZero() {
		return d.Since
	}
	return d.Started
}

// debuggedPage reads one page of pods, and gives those that have debug containers to take. More continues the list.
func debuggedPage(ctx context.Context, c *kube.Cluster, namespace string, limit int, token string, take func(*corev1.Pod)) (more string, err error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	request := c.Core().Get().Namespace(namespace).Resource("pods")
	if limit > 0 {
		request.Param("limit", strconv.Itoa(limit))
	}
	if token != "" {
		request.Param("continue", token)
	}
	body, err := request.SetHeader("Accept", "application/json").Stream(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	return readDebugged(tables.Decoder(body), take)
}

// readDebugged reads a list of pods, and decodes only those that have debug containers: a few of many thousands.
func readDebugged(d *jsontext.Decoder, take func(*corev1.Pod)) (more string, err error) {
	kind := ""
	err = tables.EachMember(d, func(name string) (err error) {
		switch name {
		case "kind":
			kind, err = tables.Text(d)
			return err
		case "metadata":
			return tables.EachMember(d, func(name string) (err error) {
				if name != "continue" {
					return d.SkipValue()
				}
				more, err = tables.Text(d)
				return err
			})
		case "items":
			return tables.EachElement(d, func() error {
				value, err := d.ReadValue()
				if err != nil || !bytes.Contains(value, []byte(`"ephemeralContainers"`)) {
					return err
				}
				var pod corev1.Pod
				if err := json.Unmarshal(value, &pod); err != nil {
					return fmt.Errorf("read a pod: %w", err)
				}
				take(&pod)
				return nil
			})
		}
		return d.SkipValue()
	})
	if err == nil && kind != "PodList" {
		err = fmt.Errorf("the API server answered with a %q instead of a list of pods", kube.Sanitize(kind))
	}
	return more, err
}

// DebuggersOf are the debug containers of a pod, whose names are cleaned.
func DebuggersOf(object *corev1.Pod) []Debugger {
	kube.SanitizeNames(object)
	var list []Debugger
	for _, c := range kube.ContainersOf(object) {
		if c.Kind != kube.DebugContainer {
			continue
		}
		d := Debugger{
			Target: kube.Target{Namespace: object.Namespace, Pod: object.Name, Container: c.Name}, UID: kube.Sanitize(string(object.UID)),
			Image: c.Image, ImageID: c.ImageID, Looks: c.Looks, State: c.State, Running: c.Running, Exit: c.Exit,
			TTY: c.TTY, Stdin: c.Stdin, StdinOnce: c.Once, Starts: c.Starts,
		}
		switch {
		case c.Running:
			d.Started, d.Exit = c.Since, nil
		case c.Exit != nil:
			d.Started = c.Exit.Started
		}
		d.By, d.Since = addedBy(object.ManagedFields, c.Name)
		if !d.Started.IsZero() && d.Since.After(d.Started) {
			d.Since = time.Time{} // of what the same client has done later
		}
		list = append(list, d)
	}
	return list
}
