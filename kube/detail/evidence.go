package detail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

// Evidence is what the cluster has to say on how one pod is. It grows while it is read: each part tells whether it is there.
type Evidence struct {
	Pod    *kube.Pod     // nil: not read yet, or never to be, see Absent
	Absent *kube.Problem // why there is no pod

	Events     []kube.PodEvent // the newest first
	EventsRead bool
	NoEvents   *kube.Problem // why they could not be read

	Log LogTail
}

// LogTail is the end of the log of the container that hurts.
type LogTail struct {
	Hurt
	Lines []string // cleaned
	Read  bool     // there is nothing more to come
	None  string   // why there are no lines; empty: there are, nothing hurts, or what hurts is silent
}

// Gather reads a pod, then its events and the end of its log at the same time. What is
// there is sent first; each value has all of the one before it. The channel is closed after the last, or when ctx ends.
func Gather(ctx context.Context, c *kube.Cluster, key kube.PodKey) <-chan Evidence {
	news := make(chan Evidence, 3) // all there can be: nobody has to receive
	go func() {
		defer close(news)
		pod, err := c.Pod(ctx, key.Namespace, key.Name)
		switch {
		case ctx.Err() != nil:
			return
		case kube.IsNotFound(err):
			news <- Evidence{Absent: &kube.Problem{Message: "pod " + key.Name + " has been deleted", Err: err}}
			return
		case err != nil:
			news <- Evidence{Absent: kube.Explain(err)}
			return
		}
		gather(ctx, c, pod, news)
	}()
	return news
}

// GatherOf is [Gather] for a pod that has just been read.
func GatherOf(ctx context.Context, c *kube.Cluster, pod *kube.Pod) <-chan Evidence {
	news := make(chan Evidence, 3)
	go func() {
		defer close(news)
		gather(ctx, c, pod, news)
	}()
	return news
}

func gather(ctx context.Context, c *kube.Cluster, pod *kube.Pod, news chan<- Evidence) {
	e := Evidence{Pod: pod}
	hurt, hurts := Hurts(pod, c.Now())
	e.Log = LogTail{Hurt: hurt, Read: !hurts || hurt.Silent}
	news <- e
	parts := make(chan func(), 2)
	running := 1
	go func() {
		events, err := c.PodEvents(ctx, pod.Object())
		parts <- func() { e.Events, e.NoEvents, e.EventsRead = events, explained(err), true }
	}()
	if !e.Log.Read {
		running++
		go func() {
			log := logTail(ctx, c, kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: hurt.Container}, hurt)
			parts <- func() { e.Log = log }
		}()
	}
	for range running {
		part := <-parts
		if ctx.Err() != nil {
			return
		}
		part()
		news <- e
	}
}

func explained(err error) *kube.Problem {
	if err == nil {
		return nil
	}
	return kube.Explain(err)
}

// What is read of a log: its last lines, and no more of them than a screen could show.
const (
	tailLines = 12
	tailBytes = 256 << 10
	tailTime  = 10 * time.Second
)

// logTail reads the last lines of a log. That there are none is said in words: it is an extra, and no trouble.
func logTail(ctx context.Context, c *kube.Cluster, t kube.Target, hurt Hurt) LogTail {
	ctx, cancel := context.WithTimeout(ctx, tailTime)
	defer cancel()
	tail := LogTail{Hurt: hurt, Read: true}
	stream, err := logs.Open(ctx, c, t, logs.Options{Tail: tailLines, Previous: hurt.Previous})
	if err != nil {
		tail.None = noLog(t, err)
		return tail
	}
	defer func() { _ = stream.Close() }()
	limited := &io.LimitedReader{R: stream, N: tailBytes}
	lines := logs.NewLines(limited, t.Container)
	for {
		line, err := lines.Next()
		if err != nil && limited.N == 0 { // how long it is, and what is behind it, nobody knows here
			tail.Lines = append(tail.Lines, logs.Text(line.Raw)+"…", "… more in the log")
			break
		}
		if line.Text != "" || err == nil {
			tail.Lines = append(tail.Lines, line.Text)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				tail.None = noLog(t, c.Problem("read the log of "+t.String(), err))
			}
			break
		}
	}
	if len(tail.Lines) == 0 && tail.None == "" {
		tail.None = t.Container + " has no log output"
	}
	return tail
}

// noLog says in few words why there is no log.
func noLog(t kube.Target, err error) string {
	switch {
	case apierrors.IsForbidden(err):
		return fmt.Sprintf(`you may not read logs in %s (verb "get" on "pods/log")`, t.Namespace)
	case logs.NoPrevious(err):
		return "its node no longer has the log of the previous instance"
	case logs.NotStarted(err):
		return t.Container + " has not started"
	case kube.IsNotFound(err):
		return "the pod was deleted, and its logs with it"
	}
	return kube.Explain(err).Message
}
