package kube

import (
	"context"
	"errors"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Lister is something that can be listed and then watched from where the list ended. Both deliver what they read
// themselves.
type Lister interface {
	// List reads everything anew and returns the resource version it is of.
	List(ctx context.Context) (version string, err error)
	// Watch delivers changes after version until the stream ends, which it does every few minutes, and returns the
	// version it has come to. errGone asks for a new list.
	Watch(ctx context.Context, version string) (reached string, err error)
	// Trouble says that what has been delivered grows old because of err.
	Trouble(err error)
}

// NoRetries is how often client-go itself repeats a request of a lister that the server did not answer: not at all. It would
// repeat it ten times at intervals of a second, without a word; keep repeats it too, and says so.
const NoRetries = 0

// errGone is the API server's 410: it no longer has the changes since our version.
var errGone = errors.New("the watch is too old")

// patience is how long to wait before asking again a server that failed n times in a row.
func patience(n int) time.Duration {
	const first, most = 250 * time.Millisecond, 8 * time.Second
	return min(first<<min(n, 10), most)
}

// Keep lists and watches l until ctx ends, over expired versions, time-outs and restarts of the API server. It waits
// for patience(n) after the n+1st failure in a row.
func Keep(ctx context.Context, l Lister, patience func(n int) time.Duration) {
	const (
		brief  = time.Second // a watch that ends sooner has not been worth its request
		steady = time.Minute // one that lasts longer has made up for the failures before it
	)
	version, failures := "", 0
	for ctx.Err() == nil {
		var err error
		if version == "" {
			version, err = l.List(ctx)
		}
		started := time.Now()
		if err == nil {
			version, err = l.Watch(ctx, version)
		}
		lasted, ended := time.Since(started), err == nil || errors.Is(err, errGone)
		if ctx.Err() != nil {
			return
		}
		if !ended {
			l.Trouble(err)
		}
		if err != nil {
			version = "" // gone; or else the server may have lost our version in a restart: a new list is always right
		}
		if ended && lasted >= brief || lasted >= steady {
			failures = 0
		}
		if ended && lasted >= brief {
			continue
		}
		// A proxy or a dying server may end every watch at once: that too is not asked again without a pause.
		Pause(ctx, patience(failures))
		failures++
	}
}

// Pause waits for d or the end of ctx.
func Pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// WatchError is the error of a list or a watch, as [Keep] wants it: with what asks for a new list.
func WatchError(err error) error {
	var status apierrors.APIStatus
	if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) ||
		errors.As(err, &status) && status.Status().Code == http.StatusGone {
		return errGone
	}
	return err
}
