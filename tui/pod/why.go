package pod

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// How a pane reads: not before the cursor has come to rest, not more often than people can read, and now and then again, since
// events and logs come without a change of the pod.
const (
	whyRest  = 150 * time.Millisecond
	whyLeast = 2 * time.Second
	whyAgain = 10 * time.Second
)

// Why says why one pod is as it is. It is a part of a screen: it follows the cursor of a list, or a pod that is watched. All of
// its messages have the identity of what was asked for; what comes late is dropped.
type Why struct {
	*kit.Kit
	ctx     context.Context //nolint:containedctx // of the screen's life: readings run in it
	cluster *kube.Cluster
	key     kube.PodKey
	version string
	pod     *kube.Pod // that was given; nil: the pod has to be read too

	appointment *whyDueMsg // the next reading; nil: none is due
	stop        context.CancelFunc
	source      <-chan detail.Evidence // of the reading under way; nil: none
	began       time.Time              // of the last reading; zero: this pod has not been read
	drawn       time.Time              // for the last time
	replicas    replicas

	shown detail.Evidence
}

// whyDueMsg is the time to read, for the pane whose appointment it is.
type whyDueMsg struct{ again bool }

// whyNewsMsg is what a reading has brought, for the pane that listens on source.
type whyNewsMsg struct {
	source <-chan detail.Evidence
	news   kit.Batch[detail.Evidence]
}

// NewWhy says nothing until it follows a pod.
func NewWhy(ctx context.Context, k *kit.Kit) *Why {
	return &Why{Kit: k, ctx: ctx, stop: func() {}}
}

// Follow says which pod the cursor is on. Version is anything that changes with its row. Nothing is read before the cursor has
// rested, and what was being read of another pod is given up.
func (p *Why) Follow(cluster *kube.Cluster, key kube.PodKey, version string) tea.Cmd {
	return p.follow(cluster, key, version, nil, whyRest)
}

// FollowPod is [whyPane.Follow] for a screen that watches the pod: what the pod itself says is shown at once, and nothing but
// its events and its log is read.
func (p *Why) FollowPod(cluster *kube.Cluster, pod *kube.Pod) tea.Cmd {
	return p.follow(cluster, kube.PodKey{Namespace: pod.Namespace, Name: pod.Name}, pod.Version(), pod, 0)
}

// Leave is for a list without a pod under the cursor.
func (p *Why) Leave() {
	p.stop()
	p.replicas.giveUp()
	known := p.replicas.known
	*p = *NewWhy(p.ctx, p.Kit)
	p.replicas.known = known
}

// Close gives up what is being read. What has been read stays: of a pod that is deleted nobody can read it again.
func (p *Why) Close() {
	p.stop()
	p.replicas.giveUp()
	p.appointment, p.source = nil, nil
}

func (p *Why) follow(cluster *kube.Cluster, key kube.PodKey, version string, pod *kube.Pod, rest time.Duration) tea.Cmd {
	switch {
	case cluster != p.cluster || key != p.key || pod != nil && p.pod != nil && !pod.Same(p.pod):
		p.Leave()
		p.cluster, p.key = cluster, key
	case version == p.version:
		return nil
	}
	p.version, p.pod = version, pod
	if pod != nil {
		p.shown.Pod = pod
	}
	wait := max(rest, p.began.Add(whyLeast).Sub(p.Now()))
	if p.began.IsZero() {
		wait = rest
	}
	if p.appointment != nil && !p.appointment.again {
		return nil // it will read what is so by then
	}
	switch {
	case wait > 0:
		return p.appoint(wait, false)
	case p.hidden():
		return p.appoint(whyLeast, false)
	}
	return p.read()
}

// hidden reports whether nobody looks: another screen is above, or a session has the terminal. What is on the screen is drawn every second.
func (p *Why) hidden() bool {
	const since = 1500 * time.Millisecond
	return !p.began.IsZero() && p.Now().Sub(p.drawn) > since
}

// appoint makes an appointment, in place of the one there is.
func (p *Why) appoint(wait time.Duration, again bool) tea.Cmd {
	p.appointment = &whyDueMsg{again}
	return p.After(wait, p.appointment)
}

// read asks the cluster.
func (p *Why) read() tea.Cmd {
	p.stop()
	var ctx context.Context
	ctx, p.stop = context.WithCancel(p.ctx)
	p.appointment, p.began = nil, p.Now()
	if p.pod != nil {
		p.source = detail.GatherOf(ctx, p.cluster, p.pod)
	} else {
		p.source = detail.Gather(ctx, p.cluster, p.key)
	}
	return p.listen()
}

func (p *Why) listen() tea.Cmd {
	source := p.source
	return kit.Listen(source, func(b kit.Batch[detail.Evidence]) tea.Msg { return whyNewsMsg{source, b} })
}

// Update takes what is addressed to this pane.
func (p *Why) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *whyDueMsg:
		switch {
		case msg != p.appointment:
			return nil
		case p.hidden():
			return p.appoint(whyLeast, msg.again)
		}
		return p.read()
	case whyNewsMsg:
		if p.source == nil || msg.source != p.source {
			return nil
		}
		for i := range msg.news.Items {
			p.take(&msg.news.Items[i])
		}
		if !msg.news.Ended {
			return tea.Batch(p.listen(), p.compare())
		}
		p.source = nil
		if p.appointment == nil {
			return tea.Batch(p.appoint(whyAgain, true), p.compare())
		}
		return p.compare()
	case replicasMsg:
		if msg.pane == p {
			p.replicas.take(&msg, p.Now())
		}
	}
	return nil
}

// take shows news. Of the same pod, what was shown before stays until the same part has come anew.
func (p *Why) take(e *detail.Evidence) {
	before := p.shown
	p.shown = *e
	if p.pod != nil {
		p.shown.Pod = p.pod // it may have changed since
	}
	if e.Absent != nil || before.Pod != nil && e.Pod != nil && !e.Pod.Same(before.Pod) {
		return
	}
	if !e.EventsRead {
		p.shown.Events, p.shown.EventsRead, p.shown.NoEvents = before.Events, before.EventsRead, before.NoEvents
	}
	if !e.Log.Read && before.Log.Read && before.Log.Container == e.Log.Container {
		p.shown.Log = before.Log
	}
}

// View draws what is known, the most important first; what does not fit is counted.
func (p *Why) View(width, height int) string {
	p.drawn = p.Now()
	st := &p.Styles
	room := max(width-2, 1)
	title := st.Title.Render(kit.Fit(p.key.Name, room))
	out := []string{title}
	switch e := &p.shown; {
	case p.key.Name == "":
		out = nil
	case e.Absent != nil:
		out = append(out, "", st.Warn.Render("! ")+kit.Hang(kit.WrapStyled(e.Absent.Message, room-2, st.Text), 2))
	case e.Pod != nil:
		parts := whyParts(st, e, p.replicasPart(room), p.Now(), room)
		out = append(out, document.Share(parts, height-1, st.Muted)...)
	}
	return kit.Box(kit.Indent(kit.Join(out), 1), width, height)
}

// Events are those of the pod that have been read, for a headline.
func (p *Why) Events() []kube.PodEvent { return p.shown.Events }

// parts are what a screen adds under what it shows of a pod that it watches itself.
func (p *Why) parts(pod *kube.Pod, said string, width int) []document.Part {
	p.drawn = p.Now()
	e := p.shown
	e.Pod = pod
	return append([]document.Part{p.replicasPart(width)}, evidenceParts(&p.Styles, &e, said, p.Now(), width)...)
}
