package runner_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/launch"
	"github.com/dayfly-k8s/dayfly/kube/stream"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// fragile is a link to a cluster whose first attach breaks: of stdout it brings some lines only, and with the first line on stderr the link is lost.
type fragile struct {
	session.Link
	brings []string
	broken bool
}

func (f *fragile) Attach(ctx context.Context, t kube.Target, s stream.Streams) error {
	if f.broken {
		return f.Link.Attach(ctx, t, s)
	}
	f.broken = true
	ctx, lose := context.WithCancel(ctx)
	defer lose()
	to := s.Out
	s.Out = writer(func(p []byte) (int, error) {
		if !slices.Contains(f.brings, string(p)) {
			return len(p), nil
		}
		return to.Write(p)
	})
	other := s.Err
	s.Err = writer(func(p []byte) (int, error) {
		defer lose()
		return other.Write(p)
	})
	_ = f.Link.Attach(ctx, t, s)
	return kube.ErrLinkLost
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// TestLinkLostBetweenTwoStreams: of a program of a cluster, a line on stderr has come and the one before it on stdout has not when the link is lost. Both
// are shown once, whether the program goes on or has ended meanwhile.
func TestLinkLostBetweenTwoStreams(t *testing.T) {
	cluster, _ := practised(t)
	for name, test := range map[string]struct{ script, want string }{
		"it goes on":   {"; sleep 2; echo later", "before begun error later line"},
		"it has ended": {"", "before begun error line"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planFor(t, cluster, func(r *debug.Request) {
				r.Command = []string{"sh", "-c", "echo before; until [ -e " + r.Name + " ]; do sleep 0.1; done; echo begun; sleep 0.5; echo line; sleep 0.2; echo error >&2" + test.script}
				r.NoTTY, r.NoStdin = true, true
			})
			link := &fragile{Link: session.LinkTo(cluster), brings: []string{"before\n", "begun\n"}}
			s := session.New(link, plan.Debug, session.Options{Piped: true, ReadOnly: true})
			s.Follow(t.Context(), launch.CarryOut(t.Context(), cluster, plan))
			var out strings.Builder
			begin := sync.OnceFunc(func() {
				_, _ = stream.Exec(t.Context(), cluster, plan.Debug, []string{"touch", plan.Debug.Container}, stream.Streams{Out: io.Discard})
			})
			pipe := session.Pipe{Out: writer(func(p []byte) (int, error) {
				begin()
				return out.Write(p)
			})}
			if err := s.Stream(t.Context(), pipe); err != nil {
				t.Fatal(err)
			}
			lines := strings.Fields(out.String()) // the order of the streams is the log's when that was needed before
			slices.Sort(lines)
			if now := s.Look(); strings.Join(lines, " ") != test.want || now.LogErr != nil || now.Ending.Exit == nil {
				t.Errorf("printed %q, %+v", out.String(), now)
			}
		})
	}
}
