package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/logs"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// keyMap declares the keys of App and of the screens of sessions.
type keyMap struct {
	kit.KeyMap
	Quit, Help, Suspend, Hide, Palette, Theme                        key.Binding
	Sessions, NextSession, PrevSession, ByNumber, EndSession, EndNow key.Binding
	Forget, ShowEnd, ShellHere, SaveKept, LeaveRunning, EndAll       key.Binding
	Cancel, Again, AnyTool                                           key.Binding
}

func newKeyMap() keyMap {
	suspend := kit.Bind("^z", "suspend", "ctrl+z")
	suspend.SetEnabled(session.CanSuspend)
	hide := kit.Bind("x", "hide the hint", "x")
	hide.SetEnabled(false) // the guide enables it, as long as it is there
	k := keyMap{
		KeyMap: kit.NewKeyMap(),
		Quit:   kit.Bind("q ^c", "quit", "q", "ctrl+c"),
		Help:   kit.Bind("?", "help", "?"),

		Suspend: suspend,
		Hide:    hide,

		Palette: kit.Bind(":", "all actions", ":"),
		Theme:   kit.Bind("t", "theme", "t"),
	}
	k.bindSessions()
	return k
}

// bindSessions are the keys on the way to a session, and behind it.
func (k *keyMap) bindSessions() {
	k.Cancel = kit.Bind("esc", "stop waiting", "esc", "ctrl+c")
	k.Again = kit.Bind("r", "run again", "r")
	k.AnyTool = kit.Bind("t", "another tool", "t")

	k.Sessions = kit.Bind("s", "sessions", "s")
	k.NextSession = kit.Bind("]", "next session", "]")
	k.PrevSession = kit.Bind("[", "previous session", "[")
	k.NextSession.SetEnabled(false) // until there is a session
	k.PrevSession.SetEnabled(false)
	k.ByNumber = kit.Bind("1-9", "by number", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	k.EndSession = kit.Bind("e", "end it", "e")
	k.EndNow = kit.Bind("↵", "end it", "enter")
	k.Forget = kit.Bind("e", "take off the list", "e")
	k.ShowEnd = kit.Bind("↵", "how it ended", "enter")
	k.ShellHere = kit.Bind("a", "another shell", "a")
	k.SaveKept = kit.Bind("S", "save output", "S")
	k.LeaveRunning = kit.Bind("↵ q", "leave them running", "enter", "q", "ctrl+c")
	k.EndAll = kit.Bind("e", "end them", "e")
}

// KeyGroups are all keys, as they are told outside the interface.
func KeyGroups() []kit.KeyGroup {
	k := newKeyMap()
	tools := tools.KeyGroups()
	return []kit.KeyGroup{
		kit.NewKeyGroup("everywhere", k.Help, k.Palette, k.Copy, k.CopyCommand, k.Theme, k.Back, k.Namespace, k.Context, k.Sessions, k.NextSession,
			k.PrevSession, k.Suspend, k.Quit),
		kit.NewKeyGroup("lists", k.Moves()...),
		podlist.KeyGroup(),
		pod.KeyGroup(),
		logs.KeyGroup(),
		pod.InspectKeyGroup(),
		tools[0], tools[1],
		kit.NewKeyGroup("starting", k.Cancel, k.Whole, k.AnyTool),
		kit.NewKeyGroup("with hints", k.Hide),
		kit.NewKeyGroup("after a session", k.Again, k.AnyTool, k.Attach, k.ShellHere, k.EndSession, k.SaveKept),
		kit.NewKeyGroup("sessions", k.Attach, k.ByNumber, k.Shell, k.EndSession, k.Filter, k.Retry),
		kit.NewKeyGroup("leaving", k.LeaveRunning, k.EndAll, k.Leave),
	}
}
