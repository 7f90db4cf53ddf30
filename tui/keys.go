package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/session"
)

// keyMap declares every key once: the same declaration matches it, shows it in the footer and documents it.
type keyMap struct {
	Up, Down, PageUp, PageDown, Top, Bottom                                           key.Binding
	Open, Back, Quit, Help, Suspend, Hide                                             key.Binding
	Debug, Attach, Logs, Inspect, Filter, Sort, OnlySick                              key.Binding
	Palette, Copy, CopyCommand, Theme                                                 key.Binding
	Namespace, AllNamespaces, Context, Retry                                          key.Binding
	Sessions, NextSession, PrevSession, ByNumber, EndSession, EndNow, Forget, ShowEnd key.Binding
	LeaveRunning, EndAll, Shell, ShellHere, Life, Private, Record, SaveKept           key.Binding
	Profile, Target, Launch, Cancel, Again, AnyTool, Whole, Choose                    key.Binding
	FilterDone, FilterClear, PickUp, PickDown, Leave                                  key.Binding
	Follow, Previous, AllContainers, NextContainer, Times, Wrap                       key.Binding
	Search, OlderMatch, NewerMatch, Older, Save, ScrollSide                           key.Binding
	SearchDone, FoundUp, FoundDown                                                    key.Binding
	YAML, Section, NextMatch, MatchBefore                                             key.Binding
	Compose, AnyImage, Fallback, SaveTool, SaveDone, Command, Weaker, Mend, MendElse  key.Binding
	Check, CheckDone, Composed, NextGroup                                             key.Binding
}

// bind is a key as people read it, what it does, and its names in Bubble Tea.
func bind(show, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(show, what))
}

func newKeyMap() keyMap {
	suspend := bind("^z", "suspend", "ctrl+z")
	suspend.SetEnabled(session.CanSuspend)
	hide := bind("x", "hide the hint", "x")
	hide.SetEnabled(false) // the guide enables it, as long as it is there
	k := keyMap{
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
	}
	k.bindSessions()
	k.bindTools()
	k.bindTexts()
	k.bindLines()
	return k
}

// bindSessions are the keys on the way to a session, and behind it.
func (k *keyMap) bindSessions() {
	k.Profile = bind("p", "profile", "p")
	k.Target = bind("t", "target", "t")
	k.Whole = bind("v", "view all", "v")
	k.Launch = bind("↵", "debug", "enter")
	k.Cancel = bind("esc", "stop waiting", "esc", "ctrl+c")
	k.Again = bind("r", "run again", "r")
	k.AnyTool = bind("t", "another tool", "t")

	k.Sessions = bind("s", "sessions", "s")
	k.NextSession = bind("]", "next session", "]")
	k.PrevSession = bind("[", "previous session", "[")
	k.NextSession.SetEnabled(false) // until there is a session
	k.PrevSession.SetEnabled(false)
	k.ByNumber = bind("1-9", "by number", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	k.EndSession = bind("e", "end it", "e")
	k.EndNow = bind("↵", "end it", "enter")
	k.Forget = bind("e", "take off the list", "e")
	k.ShowEnd = bind("↵", "how it ended", "enter")
	k.Shell = bind("n", "another shell", "n")
	k.ShellHere = bind("a", "another shell", "a")
	k.Life = bind("l", "lifetime", "l")
	k.Private = bind("P", "private", "P")
	k.Record = bind("R", "record", "R")
	k.SaveKept = bind("S", "save output", "S")
	k.LeaveRunning = bind("↵ q", "leave them running", "enter", "q", "ctrl+c")
	k.EndAll = bind("e", "end them", "e")
}

// bindTools are the keys by which a tool is made that is no preset.
func (k *keyMap) bindTools() {
	k.Compose = bind("c", "compose", "c")
	k.AnyImage = bind("i", "image", "i")
	k.Fallback = bind("f", "fallback", "f")
	k.Weaker = bind("w", "allowed profile", "w")
	k.Mend = bind("m", "fix", "m")
	k.MendElse = bind("M", "fix another way", "M")
	k.SaveTool = bind("s", "save", "s")
	k.SaveDone = bind("↵", "save", "enter")
	k.Command = bind("e", "command", "e")
	k.Check = bind("space", "check", "space")
	k.Composed = bind("↵", "use this image", "enter")
	k.CheckDone = bind("↵", "select", "enter")
	k.NextGroup = bind("tab", "next group", "tab")
}

// bindTexts are the keys of logs and of the inspection.
func (k *keyMap) bindTexts() {
	k.Follow = bind("f", "follow", "f")
	k.Previous = bind("p", "previous", "p")
	k.AllContainers = bind("a", "all", "a")
	k.NextContainer = bind("tab", "next container", "tab")
	k.Times = bind("T", "times", "T")
	k.Wrap = bind("w", "wrap", "w")
	k.Search = bind("/", "search", "/")
	k.OlderMatch = bind("n", "older match", "n")
	k.NewerMatch = bind("N", "newer match", "N")
	k.SearchDone = bind("↵", "keep the search", "enter")
	k.FoundUp = bind("↑", "older match", "up", "ctrl+p")
	k.FoundDown = bind("↓", "newer match", "down", "ctrl+n")
	k.Older = bind("o", "older lines", "o")
	k.Save = bind("s", "save", "s")
	k.ScrollSide = bind("← →", "scroll sideways", "left", "right")

	k.YAML = bind("v", "YAML", "v")
	k.Section = bind("tab", "next section", "tab")
	k.NextMatch = bind("n", "next match", "n")
	k.MatchBefore = bind("N", "previous match", "N")
}

// bindLines are the keys while a line is being typed, and what is chosen by it.
func (k *keyMap) bindLines() {
	k.FilterDone = bind("↵", "keep the filter", "enter")
	k.FilterClear = bind("esc", "clear", "esc")
	k.Choose = bind("↵", "choose", "enter")
	k.PickUp = bind("↑ ^p", "up", "up", "ctrl+p")
	k.PickDown = bind("↓ ^n", "down", "down", "ctrl+n")
	k.Leave = bind("esc", "back", "esc")
}

// moves are the bindings of every list.
func (k keyMap) moves() []key.Binding {
	return []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom}
}

// KeyGroup are the keys of one screen, or of all of them.
type KeyGroup struct {
	Where string
	Keys  []KeyHelp
}

// KeyHelp says what a key does: "↵ →", "open".
type KeyHelp struct{ Name, Does string }

// KeyGroups are all keys, as they are told outside the interface.
func KeyGroups() []KeyGroup {
	k := newKeyMap()
	var all []KeyGroup
	for _, group := range []struct {
		where string
		keys  []key.Binding
	}{
		{"everywhere", []key.Binding{k.Help, k.Palette, k.Copy, k.CopyCommand, k.Theme, k.Back, k.Namespace, k.Context, k.Sessions, k.NextSession, k.PrevSession, k.Suspend, k.Quit}},
		{"lists", k.moves()},
		{"pods", []key.Binding{k.Open, k.Debug, k.Logs, k.Inspect, k.Filter, k.OnlySick, k.Sort, k.AllNamespaces, k.Retry}},
		{"containers", []key.Binding{k.Debug, k.Attach, k.Shell, k.Logs, k.Inspect}},
		{"logs", []key.Binding{k.Search, k.OlderMatch, k.NewerMatch, k.Follow, k.Previous, k.AllContainers, k.NextContainer,
			k.Times, k.Wrap, k.ScrollSide, k.Older, k.Save}},
		{"inspect", []key.Binding{k.YAML, k.Section, k.Attach, k.Logs, k.Debug, k.Search, k.NextMatch, k.MatchBefore}},
		{"tools", []key.Binding{k.Launch, k.Compose, k.AnyImage, k.Fallback, k.Weaker, k.Mend, k.MendElse, k.Profile, k.Target, k.Life, k.Private, k.Record, k.Command, k.SaveTool, k.Whole, k.Filter}},
		{"composer", []key.Binding{k.Check, k.Composed, k.NextGroup, k.PickUp, k.PickDown}},
		{"starting", []key.Binding{k.Cancel, k.Whole, k.AnyTool}},
		{"with hints", []key.Binding{k.Hide}},
		{"after a session", []key.Binding{k.Again, k.AnyTool, k.Attach, k.ShellHere, k.EndSession, k.SaveKept}},
		{"sessions", []key.Binding{k.Attach, k.ByNumber, k.Shell, k.EndSession, k.Filter, k.Retry}},
		{"leaving", []key.Binding{k.LeaveRunning, k.EndAll, k.Leave}},
	} {
		one := KeyGroup{Where: group.where}
		for _, binding := range group.keys {
			one.Keys = append(one.Keys, KeyHelp{binding.Help().Key, binding.Help().Desc})
		}
		all = append(all, one)
	}
	return all
}
