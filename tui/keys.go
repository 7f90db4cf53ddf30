package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/session"
)

// keyMap declares every key once: the same declaration matches it, shows it in the footer and documents it.
type keyMap struct {
	Up, Down, PageUp, PageDown, Top, Bottom                        key.Binding
	Open, Back, Quit, Help, Suspend, Hide                          key.Binding
	Debug, Attach, Logs, Inspect, Filter, Sort, OnlySick           key.Binding
	Palette, Copy, CopyCommand, Theme                              key.Binding
	Namespace, AllNamespaces, Context, Retry                       key.Binding
	Profile, Target, Launch, Cancel, Again, AnyTool, Whole, Choose key.Binding
	FilterDone, FilterClear, PickUp, PickDown, Leave               key.Binding
	Follow, Previous, AllContainers, NextContainer, Times, Wrap    key.Binding
	Search, OlderMatch, NewerMatch, Older, Save, ScrollSide        key.Binding
	SearchDone, FoundUp, FoundDown                                 key.Binding
	YAML, Section, NextMatch, MatchBefore                          key.Binding
}

func newKeyMap() keyMap {
	bind := func(show, what string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, what))
	}
	suspend := bind("^z", "suspend", "ctrl+z")
	suspend.SetEnabled(session.CanSuspend)
	hide := bind("x", "hide the hint", "x")
	hide.SetEnabled(false) // the guide enables it, as long as it is there
	return keyMap{
		Up:       bind("↑ k", "up", "up", "k"),
		Down:     bind("↓ j", "down", "down", "j"),
		PageUp:   bind("pgup ^b", "page up", "pgup", "ctrl+b", "ctrl+u"),
		PageDown: bind("pgdn ^f", "page down", "pgdown", "ctrl+f", "ctrl+d"),
		Top:      bind("g home", "first", "home", "g"),
		Bottom:   bind("G end", "last", "end", "G"),

		Open: bind("↵ →", "open", "enter", "right"),
		Back: bind("esc ←", "back", "esc", "left", "backspace"),
		Quit: bind("q ^c", "quit", "q", "ctrl+c"),
		Help: bind("?", "help", "?"),

		Suspend: suspend,
		Hide:    hide,

		Debug:    bind("d", "debug", "d"),
		Attach:   bind("a", "attach", "a"),
		Logs:     bind("l", "logs", "l"),
		Inspect:  bind("i", "inspect", "i"),
		Filter:   bind("/", "filter", "/"),
		Sort:     bind("o", "order", "o"),
		OnlySick: bind("!", "only sick", "!"),

		Palette:     bind(":", "all actions", ":"),
		Copy:        bind("y", "copy the name", "y"),
		CopyCommand: bind("Y", "copy the kubectl command", "Y"),
		Theme:       bind("t", "theme", "t"),

		Namespace:     bind("n", "namespace", "n"),
		AllNamespaces: bind("A", "all namespaces", "A"),
		Context:       bind("c", "context", "c"),
		Retry:         bind("r", "retry now", "r"),

		Profile: bind("p", "profile", "p"),
		Target:  bind("t", "target", "t"),
		Whole:   bind("v", "view all of it", "v"),
		Launch:  bind("↵", "debug with this", "enter"),
		Cancel:  bind("esc", "stop waiting", "esc", "ctrl+c"),
		Again:   bind("r", "run again", "r"),
		AnyTool: bind("t", "another tool", "t"),

		Follow:        bind("f", "follow", "f"),
		Previous:      bind("p", "previous", "p"),
		AllContainers: bind("a", "all", "a"),
		NextContainer: bind("tab", "next container", "tab"),
		Times:         bind("T", "times", "T"),
		Wrap:          bind("w", "wrap", "w"),
		Search:        bind("/", "search", "/"),
		OlderMatch:    bind("n", "older match", "n"),
		NewerMatch:    bind("N", "newer match", "N"),
		SearchDone:    bind("↵", "keep the search", "enter"),
		FoundUp:       bind("↑", "older match", "up", "ctrl+p"),
		FoundDown:     bind("↓", "newer match", "down", "ctrl+n"),
		Older:         bind("o", "older lines", "o"),
		Save:          bind("s", "save", "s"),
		ScrollSide:    bind("← →", "scroll sideways", "left", "right"),

		YAML:        bind("v", "YAML", "v"),
		Section:     bind("tab", "next section", "tab"),
		NextMatch:   bind("n", "next match", "n"),
		MatchBefore: bind("N", "match before", "N"),

		FilterDone:  bind("↵", "keep the filter", "enter"),
		FilterClear: bind("esc", "clear", "esc"),
		Choose:      bind("↵", "choose", "enter"),
		PickUp:      bind("↑ ^p", "up", "up", "ctrl+p"),
		PickDown:    bind("↓ ^n", "down", "down", "ctrl+n"),
		Leave:       bind("esc", "back", "esc"),
	}
}

// moves are the bindings of every list.
func (k keyMap) moves() []key.Binding {
	return []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom}
}

// KeyTable is the README's table of keys, in Markdown.
func KeyTable() string {
	k := newKeyMap()
	var b strings.Builder
	b.WriteString("| where | keys |\n|---|---|\n")
	for _, group := range []struct {
		where string
		keys  []key.Binding
	}{
		{"everywhere", []key.Binding{k.Help, k.Palette, k.Copy, k.CopyCommand, k.Theme, k.Back, k.Namespace, k.Context, k.Suspend, k.Quit}},
		{"lists", k.moves()},
		{"pods", []key.Binding{k.Open, k.Debug, k.Logs, k.Inspect, k.Filter, k.OnlySick, k.Sort, k.AllNamespaces, k.Retry}},
		{"containers", []key.Binding{k.Debug, k.Attach, k.Logs, k.Inspect}},
		{"logs", []key.Binding{k.Search, k.OlderMatch, k.NewerMatch, k.Follow, k.Previous, k.AllContainers, k.NextContainer,
			k.Times, k.Wrap, k.ScrollSide, k.Older, k.Save}},
		{"inspect", []key.Binding{k.YAML, k.Section, k.Attach, k.Logs, k.Debug, k.Search, k.NextMatch, k.MatchBefore}},
		{"tools", []key.Binding{k.Launch, k.Profile, k.Target, k.Whole, k.Filter}},
		{"starting", []key.Binding{k.Cancel, k.Whole, k.AnyTool}},
		{"with hints", []key.Binding{k.Hide}},
		{"after a session", []key.Binding{k.Again, k.AnyTool, k.Attach}},
	} {
		words := make([]string, len(group.keys))
		for i, binding := range group.keys {
			words[i] = "`" + binding.Help().Key + "` " + binding.Help().Desc
		}
		b.WriteString("| " + group.where + " | " + strings.Join(words, " · ") + " |\n")
	}
	return b.String()
}
