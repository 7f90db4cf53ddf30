package tui

import (
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// link is what is known of the way to the API server.
type link struct {
	health kube.Health
	lost   bool
	asked  time.Time
	asking bool
}

type pingMsg struct {
	cluster *kube.Cluster
	health  kube.Health
	err     error
}

// due tells when to ask again.
func (l *link) due(now time.Time) bool {
	const every = 5 * time.Second
	return !l.asking && now.Sub(l.asked) >= every
}

func (l *link) take(now time.Time, msg pingMsg) {
	l.asking, l.asked, l.lost = false, now, msg.err != nil && !kube.Answered(msg.err)
	if msg.err == nil {
		l.health = msg.health
	}
}

func (l *link) view(st *kit.Styles) string {
	switch {
	case l.lost:
		return st.Bad.Over(st.Bar).Render("✗ no answer")
	case l.health.Version == "":
		return st.Muted.Over(st.Bar).Render("…")
	}
	return st.Muted.Over(st.Bar).Render(fmt.Sprintf("%s  %d ms", l.health.Version, max(l.health.Took.Milliseconds(), 1)))
}
