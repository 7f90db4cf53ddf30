package tui

import (
	"cmp"
	"fmt"

	"github.com/dayfly-k8s/dayfly/tui/batch"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// batches are those that were begun since dayfly was started. They go on when no screen shows them.
type batches struct {
	all   []*batch.Work
	typed []string // commands that were typed for them, the latest first
	left  bool     // a person has agreed that they are left
}

// leaveBatchesMsg is what a person says who wants to end dayfly although batches run.
type leaveBatchesMsg struct{}

// running are the batches that go on.
func (b *batches) running() []*batch.Work {
	var some []*batch.Work
	for _, w := range b.all {
		if !w.Live.Look().Over {
			some = append(some, w)
		}
	}
	return some
}

// batchShower is a screen about a batch.
type batchShower interface{ ShowsBatch(*batch.Work) bool }

// words say how far the batches are that nobody looks at; empty: none goes on.
func (b *batches) words(top kit.Screen) string {
	done, all := 0, 0
	for _, w := range b.running() {
		if s, ok := top.(batchShower); ok && s.ShowsBatch(w) {
			continue
		}
		now := w.Live.Look()
		done, all = done+now.Done, all+now.All
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("batch %d/%d", done, all)
}

// leaving asks before dayfly ends although batches go on; nil: there is nothing to ask.
func (b *batches) leaving(k *kit.Kit) kit.Screen {
	running := b.running()
	if len(running) == 0 || b.left {
		return nil
	}
	now := running[0].Live.Look()
	yes := k.Bindings.Choose
	yes.SetHelp(yes.Help().Key, "quit")
	asks := fmt.Sprintf("A batch is still running: %d of %d done. Quit?", now.Done, now.All)
	if len(running) > 1 {
		asks = fmt.Sprintf("%d batches are still running. Quit?", len(running))
	}
	return kit.NewConfirm(k, kit.ConfirmOptions{
		Title: "quit", Asks: asks, Yes: yes, Request: leaveBatchesMsg{},
		Says: append([]string{"No more are begun, and those that run are left to themselves."}, resumes(running)...),
	})
}

// leave begins no more.
func (b *batches) leave() {
	b.left = true
	for _, w := range b.running() {
		w.Live.Stop()
	}
}

// resumes say how one goes on with batches later.
func resumes(list []*batch.Work) []string {
	var words []string
	for _, w := range list {
		words = append(words, "To go on with it: "+cmp.Or(w.Resume, "dayfly run … --resume "+w.Live.Options().ID))
	}
	return words
}
