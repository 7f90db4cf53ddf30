package kubelet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// timestamp is how the kubelet writes the time of a line.
const timestamp = "2006-01-02T15:04:05.000000000Z07:00"

// Logs writes the log of a container, as the API asks for it.
func (k *Kubelet) Logs(ctx context.Context, c streams.Container, opts *corev1.PodLogOptions, w io.Writer) error {
	if opts == nil {
		opts = &corev1.PodLogOptions{}
	}
	log, err := k.logOf(c, opts.Previous)
	if err != nil {
		return err
	}
	r := &logReader{k: k, log: log, opts: opts, w: w}
	if err := r.copy(ctx); err != nil && !errors.Is(err, errLimit) && ctx.Err() == nil {
		return fmt.Errorf("write the log of %s/%s: %w", c.Pod, c.Name, err)
	}
	return nil
}

// logOf finds the log that is meant, or says in the API's words why there is none.
func (k *Kubelet) logOf(name streams.Container, previous bool) (*logbook, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, c := k.lookup(name)
	bad := func(format string, args ...any) error {
		return apierrors.NewBadRequest(fmt.Sprintf(format, args...))
	}
	switch {
	case c == nil && k.specHas(name):
		return nil, bad("container %q in pod %q is waiting to start: ContainerCreating", name.Name, name.Pod)
	case c == nil:
		return nil, bad("container %s is not valid for pod %s", name.Name, name.Pod)
	case previous && c.before() == nil:
		return nil, bad("previous terminated container %q in pod %q not found", name.Name, name.Pod)
	case previous:
		return c.before(), nil
	case c.log != nil:
		return c.log, nil
	}
	why := "ContainerCreating"
	if p.terminating {
		why = "PodTerminating"
	}
	if waiting := c.state.Waiting; waiting != nil {
		why = waiting.Reason
	}
	if why == "ErrImagePull" || why == "ImagePullBackOff" {
		why = "trying and failing to pull image"
	}
	return nil, bad("container %q in pod %q is waiting to start: %s", name.Name, name.Pod, why)
}

// before is the log of the latest instance that is over; in back-off that is the current log too.
func (c *container) before() *logbook {
	if c.run == nil && c.kind != debugKind && c.restarts > 0 || c.previous != nil {
		if c.run == nil {
			return c.log
		}
		return c.previous
	}
	return nil
}

// specHas reports whether the pod of the store has a container that is not known here yet.
func (k *Kubelet) specHas(name streams.Container) bool {
	object := k.get(types.NamespacedName{Namespace: name.Namespace, Name: name.Pod})
	if object == nil {
		return false
	}
	for _, c := range object.Spec.InitContainers {
		if c.Name == name.Name {
			return true
		}
	}
	for _, c := range object.Spec.Containers {
		if c.Name == name.Name {
			return true
		}
	}
	for _, c := range object.Spec.EphemeralContainers {
		if c.Name == name.Name {
			return true
		}
	}
	return false
}

// errLimit ends a copy that has written as much as was asked for.
var errLimit = errors.New("the limit of bytes is reached")

// logReader writes a log to a client.
type logReader struct {
	k     *Kubelet
	log   *logbook
	opts  *corev1.PodLogOptions
	w     io.Writer
	wrote int64
	whole bool // what was written last ended with a line
}

func (r *logReader) copy(ctx context.Context) error {
	r.whole = true
	entries, next, more, at, ended := r.log.read(0, r.k.clock.Now())
	for entries = r.choose(entries); ; {
		for _, e := range entries {
			if err := r.write(e); err != nil {
				return err
			}
		}
		if !r.opts.Follow || ended {
			return nil
		}
		if err := r.k.await(ctx, r.log, more, at); err != nil {
			return err
		}
		entries, next, more, at, ended = r.log.read(next, r.k.clock.Now())
	}
}

// await waits for more in a log: for a change, or for the time when its source writes next.
func (k *Kubelet) await(ctx context.Context, log *logbook, more <-chan struct{}, at time.Time) error {
	cancel := func() {}
	if !at.IsZero() {
		cancel = k.clock.After(at.Sub(k.clock.Now()), log.wake)
	}
	defer cancel()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-more:
		return nil
	}
}

// choose is what tail and since leave of a log.
func (r *logReader) choose(entries []entry) []entry {
	since := time.Time{}
	if r.opts.SinceTime != nil {
		since = r.opts.SinceTime.Time
	}
	if r.opts.SinceSeconds != nil {
		since = r.k.clock.Now().Add(-time.Duration(*r.opts.SinceSeconds) * time.Second)
	}
	from := 0
	for from < len(entries) && entries[from].at.Before(since) {
		from++
	}
	entries = entries[from:]
	if r.opts.TailLines == nil {
		return entries
	}
	left, from := *r.opts.TailLines, len(entries)
	for from > 0 {
		// A line begins after the end of another.
		if from < len(entries) && bytes.HasSuffix(entries[from-1].text, []byte("\n")) {
			left--
		}
		if left <= 0 {
			break
		}
		from--
	}
	return entries[from:]
}

func (r *logReader) write(e entry) error {
	text := e.text
	if r.opts.Timestamps && r.whole {
		text = append([]byte(e.at.UTC().Format(timestamp)+" "), text...)
	}
	r.whole = bytes.HasSuffix(text, []byte("\n"))
	limited := false
	if limit := r.opts.LimitBytes; limit != nil && r.wrote+int64(len(text)) >= *limit {
		text, limited = text[:*limit-r.wrote], true
	}
	n, err := r.w.Write(text)
	r.wrote += int64(n)
	if err == nil && limited {
		return errLimit
	}
	return err
}
