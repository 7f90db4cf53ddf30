package dump

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// news is one thing that the work has to tell.
type news struct {
	progress *dumps.Progress
	done     *dumps.Result
	err      error
	left     *kube.Problem // why the debug container could not be ended
}

// newsMsg is news for the screen that listens on source.
type newsMsg struct {
	source <-chan news
	news   kit.Batch[news]
}

// work does something, if there is anything to do, and ends the debug container then. Of progress only the newest is kept while nobody receives.
func (s *Screen) work(do func(tell func(dumps.Progress)) (dumps.Result, error)) tea.Cmd {
	const room = 256
	told := make(chan news, room)
	ctx, session, engine := context.WithoutCancel(s.ctx), s.session, s.with.Runner
	s.source = told
	go func() {
		defer close(told)
		if do != nil {
			result, err := do(func(p dumps.Progress) {
				if len(told) < room/2 { // the rest is for what must not be lost
					told <- news{progress: &p}
				}
			})
			if err != nil {
				told <- news{err: err}
			} else {
				told <- news{done: &result}
			}
		}
		if left := endTool(ctx, engine, session); left != nil {
			told <- news{left: left}
		}
	}()
	return s.listen()
}

func (s *Screen) listen() tea.Cmd {
	source := s.source
	return kit.Listen(source, func(b kit.Batch[news]) tea.Msg { return newsMsg{source, b} })
}

// endTool ends the debug container, whatever has been done in it.
func endTool(ctx context.Context, engine *runner.Runner, session *runner.Session) *kube.Problem {
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if session.Cancel() {
		return nil
	}
	session.Settle(ctx)
	defer session.Leave()
	if now := session.Look(); !now.Added {
		return nil
	}
	if err := engine.End(ctx, []runner.Container{session.Container()})[0]; err != nil {
		return kube.Explain(err)
	}
	select {
	case <-session.Done():
	case <-ctx.Done():
	}
	return nil
}

// ownFolder is where dumps are kept; it is made if it is missing.
func ownFolder(state string) (string, error) {
	const mode = 0o700
	folder := filepath.Join(cmp.Or(state, "."), "dumps")
	return folder, os.MkdirAll(folder, mode)
}
