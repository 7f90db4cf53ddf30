package replacement

import (
	"context"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// FollowLosses sends the names of the pods that the controller had before and that are being deleted by now, in order, whenever they have become more,
// until ctx ends: then the channel is closed. What cannot be read at the moment brings no news. The receiver must keep receiving, or end ctx.
func (f *Follower) FollowLosses(ctx context.Context) <-chan []string {
	news := make(chan []string, 1)
	go func() {
		defer close(news)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for last := 0; ; {
			if lost, err := f.losses(ctx); err == nil && len(lost) > last {
				last = len(lost)
				select {
				case news <- lost:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return news
}

func (f *Follower) losses(ctx context.Context) ([]string, error) {
	pods, err := f.read(ctx)
	if err != nil {
		return nil, err
	}
	left := maps.Clone(f.known)
	maps.DeleteFunc(left, func(_ types.UID, name string) bool { return name == "" })
	for i := range pods {
		if pods[i].DeletionTimestamp == nil {
			delete(left, pods[i].UID)
		}
	}
	return slices.Sorted(maps.Values(left)), nil
}
