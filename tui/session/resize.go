package session

import (
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
)

// WatchSize tells each new size of the terminal, until stop is called.
func (t *Terminal) WatchSize(tell func(kube.Size)) (stop func()) {
	resized, end := watchResize()
	leave := make(chan struct{})
	done := t.guarded(func() {
		last, _ := t.Size()
		for {
			select {
			case <-leave:
				return
			case <-resized:
			}
			if size, err := t.Size(); err == nil && size != last {
				last = size
				tell(size)
			}
		}
	})
	return sync.OnceFunc(func() {
		end()
		close(leave)
		<-done
	})
}
