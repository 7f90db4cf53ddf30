package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// batch is what a stream has brought since the last time.
type batch[T any] struct {
	items []T
	ended bool // the channel is closed: do not listen again
}

// listen waits for news on a channel and takes all that has come. The command is to be issued again for each batch, so
// that a fast stream makes one message a frame and not one an item.
func listen[T any](ch <-chan T, wrap func(batch[T]) tea.Msg) tea.Cmd {
	return listenPaced(ch, time.Time{}, wrap)
}

// listenPaced is [listen] for a stream that may bring very much: what comes before a time waits for it, so that what is rare is seen at
// once and what is frequent is seen together.
func listenPaced[T any](ch <-chan T, notBefore time.Time, wrap func(batch[T]) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		first, ok := <-ch
		if !ok {
			return wrap(batch[T]{ended: true})
		}
		<-time.After(time.Until(notBefore))
		b := batch[T]{items: []T{first}}
		for {
			select {
			case item, ok := <-ch:
				if !ok {
					b.ended = true
					return wrap(b)
				}
				b.items = append(b.items, item)
			default:
				return wrap(b)
			}
		}
	}
}
