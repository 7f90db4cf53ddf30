package kit

import "charm.land/bubbles/v2/key"

// KeyMap declares the keys that mean the same on several screens. A room embeds it in a map of its own, which has the rest. Each key is declared
// once: the same declaration matches it, shows it in the footer and documents it.
type KeyMap struct {
	Up, Down, PageUp, PageDown, Top, Bottom   key.Binding
	Open, Back                                key.Binding
	Debug, Attach, Shell, Logs, Inspect       key.Binding
	Enter                                     key.Binding
	Files, Compare, Report, Quarantine, Evict key.Binding
	Capture                                   key.Binding
	Copy, CopyCommand                         key.Binding
	Namespace, AllNamespaces, Context, Retry  key.Binding
	Filter, FilterDone, FilterClear           key.Binding
	Sort, OnlySick                            key.Binding
	Mark, MarkAll, MarkRange, Unmark          key.Binding
	Choose, PickUp, PickDown, Leave           key.Binding
	Search, SearchDone                        key.Binding
	Launch, Whole                             key.Binding
}

// Bind is a key as people read it, what it does, and its names in Bubble Tea.
func Bind(show, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, what))
}

// NewKeyMap binds them.
func NewKeyMap() KeyMap {
	return KeyMap{
		Up:       Bind("↑ k", "up", "up", "k"),
		Down:     Bind("↓ j", "down", "down", "j"),
		PageUp:   Bind("pgup ^b", "page up", "pgup", "ctrl+b", "ctrl+u"),
		PageDown: Bind("pgdn ^f", "page down", "pgdown", "ctrl+f", "ctrl+d"),
		Top:      Bind("g home", "first", "home", "g"),
		Bottom:   Bind("G end", "last", "end", "G"),

		Open: Bind("↵ →", "open", "enter", "right"),
		Back: Bind("esc ←", "back", "esc", "left", "backspace"),

		Debug:   Bind("d", "debug", "d"),
		Enter:   Bind("e", "shell", "e"),
		Attach:  Bind("a", "attach", "a"),
		Shell:   Bind("n", "another shell", "n"),
		Logs:    Bind("l", "logs", "l"),
		Inspect: Bind("i", "inspect", "i"),
		Files:   Bind("F", "files", "F"),

		Compare:    Bind("D", "compare", "D"),
		Report:     Bind("B", "report", "B"),
		Quarantine: Bind("Q", "quarantine", "Q"),
		Evict:      Bind("E", "evict", "E"),
		Capture:    Bind("C", "capture packets", "C"),

		Copy:        Bind("y", "copy the name", "y"),
		CopyCommand: Bind("Y", "copy the kubectl command", "Y"),

		Namespace:     Bind("n", "namespace", "n"),
		AllNamespaces: Bind("A", "all namespaces", "A"),
		Context:       Bind("c", "context", "c"),
		Retry:         Bind("r", "retry now", "r"),

		Sort:     Bind("o", "order", "o"),
		OnlySick: Bind("!", "only sick", "!"),

		Mark:      Bind("space", "mark", "space"),
		MarkAll:   Bind("*", "mark all", "*"),
		MarkRange: Bind("V", "mark a range", "V"),
		Unmark:    Bind("esc", "unmark all", "esc"),

		// While a line is being typed, and what is chosen by it.
		Filter:      Bind("/", "filter", "/"),
		FilterDone:  Bind("↵", "keep the filter", "enter"),
		FilterClear: Bind("esc", "clear", "esc"),
		Choose:      Bind("↵", "choose", "enter"),
		PickUp:      Bind("↑ ^p", "up", "up", "ctrl+p"),
		PickDown:    Bind("↓ ^n", "down", "down", "ctrl+n"),
		Leave:       Bind("esc", "back", "esc"),
		Search:      Bind("/", "search", "/"),
		SearchDone:  Bind("↵", "keep the search", "enter"),

		Launch: Bind("↵", "debug", "enter"),
		Whole:  Bind("v", "view all", "v"),
	}
}

// Moves are the bindings of every list.
func (k KeyMap) Moves() []key.Binding {
	return []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom}
}

// KeyGroup are the keys of one screen, or of all of them.
type KeyGroup struct {
	Where string
	Keys  []KeyHelp
}

// KeyHelp says what a key does: "↵ →", "open".
type KeyHelp struct{ Name, Does string }

// NewKeyGroup tells bindings outside the interface.
func NewKeyGroup(where string, bindings ...key.Binding) KeyGroup {
	g := KeyGroup{Where: where}
	for _, b := range bindings {
		g.Keys = append(g.Keys, KeyHelp{b.Help().Key, b.Help().Desc})
	}
	return g
}
