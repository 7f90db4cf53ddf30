package session

import (
	"sync"

	"github.com/dayfly-k8s/dayfly/kube"
)

// WatchSize tells the size of the terminal after each change of it, until stop is called. One that is back to what it was is told
// too: much may have been cut off meanwhile, and somebody else may have told of another since.
func (t *Terminal) WatchSize(tell func(kube.Size)) (stop func()) {
	resized, end := watchResize()
	leave := make(chan struct{})
	done := t.guarded(func() {
		last, _ := t.Size()
		for {
			select {
			case <-leave:
				return
			case changed := <-resized:
				size, err := t.Size()
				if err != nil || changed == nil && size == last { // nil: it was only time to look
					continue
				}
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
