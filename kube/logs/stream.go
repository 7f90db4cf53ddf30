package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// logStream reads the log of one container, over restarts of it, broken connections and a kubelet that rotates it.
type logStream struct {
	cluster *kube.Cluster
	target  kube.Target
	options Options
	slots   chan struct{} // of those that open at the same time
	parts   chan<- logPart

	marks    logMarks
	rest     *Line // a line without an end, at which the stream broke off
	restarts int   // of the container, when it was last looked at; -1: not yet
	said     State
}

func (s *logStream) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		fresh, err := s.read(ctx)
		if fresh > 0 {
			failures = 0
		}
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && !s.options.Follow:
			s.flush(ctx)
			s.say(ctx, State{Ended: true})
			return
		case errors.Is(err, ErrGone) && !s.options.Follow:
			s.say(ctx, State{Ended: true, Trouble: err})
			return
		case NoPrevious(err):
			s.say(ctx, State{Ended: true, Trouble: &kube.Problem{
				Message: s.target.Container + " has no previous log: it has not restarted, or its node has removed the old log",
				Help:    []kube.Help{kube.CurrentLog}, Err: err,
			}})
			return
		case err == nil, NotStarted(err):
			if !s.options.Follow {
				s.say(ctx, State{Ended: true, Trouble: err})
				return
			}
			if !s.awaitLines(ctx, err == nil) {
				return
			}
		case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err), kube.IsNotFound(err), apierrors.IsBadRequest(err), apierrors.IsInvalid(err):
			s.say(ctx, State{Ended: true, Trouble: s.why(err)})
			return
		default:
			s.rest = nil // it is read again, whole
			s.say(ctx, State{Trouble: err})
		}
		kube.Pause(ctx, s.cluster.Patience(failures))
	}
}

// read reads once until the stream ends, and counts the lines that were not known.
func (s *logStream) read(ctx context.Context) (fresh int, err error) {
	options := s.options
	if since := s.marks.since(); !since.IsZero() {
		options.Since, options.Tail = since, 0
	}
	stream, err := s.open(ctx, options)
	if err != nil {
		return 0, err
	}
	defer func() { _ = stream.Close() }()
	s.say(ctx, State{})
	lines, again := NewLines(stream, s.target.Container), s.marks.again()
	const most = 1000
	var batch []Line
	for {
		line, err := lines.Next()
		if err == nil && !again.known(&line) {
			s.marks.add(&line)
			batch, fresh = append(batch, line), fresh+1
		}
		if err != nil || len(batch) >= most || len(batch) > 0 && lines.idle() {
			if len(batch) > 0 && !s.bring(ctx, logPart{lines: batch}) {
				return fresh, ctx.Err()
			}
			batch = nil
		}
		switch {
		case errors.Is(err, io.EOF):
			if line.Raw != "" && !again.known(&line) {
				s.rest = &line
			}
			return fresh, nil
		case err != nil:
			return fresh, s.cluster.Problem("read the log of "+s.target.String(), err)
		}
	}
}

// open asks for the log. An API server need not answer before there is a first line, so the others wait for it only for a moment.
func (s *logStream) open(ctx context.Context, o Options) (io.ReadCloser, error) {
	const moment = 300 * time.Millisecond
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	opened := make(chan struct{})
	go func() {
		timer := time.NewTimer(moment)
		defer timer.Stop()
		select {
		case <-opened:
		case <-timer.C:
		}
		<-s.slots
	}()
	defer close(opened)
	return openLog(ctx, s.cluster, request(s.cluster, s.target, o).MaxRetries(kube.NoRetries), s.target)
}

// bring hands a part over; false: nobody wants it any more.
func (s *logStream) bring(ctx context.Context, part logPart) bool {
	part.container = s.target.Container
	select {
	case s.parts <- part:
		return true
	case <-ctx.Done():
		return false
	}
}

// say tells a state, unless it has been told.
func (s *logStream) say(ctx context.Context, state State) {
	state.Container = s.target.Container
	if changed := s.changed(state); changed != nil {
		s.bring(ctx, logPart{state: changed})
	}
}

func (s *logStream) changed(state State) *State {
	words := func(l State) string {
		if l.Trouble != nil {
			return l.Words + l.Trouble.Error()
		}
		return l.Words
	}
	if s.said.Container != "" && words(s.said) == words(state) && s.said.Ended == state.Ended {
		return nil
	}
	s.said = state
	return &state
}

// flush brings the line at which the stream ended, when nothing will come to complete it.
func (s *logStream) flush(ctx context.Context) {
	if s.rest == nil {
		return
	}
	line := *s.rest
	s.rest = nil
	s.marks.add(&line)
	s.bring(ctx, logPart{lines: []Line{line}})
}

// mark brings a line of ours, at the place in time where the log is.
func (s *logStream) mark(ctx context.Context, words string) {
	s.bring(ctx, logPart{lines: []Line{{Container: s.target.Container, Text: "── " + words + " ──", Mark: true}}})
}

// why explains what will not pass by asking again.
func (s *logStream) why(err error) error {
	if kube.IsNotFound(err) {
		return &kube.Problem{Message: "pod " + s.target.Pod + " has been deleted, and its logs with it", Help: []kube.Help{kube.ListPods}, Err: err}
	}
	return err
}

// NotStarted reports whether an error is the kubelet's refusal of a log that there is not yet; waiting helps.
func NotStarted(err error) bool {
	return apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "is waiting to start")
}

// NoPrevious reports whether it is its refusal of an instance that there was not.
func NoPrevious(err error) bool {
	return apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "previous terminated container")
}

// awaitLines watches the pod until the container has something to read; false: it never will. The kubelet ends a stream when
// the container ends, when it has rotated the log too often, and when it is itself restarted.
func (s *logStream) awaitLines(ctx context.Context, began bool) bool {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	for news := range s.cluster.WatchPod(watching, s.target.Namespace, s.target.Pod) {
		switch {
		case news.Trouble != nil:
			s.say(ctx, State{Trouble: news.Trouble})
		case news.Gone:
			s.flush(ctx)
			s.say(ctx, State{Ended: true, Words: "pod " + s.target.Pod + " has been deleted"})
			return false
		default:
			if lines, over := s.look(ctx, news.Pod, began); lines || over {
				return lines
			}
		}
	}
	return false
}

// look reports whether a container's log can be read on, or will never be longer.
func (s *logStream) look(ctx context.Context, pod *kube.Pod, began bool) (lines, over bool) {
	c, ok := pod.Container(s.target.Container)
	before := s.restarts
	s.restarts = c.Restarts
	switch {
	case !ok:
		s.flush(ctx)
		s.say(ctx, State{Ended: true, Words: "there is another pod of that name now, without a container " + s.target.Container})
		return false, true
	case c.Running:
		if began && s.restarted(&c, before) {
			s.flush(ctx)
			s.mark(ctx, s.target.Container+" was restarted"+afterExit(c.Exit))
		}
		s.rest = nil // it is read again, whole
		return true, false
	case c.Exit == nil: // it has not run
		s.say(ctx, State{Words: s.target.Container + " has not started yet: " + strings.TrimPrefix(c.State, "waiting: ") + kube.Colon(c.Message)})
		return false, false
	}
	s.flush(ctx)
	if began && before >= 0 && c.Restarts > before { // an instance came and went meanwhile
		s.mark(ctx, s.target.Container+" was restarted")
	}
	if !began || before >= 0 && c.Restarts > before {
		return true, false
	}
	ended := s.target.Container + " ended: " + c.Exit.Short()
	if final(pod, &c) {
		s.say(ctx, State{Ended: true, Words: ended})
		return false, true
	}
	s.say(ctx, State{Words: ended + ". These are its last lines until it starts again"})
	return false, false
}

// restarted reports whether another instance runs than the one that was read.
func (s *logStream) restarted(c *kube.Container, before int) bool {
	if before >= 0 {
		return c.Restarts > before
	}
	return c.Exit != nil && c.Restarts > 0 && c.Exit.Finished.Unix() >= s.marks.second
}

// final reports whether a container that has ended is not started again.
func final(pod *kube.Pod, c *kube.Container) bool {
	switch {
	case strings.HasPrefix(c.State, "waiting"):
		return false
	case c.Kind == kube.DebugContainer, pod.Deleting, pod.Phase == "Succeeded", pod.Phase == "Failed":
		return true
	}
	return c.Kind == kube.InitContainer && c.Exit.Code == 0
}

func afterExit(e *kube.Exit) string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf(", after %s", e.Short())
}

// Stream reads logs until all have ended or ctx has: then the channel is closed. A log that breaks off while it is followed is
// taken up where it was, without a line lost or doubled. The receiver must keep receiving or end ctx.
func Stream(ctx context.Context, c *kube.Cluster, r Request) <-chan News {
	news, parts := make(chan News, 1), make(chan logPart, 16)
	var streams sync.WaitGroup
	slots := make(chan struct{}, openAtOnce)
	for _, name := range r.Containers {
		s := &logStream{
			cluster: c, target: kube.Target{Namespace: r.Pod.Namespace, Pod: r.Pod.Name, Container: name},
			options: Options{Tail: r.Tail, Since: r.Since, Previous: r.Previous, Follow: r.Follow, Timestamps: true},
			slots:   slots, parts: parts, restarts: -1,
		}
		streams.Go(func() { s.run(ctx) })
	}
	go func() {
		streams.Wait()
		close(parts)
	}()
	go func() {
		defer close(news)
		m := logMerge{parts: parts, streams: len(r.Containers), last: map[string]time.Time{}}
		for {
			n, ok := m.next()
			if !ok {
				return
			}
			select {
			case news <- n:
			case <-ctx.Done(): // the streams end too, and with them parts
			}
		}
	}()
	return news
}
