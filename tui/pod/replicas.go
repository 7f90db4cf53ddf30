package pod

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/siblings"
	"github.com/dayfly-k8s/dayfly/tui/document"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// replicasAgain is after how long the replicas of a pod that has not changed are read again: they may have.
const replicasAgain = time.Minute

// replicasMost bounds of how many pods it is remembered what was read.
const replicasMost = 64

// replicas compares the pods that a pane has been about with their replicas: only those that are sick, each once as long as it stays the same.
type replicas struct {
	known map[string]replicasRead // by version, of which each pod has its own
	asked string                  // whose replicas are being read; empty: nobody's
	stop  context.CancelFunc
}

type replicasRead struct {
	set siblings.Set
	at  time.Time
}

// replicasMsg is what a reading has brought, for the pane that has asked.
type replicasMsg struct {
	pane    *Why
	version string
	set     siblings.Set
}

// compare reads the replicas of the pod that is shown, if it is sick and they are not known. Nothing waits for it.
func (p *Why) compare() tea.Cmd {
	e := &p.shown
	version := siblings.Version(e.Pod)
	if version == "" || !detail.Diagnose(e.Pod, e.Events, p.Now()).Severity.Sick() {
		return nil
	}
	if read, ok := p.replicas.known[version]; version == p.replicas.asked || ok && p.Now().Sub(read.at) < replicasAgain {
		return nil
	}
	p.replicas.giveUp()
	var ctx context.Context
	ctx, p.replicas.stop = context.WithCancel(p.ctx)
	p.replicas.asked = version
	cluster, pod := p.cluster, e.Pod
	return func() tea.Msg { return replicasMsg{p, version, siblings.Read(ctx, cluster, pod)} }
}

// giveUp ends what is being read.
func (r *replicas) giveUp() {
	if r.stop != nil {
		r.stop()
	}
	r.asked, r.stop = "", nil
}

// take keeps what was read; what was given up is dropped.
func (r *replicas) take(msg *replicasMsg, now time.Time) {
	if msg.version != r.asked {
		return
	}
	r.giveUp()
	if r.known == nil || len(r.known) >= replicasMost {
		r.known = map[string]replicasRead{}
	}
	r.known[msg.version] = replicasRead{msg.set, now}
}

// replicasPart says of a sick pod that others like it are well, in what it differs, and which key shows how.
func (p *Why) replicasPart(width int) document.Part {
	words := p.replicasWords()
	if words == "" {
		return document.Part{}
	}
	const most = 4
	st := &p.Styles
	lines := kit.Lines(st.Accent.Render("≠ ") + kit.Hang(kit.Clip(words, width-2, most, st.Text), 2))
	hint := st.Muted.Render(p.Bindings.Compare.Help().Key + " compares")
	if last := lines[len(lines)-1] + st.Muted.Render(" · ") + hint; ansi.StringWidth(last) <= width {
		lines[len(lines)-1] = last
	} else {
		lines = append(lines, "  "+hint)
	}
	return document.Part{Lines: lines, Least: most + 1}
}

// replicasWords are the same in words; empty: the pod is well, or there is nothing to compare it with.
func (p *Why) replicasWords() string {
	e := &p.shown
	if e.Pod == nil || !detail.Diagnose(e.Pod, e.Events, p.Now()).Severity.Sick() {
		return ""
	}
	read := p.replicas.known[siblings.Version(e.Pod)]
	return read.set.Brief()
}
