package kube

import (
	"context"
	"errors"
	"time"
)

// lister is something that can be listed and then watched from where the list ended. Both deliver what they read
// themselves.
type lister interface {
	// list reads everything anew and returns the resource version it is of.
	list(ctx context.Context) (version string, err error)
	// watch delivers changes after version until the stream ends, which it does every few minutes, and returns the
	// version it has come to. errGone asks for a new list.
	watch(ctx context.Context, version string) (reached string, err error)
	// trouble says that what has been delivered grows old because of err.
	trouble(err error)
}

// errGone is the API server's 410: it no longer has the changes since our version.
var errGone = errors.New("the watch is too old")

// patience is how long to wait before asking again a server that failed n times in a row.
func patience(n int) time.Duration {
	const first, most = 250 * time.Millisecond, 8 * time.Second
	return min(first<<min(n, 10), most)
}

// keep lists and watches l until ctx ends, over expired versions, time-outs and restarts of the API server.
func keep(ctx context.Context, l lister) {
	version, failures := "", 0
	for ctx.Err() == nil {
		err := error(nil)
		if version == "" {
			version, err = l.list(ctx)
		}
		if err == nil {
			started := time.Now()
			version, err = l.watch(ctx, version)
			if err == nil || time.Since(started) > time.Minute {
				failures = 0 // it did run: its end is nothing unusual
			}
		}
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			continue
		case errors.Is(err, errGone):
			version = ""
			continue
		}
		version = "" // after a restart the server may have lost our version: a new list is always right
		l.trouble(err)
		pause(ctx, patience(failures))
		failures++
	}
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
