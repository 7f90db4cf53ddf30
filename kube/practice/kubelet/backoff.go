package kubelet

import (
	"hash/fnv"
	"time"
)

const (
	backoffFirst = 10 * time.Second
	backoffLast  = 5 * time.Minute
)

// backoff is how long something that fails has to wait: not at all after the first time, then 10 s, twice as long each
// time, 5 min at last; from the beginning again after ten quiet minutes. It is client-go's flowcontrol.Backoff as the
// kubelet uses it.
type backoff struct {
	wait time.Duration // 0: nothing has failed yet
	at   time.Time     // of the last try
}

// since reports whether something that failed at a time still has to wait.
func (b *backoff) since(failed, now time.Time) bool {
	return b.wait > 0 && !b.expired(failed) && now.Sub(failed) < b.wait
}

// next is called with each new try.
func (b *backoff) next(failed, now time.Time) {
	switch {
	case b.wait == 0 || b.expired(failed):
		b.wait = backoffFirst
	default:
		b.wait = min(2*b.wait, backoffLast)
	}
	b.at = now
}

func (b *backoff) expired(failed time.Time) bool { return failed.Sub(b.at) > 2*backoffLast }

// resync is when the kubelet looks at a pod again that is not as it should be: after 10 s and up to half as much
// again, by chance there, the same each time here.
func resync(name string, n int) time.Duration {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name))
	_, _ = hash.Write([]byte{byte(n), byte(n >> 8)})
	return 10*time.Second + time.Duration(hash.Sum32()%5000)*time.Millisecond
}
