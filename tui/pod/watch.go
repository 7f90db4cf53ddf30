package pod

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Watch is the part of a screen that shows one pod as it is now.
type Watch struct {
	Cluster *kube.Cluster
	Key     kube.PodKey
	news    <-chan kube.PodNews
	stop    context.CancelFunc

	Pod     *kube.Pod // nil until it has been read
	Gone    bool
	Trouble *kube.Problem
}

// News is a batch of news for the screen that listens on source.
type News struct {
	source <-chan kube.PodNews
	news   kit.Batch[kube.PodNews]
}

// NewWatch begins to watch a pod.
func NewWatch(ctx context.Context, cluster *kube.Cluster, key kube.PodKey) Watch {
	ctx, stop := context.WithCancel(ctx)
	return Watch{Cluster: cluster, Key: key, stop: stop, news: cluster.WatchPod(ctx, key.Namespace, key.Name)}
}

// NewNodeWatch is for a screen about a node: of a pod there, nothing is known.
func NewNodeWatch(cluster *kube.Cluster, node string) Watch {
	return Watch{Cluster: cluster, Key: kube.PodKey{Name: node}, stop: func() {}, Pod: cluster.OnNode(node)}
}

// Init begins to read.
func (w *Watch) Init() tea.Cmd {
	source := w.news
	if source == nil {
		return nil
	}
	return kit.Listen(source, func(b kit.Batch[kube.PodNews]) tea.Msg { return News{source, b} })
}

// Brings is the message by which news comes to this screen.
func (w *Watch) Brings(news ...kube.PodNews) tea.Msg {
	return News{w.news, kit.Batch[kube.PodNews]{Items: news}}
}

// Close ends what is read.
func (w *Watch) Close() { w.stop() }

// Take applies news that is addressed to this screen; false: it was not.
func (w *Watch) Take(msg News) (tea.Cmd, bool) {
	if msg.source != w.news {
		return nil, false
	}
	for _, n := range msg.news.Items {
		switch {
		case n.Trouble != nil:
			w.Trouble = kube.Explain(n.Trouble)
		case n.Gone:
			w.Gone, w.Trouble = true, nil
		default:
			w.Pod, w.Gone, w.Trouble = n.Pod, false, nil
		}
	}
	if msg.news.Ended {
		return nil, true
	}
	return w.Init(), true
}

// explainedPod is the part of a screen that shows one pod as it is now, and why.
type explainedPod struct {
	Watch
	why *Why
}

func explainPod(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, key kube.PodKey) explainedPod {
	return explainedPod{NewWatch(ctx, cluster, key), NewWhy(ctx, k)}
}

// Close ends what is read.
func (e *explainedPod) Close() {
	e.Watch.Close()
	e.why.Close()
}

// take applies news that is addressed to this screen. Of a pod that has gone nothing is read any more: what is known stays.
func (e *explainedPod) take(msg News) tea.Cmd {
	cmd, mine := e.Take(msg)
	switch {
	case mine && e.Gone:
		e.why.Close()
	case mine && e.Pod != nil:
		return tea.Batch(cmd, e.why.FollowPod(e.Cluster, e.Pod))
	}
	return cmd
}

// Reading reports whether the pod has not been read yet.
func (w *Watch) Reading() bool { return w.Pod == nil && w.State() == nil }

// State says what there is to say instead of, or above, the pod; nil when all is well.
func (w *Watch) State() *kube.Problem {
	switch {
	case w.Gone && w.Pod == nil:
		return &kube.Problem{Message: "pod " + w.Key.Name + " does not exist in " + w.Key.Namespace, Help: []kube.Help{kube.ListPods}}
	case w.Gone:
		return &kube.Problem{Message: "pod " + w.Key.Name + " has been deleted", Hint: "if another pod replaces it, debug that one", Help: []kube.Help{kube.ListPods}}
	}
	return w.Trouble
}
