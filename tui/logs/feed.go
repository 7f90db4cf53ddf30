package logs

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	kubelogs "github.com/dayfly-k8s/dayfly/kube/logs"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// logTail is how many lines are read at first: enough for what has just happened, and there at once.
const logTail = 5000

// feed is the reading of logs that a screen shows at the moment. Another choice is another feed.
type feed struct {
	request kubelogs.Request
	news    <-chan kubelogs.News
	stop    context.CancelFunc
	states  map[string]kubelogs.State // by container, as far as anything is known
	ended   bool
}

// newsMsg is news for the screen that reads from source.
type newsMsg struct {
	source <-chan kubelogs.News
	news   kit.Batch[kubelogs.News]
}

func readLogs(ctx context.Context, cluster *kube.Cluster, r kubelogs.Request) feed {
	ctx, stop := context.WithCancel(ctx)
	return feed{request: r, stop: stop, news: kubelogs.Stream(ctx, cluster, r), states: map[string]kubelogs.State{}}
}

func (f *feed) listen() tea.Cmd {
	source := f.news
	return kit.Listen(source, func(b kit.Batch[kubelogs.News]) tea.Msg { return newsMsg{source, b} })
}

// close ends the reading; what still comes of it is dropped.
func (f *feed) close() {
	if f.stop != nil {
		f.stop()
	}
	f.news = nil
}

// take notes the states, and listens again unless there is nothing to come.
func (f *feed) take(b kit.Batch[kubelogs.News]) tea.Cmd {
	for _, news := range b.Items {
		for _, state := range news.States {
			f.states[state.Container] = state
		}
	}
	if f.ended = b.Ended; f.ended {
		return nil
	}
	return f.listen()
}

// opened reports whether a log has been opened, though there may be no lines in it.
func (f *feed) opened() bool { return len(f.states) > 0 }

// notable are the states that say something, in the order of the containers.
func (f *feed) notable() []kubelogs.State {
	var list []kubelogs.State
	for _, name := range f.request.Containers {
		if state := f.states[name]; state.Trouble != nil || state.Words != "" {
			list = append(list, state)
		}
	}
	return list
}
