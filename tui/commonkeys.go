package tui

import (
	"charm.land/bubbles/v2/key"
)

// KeyMap declares the keys that mean the same on several screens. A room embeds it in a map of its own, which has the rest. Each key is declared
// once: the same declaration matches it, shows it in the footer and documents it.
type KeyMap struct {
	Up, Down, PageUp, PageDown, Top, Bottom  key.Binding
	Open, Back                               key.Binding
	Debug, Attach, Shell, Logs, Inspect      key.Binding
	Copy, CopyCommand                        key.Binding
	Namespace, AllNamespaces, Context, Retry key.Binding
	Filter, FilterDone, FilterClear          key.Binding
	Choose, PickUp, PickDown, Leave          key.Binding
	Search, SearchDone                       key.Binding
	Launch, Whole                            key.Binding
}

// bind is a key as people read it, what it does, and its names in Bubble Tea.
func bind(show, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, what))
}

func newCommonKeys() KeyMap {
	return KeyMap{
		Up:       bind("↑ k", "up", "up", "k"),
		Down:     bind("↓ j", "down", "down", "j"),
		PageUp:   bind("pgup ^b", "page up", "pgup", "ctrl+b", "ctrl+u"),
		PageDown: bind("pgdn ^f", "page down", "pgdown", "ctrl+f", "ctrl+d"),
		Top:      bind("g home", "first", "home", "g"),
		Bottom:   bind("G end", "last", "end", "G"),

		Open: bind("↵ →", "open", "enter", "right"),
		Back: bind("esc ←", "back", "esc", "left", "backspace"),

		Debug:   bind("d", "debug", "d"),
		Attach:  bind("a", "attach", "a"),
		Shell:   bind("n", "another shell", "n"),
		Logs:    bind("l", "logs", "l"),
		Inspect: bind("i", "inspect", "i"),

		Copy:        bind("y", "copy the name", "y"),
		CopyCommand: bind("Y", "copy the kubectl command", "Y"),

		Namespace:     bind("n", "namespace", "n"),
		AllNamespaces: bind("A", "all namespaces", "A"),
		Context:       bind("c", "context", "c"),
		Retry:         bind("r", "retry now", "r"),

		// While a line is being typed, and what is chosen by it.
		Filter:      bind("/", "filter", "/"),
		FilterDone:  bind("↵", "keep the filter", "enter"),
		FilterClear: bind("esc", "clear", "esc"),
		Choose:      bind("↵", "choose", "enter"),
		PickUp:      bind("↑ ^p", "up", "up", "ctrl+p"),
		PickDown:    bind("↓ ^n", "down", "down", "ctrl+n"),
		Leave:       bind("esc", "back", "esc"),
		Search:      bind("/", "search", "/"),
		SearchDone:  bind("↵", "keep the search", "enter"),

		Launch: bind("↵", "debug", "enter"),
		Whole:  bind("v", "view all", "v"),
	}
}

// moves are the bindings of every list.
func (k KeyMap) moves() []key.Binding {
	return []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom}
}

// KeyGroup are the keys of one screen, or of all of them.
type KeyGroup struct {
	Where string
	Keys  []KeyHelp
}

// KeyHelp says what a key does: "↵ →", "open".
type KeyHelp struct{ Name, Does string }

// newKeyGroup tells bindings outside the interface.
func newKeyGroup(where string, bindings ...key.Binding) KeyGroup {
	g := KeyGroup{Where: where}
	for _, b := range bindings {
		g.Keys = append(g.Keys, KeyHelp{b.Help().Key, b.Help().Desc})
	}
	return g
}
