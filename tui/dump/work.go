package dump

import (
	"cmp"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/dumps"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// news is one thing that the work has to tell.
type news struct {
	progress *dumps.Progress
	done     *dumps.Result
	err      error
	file     *kube.Problem // why what was made may still be there
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
				if result.Left != nil {
					told <- news{file: result.Left}
				}
			} else {
				told <- news{done: &result}
			}
		}
		if left := s.end(); left != nil {
			told <- news{left: left}
		}
	}()
	return s.listen()
}

func (s *Screen) listen() tea.Cmd {
	source := s.source
	return kit.Listen(source, func(b kit.Batch[news]) tea.Msg { return newsMsg{source, b} })
}

// end ends the debug container, whatever has been done in it. Only the first call does.
func (s *Screen) end() (left *kube.Problem) {
	s.ending.Do(func() {
		defer close(s.ended)
		left = s.helper.End(s.ctx)
	})
	return left
}

// ownFolder is where dumps are kept; it is made if it is missing.
func ownFolder(state string) (string, error) {
	const mode = 0o700
	folder := filepath.Join(cmp.Or(state, "."), "dumps")
	return folder, os.MkdirAll(folder, mode)
}
