package runner

import "context"

// Await waits until something is so, which is asked whenever there is news of the sessions. Any number may wait, beside the one who reads [Runner.News]. The
// error is the cause of the end of ctx.
func (r *Runner) Await(ctx context.Context, is func() bool) error {
	for {
		r.awaiting.Lock()
		if r.stirred == nil {
			r.stirred = make(chan struct{})
		}
		stirred := r.stirred
		r.awaiting.Unlock()
		if is() {
			return nil
		}
		select {
		case <-stirred:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stir lets all who wait ask again.
func (r *Runner) stir() {
	r.awaiting.Lock()
	defer r.awaiting.Unlock()
	if r.stirred != nil {
		close(r.stirred)
		r.stirred = nil
	}
}
