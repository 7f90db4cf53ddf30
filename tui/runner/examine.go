package runner

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/logs"
)

// How long the cluster may take to say what has become of a container.
const (
	exitPatience      = 10 * time.Second // of one whose session has ended
	shellPatience     = time.Second      // of one that most likely runs on
	containerPatience = exitPatience / 4 // of one with sessions in it, when one of them has ended
)

// besideSettles is how long behind an end what is beside it is looked at once more: the kubelet tells one container after the other.
const besideSettles = 3 * time.Second

// Examine asks the cluster what has become of the session's container, as far as the session has not been told, and once it has ended, what
// has happened to the others in its pod. [Snapshot] has the answers as they come. It goes on until all is known, or ctx ends.
func (s *Session) Examine(ctx context.Context) {
	for ctx.Err() == nil {
		now := s.Look()
		patience := exitPatience
		if now.MayRun() || now.OwnShell() {
			patience = shellPatience
		}
		if now.toldEnd() && !now.OwnShell() || s.askContainer(ctx, patience) {
			break
		}
	}
	if end := s.Look().End(); end.Exit == nil && !end.Gone {
		select {
		case <-s.link.Done():
		case <-ctx.Done():
			return
		}
	}
	s.compare(ctx)
}

// askContainer asks what has become of the container, so many times with so much patience, and reports whether the cluster has said something.
// What it says is kept, unless ctx has ended meanwhile.
func (s *Session) askContainer(ctx context.Context, patience ...time.Duration) (said bool) {
	s.runner.mu.Lock()
	busy, cluster := s.asking, s.state.Job.Cluster
	s.asking = true
	s.runner.mu.Unlock()
	if busy {
		return true // by another
	}
	for i, p := range patience {
		ending, err := await(ctx, cluster, s.Target(), p)
		ended, givenUp := ending.Exit != nil || ending.Gone, ctx.Err() != nil
		last := ended || givenUp || i == len(patience)-1
		s.runner.change(func() {
			s.asking = !last
			if givenUp {
				return
			}
			s.state.Asked, s.state.Container, s.state.Unsure = true, ending, err
			if ended || len(s.state.Job.Exec) > 0 {
				s.runner.learn(s, ended)
			}
		})
		if last {
			return ending != (kube.Ending{})
		}
	}
	return false
}

// await asks once. The error is none where only the time has passed.
func await(ctx context.Context, cluster *kube.Cluster, t kube.Target, patience time.Duration) (kube.Ending, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ending, err := cluster.AwaitExit(ctx, t)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = nil
	}
	return ending, err
}

// learn notes whether a container has ended, for all sessions with it. The lock is held.
func (r *Runner) learn(with *Session, ended bool) {
	for _, s := range r.list {
		if s.shares(with) {
			s.state.Gone = ended
		}
	}
}

// readSiblings reads what is beside a session that no plan was made for.
func (s *Session) readSiblings(ctx context.Context) {
	pod, err := s.Job().Cluster.Pod(ctx, s.Target().Namespace, s.Target().Pod)
	if err != nil {
		return // then nothing is said of them at the end
	}
	s.runner.change(func() { s.siblingsBefore = pod.Containers })
}

// compare looks at what has happened beside the container, and once more a moment later.
func (s *Session) compare(ctx context.Context) {
	s.runner.mu.Lock()
	then, now := s.siblingsBefore, s.look()
	s.runner.mu.Unlock()
	if end := now.End(); end.Exit == nil || end.Gone || then == nil {
		return
	}
	s.compareSiblings(ctx, now.End().Exit, then)
	select {
	case <-s.runner.options.After(besideSettles):
		s.compareSiblings(ctx, now.End().Exit, then)
	case <-ctx.Done():
	}
}

func (s *Session) compareSiblings(ctx context.Context, exit *kube.Exit, then []kube.Container) {
	ctx, cancel := context.WithTimeout(ctx, exitPatience)
	defer cancel()
	j := s.Job()
	beside := j.Target
	if j.Plan != nil && len(j.Plan.Siblings) > 0 { // the pod that is joined, which is another
		beside = j.Plan.Target
	}
	pod, err := j.Cluster.Pod(ctx, beside.Namespace, beside.Pod)
	if err != nil {
		return // then nothing is said of it
	}
	words := detail.Blame(exit, detail.Restarts(then, pod.Containers), true)
	s.runner.change(func() { s.state.Siblings = words })
}

// LastOutput is the end of what the container has printed, by its log. Of a session that is not in it, or when the log cannot be read, it is
// the end of what is kept of the session. It is at most a megabyte.
func (s *Session) LastOutput(ctx context.Context) []byte {
	const most = 1 << 20 // bytes
	if j := s.Job(); len(j.Exec) == 0 {
		if text, err := readLog(ctx, j, most); err == nil {
			return text
		}
	}
	return s.Tail(most)
}

func readLog(ctx context.Context, j Job, most int64) ([]byte, error) {
	const lines = 50
	ctx, cancel := context.WithTimeout(ctx, exitPatience)
	defer cancel()
	stream, err := logs.Open(ctx, j.Cluster, j.Target, logs.Options{Tail: lines})
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	return io.ReadAll(io.LimitReader(stream, most))
}
