package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Batch is what a stream has brought since the last time.
type Batch[T any] struct {
	Items []T
	Ended bool // the channel is closed: do not listen again
}

// Listen waits for news on a channel and takes all that has come. The command is to be issued again for each batch, so
// that a fast stream makes one message a frame and not one an item.
func Listen[T any](ch <-chan T, wrap func(Batch[T]) tea.Msg) tea.Cmd {
	return ListenPaced(ch, time.Time{}, wrap)
}

// ListenPaced is [Listen] for a stream that may bring very much: what comes before a time waits for it, so that what is rare is seen at
// once and what is frequent is seen together.
func ListenPaced[T any](ch <-chan T, notBefore time.Time, wrap func(Batch[T]) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		first, ok := <-ch
		if !ok {
			return wrap(Batch[T]{Ended: true})
		}
		<-time.After(time.Until(notBefore))
		b := Batch[T]{Items: []T{first}}
		for {
			select {
			case item, ok := <-ch:
				if !ok {
					b.Ended = true
					return wrap(b)
				}
				b.Items = append(b.Items, item)
			default:
				return wrap(b)
			}
		}
	}
}
