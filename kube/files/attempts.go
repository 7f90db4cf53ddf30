package files

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// attempts counts those of a copy whose link was lost.
type attempts struct {
	idle int  // in a row that have carried nothing
	lost bool // a link was
}

// again reports whether a copy is begun again after an error, and says so; got is whether the last attempt has carried anything. It waits before each but the first.
func (a *attempts) again(ctx context.Context, r *Request, err error, got bool) bool {
	if a.idle++; got {
		a.idle = 1
	}
	switch {
	case errors.Is(err, kube.ErrLinkLost):
		a.lost = true
	case a.lost && slices.Contains(kube.Explain(err).Help, kube.Retry): // there is no new link yet
	default:
		return false
	}
	if a.idle > r.Retries || ctx.Err() != nil {
		return false
	}
	if r.Retry != nil {
		r.Retry(err)
	}
	if a.idle == 1 {
		return true
	}
	const most = 8 * time.Second
	select {
	case <-time.After(min(most, time.Second<<(a.idle-2))): //nolint:mnd // 1, 2, 4 and 8 seconds
		return true
	case <-ctx.Done():
		return false
	}
}
