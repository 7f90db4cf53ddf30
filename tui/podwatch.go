package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// podWatch is the part of a screen that shows one pod as it is now.
type podWatch struct {
	cluster *kube.Cluster
	key     kube.PodKey
	news    <-chan kube.PodNews
	stop    context.CancelFunc

	pod     *kube.Pod // nil until it has been read
	gone    bool
	trouble *kube.Problem
}

// podNewsMsg is a batch of news for the screen that listens on source.
type podNewsMsg struct {
	source <-chan kube.PodNews
	news   kit.Batch[kube.PodNews]
}

func watchPod(ctx context.Context, cluster *kube.Cluster, key kube.PodKey) podWatch {
	ctx, stop := context.WithCancel(ctx)
	return podWatch{cluster: cluster, key: key, stop: stop, news: cluster.WatchPod(ctx, key.Namespace, key.Name)}
}

func (w *podWatch) Init() tea.Cmd {
	source := w.news
	return kit.Listen(source, func(b kit.Batch[kube.PodNews]) tea.Msg { return podNewsMsg{source, b} })
}

// brings is the message by which news comes to this screen.
func (w *podWatch) brings(news ...kube.PodNews) tea.Msg {
	return podNewsMsg{w.news, kit.Batch[kube.PodNews]{Items: news}}
}

func (w *podWatch) Close() { w.stop() }

// take applies news that is addressed to this screen; false: it was not.
func (w *podWatch) take(msg podNewsMsg) (tea.Cmd, bool) {
	if msg.source != w.news {
		return nil, false
	}
	for _, n := range msg.news.Items {
		switch {
		case n.Trouble != nil:
			w.trouble = kube.Explain(n.Trouble)
		case n.Gone:
			w.gone, w.trouble = true, nil
		default:
			w.pod, w.gone, w.trouble = n.Pod, false, nil
		}
	}
	if msg.news.Ended {
		return nil, true
	}
	return w.Init(), true
}

// explainedPod is the part of a screen that shows one pod as it is now, and why.
type explainedPod struct {
	podWatch
	why *whyPane
}

func explainPod(ctx context.Context, k *kit.Kit, cluster *kube.Cluster, key kube.PodKey) explainedPod {
	return explainedPod{watchPod(ctx, cluster, key), newWhyPane(ctx, k)}
}

func (e *explainedPod) Close() {
	e.podWatch.Close()
	e.why.Close()
}

// take applies news that is addressed to this screen. Of a pod that has gone nothing is read any more: what is known stays.
func (e *explainedPod) take(msg podNewsMsg) tea.Cmd {
	cmd, mine := e.podWatch.take(msg)
	switch {
	case mine && e.gone:
		e.why.Close()
	case mine && e.pod != nil:
		return tea.Batch(cmd, e.why.FollowPod(e.cluster, e.pod))
	}
	return cmd
}

// Reading reports whether the pod has not been read yet.
func (w *podWatch) Reading() bool { return w.pod == nil && w.state() == nil }

// state says what there is to say instead of, or above, the pod; nil when all is well.
func (w *podWatch) state() *kube.Problem {
	switch {
	case w.gone && w.pod == nil:
		return &kube.Problem{What: "pod " + w.key.Name + " does not exist in " + w.key.Namespace, Help: []kube.Help{kube.ListPods}}
	case w.gone:
		return &kube.Problem{What: "pod " + w.key.Name + " has been deleted", Hint: "debug the pod that replaces it", Help: []kube.Help{kube.ListPods}}
	}
	return w.trouble
}
