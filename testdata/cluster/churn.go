package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Churn changes the status of so many healthy pods a second, of those in the first namespace of Scale, until it is
// interrupted; it is an error when that were fewer. They turn ready and not ready, with one more restart each. A line on standard
// output says that it has begun.
func Churn(ctx context.Context, p Place, report *Report, number string) error {
	rate, err := strconv.ParseFloat(number, 64)
	if err != nil || rate <= 0 || rate > 1000 {
		return fmt.Errorf("churn %q: give a number of changes a second, up to 1000", number)
	}
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	var list struct {
		Items    []struct{}
		Metadata struct{ RemainingItemCount int }
	}
	if err := api.Names(ctx, podsOf(scaleNamespace)+"?limit=1", &list); err != nil {
		return err
	}
	var pods []fakePod
	for i := range len(list.Items) + list.Metadata.RemainingItemCount {
		if pod := newFakePod(scaleNamespace, i); pod.sick == healthy {
			pods = append(pods, pod)
		}
	}
	if len(pods) == 0 {
		return fmt.Errorf("churn: there are no pods to change: `go run . scale 10000` makes some")
	}
	fmt.Printf("changing %g pods a second\n", rate)
	done, took, failed := change(ctx, api, pods, rate)
	seconds := took.Seconds()
	report.Step("%d changes in %.1f s, %.1f a second", done, seconds, float64(done)/seconds)
	switch {
	case failed != nil:
		return fmt.Errorf("churn: %w", failed)
	case float64(done) < 0.95*(rate*seconds-1):
		return errors.New("churn: the API server did not keep up")
	}
	return nil
}

// change starts each change at its time, counted from the beginning: what comes late does not delay the next. The error is
// the first that a change has met; what was still under way when it ended is not counted.
func change(ctx context.Context, api *API, pods []fakePod, rate float64) (done int64, took time.Duration, failed error) {
	var count atomic.Int64
	var first sync.Once
	var all sync.WaitGroup
	begin := time.Now()
	const stride = 769 // a prime: neighbours in the list are not neighbours in time
	for i := 0; ; i++ {
		due := begin.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			done, took = count.Load(), time.Since(begin)
			all.Wait()
			return done, took, failed
		case <-time.After(time.Until(due)):
		}
		pod := &pods[i*stride%len(pods)]
		pod.turn++
		now := *pod
		all.Go(func() {
			if err := now.report(context.WithoutCancel(ctx), api); err != nil {
				first.Do(func() { failed = err })
				return
			}
			count.Add(1)
		})
	}
}
