package sessions

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// row is one line: a session, or a container that is none.
type row struct {
	own   *runner.Session
	found lists.Debugger
	marks []int
}

// aboutRow is what a person should know of a container before it is ended.
func (s *List) aboutRow(row row) string {
	d := row.found
	switch {
	case row.own != nil:
		return ""
	case d.By == "":
		return "It does not belong to this dayfly: somebody else may be using it."
	}
	since := ""
	if began := beganAt(d); !began.IsZero() {
		since = kit.Age(s.Now(), began) + " ago, "
	}
	return "It was added by " + d.By + ", " + since + "and does not belong to this dayfly: somebody else may be using it."
}

// beganAt is the best that is known of when a container began: when it was added is forgotten with the next one of the same client.
func beganAt(d lists.Debugger) time.Time {
	if d.Since.IsZero() {
		return d.Started
	}
	return d.Since
}

// look is the row's session at this moment; of a container that is none, nothing is known.
func (r row) look() runner.Snapshot {
	if r.own == nil {
		return runner.Snapshot{}
	}
	return r.own.Look()
}

// over reports whether the row is a session of which nothing remains.
func (r row) over() bool {
	if r.own == nil {
		return false
	}
	now := r.own.Look()
	return now.State.Over() && !now.Remains()
}

func (r row) target() kube.Target {
	if r.own != nil {
		return r.own.Target()
	}
	return r.found.Target
}

func (r row) cluster(s *List) *kube.Cluster {
	if r.own != nil {
		return r.own.Job().Cluster
	}
	return s.cluster
}

// lastLine is the last that a session has printed.
func lastLine(r *runner.Session) string {
	if r.Look().Full {
		return "a program with the whole screen"
	}
	const enough = 2 << 10
	lines := plainLines(string(r.Tail(enough)))
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(strings.Fields(lines[len(lines)-1]), " ")
}

// stateWords is the state of a session in a cell, with its symbol.
func stateWords(st *kit.Styles, now session.Snapshot) (symbol, words string, style kit.Style) {
	switch {
	case now.State == session.Ended && now.Ending.Exit != nil:
		code := now.Ending.Exit.Code
		if code == 0 {
			return "✓", "exit 0", st.Muted
		}
		if cause := now.Ending.Exit.Cause; cause != "" {
			return "✗", cause.Words(), st.Bad
		}
		return "✗", fmt.Sprintf("exit %d", code), st.Bad
	case now.State == session.Ended && now.Ending.Gone:
		return "✗", "pod deleted", st.Bad
	case now.State == session.Ended:
		return "!", "ended", st.Warn
	case now.State == session.Failed:
		return "✗", "failed", st.Bad
	case now.Left:
		return "✓", "left", st.Muted
	case now.State.Attached():
		return "◉", now.State.String(), st.Good
	case now.State == session.Lost || now.State == session.Reattaching:
		return "!", now.State.String(), st.Warn
	}
	return "…", now.State.String(), st.Warn
}
