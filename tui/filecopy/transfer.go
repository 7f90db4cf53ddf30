package filecopy

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// transfer is a copy that is on its way. What it does is on another goroutine; here is what can be seen of it.
type transfer struct {
	does   string       // "downloading app.log"
	total  atomic.Int64 // bytes; 0: not known
	done   atomic.Int64
	began  time.Time
	retry  atomic.Pointer[string] // why it was begun again
	cancel context.CancelFunc
	over   atomic.Bool   // a person has ended it
	rest   chan struct{} // is closed when nothing of it goes on any more
}

// stop ends it, at a person's request.
func (t *transfer) stop() {
	t.over.Store(true)
	t.cancel()
}

// progressPace is how often it is looked how far a copy is.
const progressPace = 250 * time.Millisecond

// retries is how often in a row a copy is begun again after a lost link.
const retries = 5

// request is a copy of a path, whose progress counts on from base.
func (t *transfer) request(p files.Place, name string, base int64) files.Request {
	return files.Request{
		Place: p, Path: name, Retries: retries,
		Progress: func(done int64) { t.done.Store(base + done) },
		Retry: func(err error) {
			words := kube.Explain(err).Message
			t.retry.Store(&words)
		},
	}
}

// words say how far it is, and how long it still takes.
func (t *transfer) words(now time.Time) string {
	done, total := t.done.Load(), t.total.Load()
	text := t.does + "  " + files.SizeWords(done)
	if total > 0 && done >= total {
		return text + ", comparing"
	}
	if total > 0 {
		const whole = 100
		text += fmt.Sprintf(" of %s · %d%%", files.SizeWords(total), min(done*whole/total, whole))
	}
	took := now.Sub(t.began)
	if took <= 0 || done == 0 {
		return text
	}
	rate := float64(done) / took.Seconds()
	text += fmt.Sprintf(" · %s/s", files.SizeWords(int64(rate)))
	if left := float64(total - done); total > 0 && left > 0 {
		text += " · " + kit.Lasted(time.Duration(left/rate*float64(time.Second))) + " left"
	}
	if why := t.retry.Load(); why != nil {
		text += " · tried again: " + *why
	}
	return text
}
