package files

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// measuring is finding out what the folders in a folder take.
type measuring struct {
	path  string
	news  chan measured
	stop  context.CancelFunc
	found int
}

// measured is what one folder takes, or the end of it.
type measured struct {
	name  string // empty: it is the end
	bytes int64
	note  string
	err   error
}

type measuredMsg struct {
	of   *measuring
	news kit.Batch[measured]
}

// measure finds out what the folders in a folder take, one after the other.
func measure(ctx context.Context, c *kube.Cluster, p files.Place, folder string) *measuring {
	ctx, stop := context.WithCancel(ctx)
	const ahead = 100
	m := &measuring{path: folder, news: make(chan measured, ahead), stop: stop}
	tell := func(news measured) {
		select {
		case m.news <- news:
		case <-ctx.Done():
		}
	}
	go func() {
		defer close(m.news)
		note, err := files.Usage(ctx, c, p, folder, func(name string, bytes int64) { tell(measured{name: name, bytes: bytes}) })
		tell(measured{note: note, err: err})
	}()
	return m
}

func (m *measuring) listen() tea.Cmd {
	return kit.Listen(m.news, func(b kit.Batch[measured]) tea.Msg { return measuredMsg{m, b} })
}
