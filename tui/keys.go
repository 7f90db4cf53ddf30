package tui

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/batch"
	"github.com/dayfly-k8s/dayfly/tui/capture"
	"github.com/dayfly-k8s/dayfly/tui/files"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/logs"
	"github.com/dayfly-k8s/dayfly/tui/nodes"
	"github.com/dayfly-k8s/dayfly/tui/pod"
	"github.com/dayfly-k8s/dayfly/tui/podchange"
	"github.com/dayfly-k8s/dayfly/tui/podlist"
	"github.com/dayfly-k8s/dayfly/tui/report"
	"github.com/dayfly-k8s/dayfly/tui/session"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// keyMap declares the keys of App.
type keyMap struct {
	kit.KeyMap
	Quit, Help, Suspend, Hide, Palette, Theme key.Binding
	Nodes, Leftovers, Batches                 key.Binding
	Sessions, NextSession, PrevSession        key.Binding
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
	k.Nodes = kit.Bind("N", "nodes", "N")
	k.Leftovers = kit.Bind("X", "leftovers", "X")
	k.Batches = kit.Bind("M", "batch", "M")
	k.Batches.SetEnabled(false) // until there is one
	k.Sessions = kit.Bind("s", "sessions", "s")
	k.NextSession = kit.Bind("]", "next session", "]")
	k.PrevSession = kit.Bind("[", "previous session", "[")
	k.NextSession.SetEnabled(false) // until there is a session
	k.PrevSession.SetEnabled(false)
	return k
}

// KeyGroups are all keys, as they are told outside the interface.
func KeyGroups() []kit.KeyGroup {
	k := newKeyMap()
	nodes, many, captures, tools, sessions, files := nodes.KeyGroups(), batch.KeyGroups(), capture.KeyGroups(), tools.KeyGroups(), sessions.KeyGroups(), files.KeyGroups()
	return []kit.KeyGroup{
		kit.NewKeyGroup("everywhere", k.Help, k.Palette, k.Copy, k.CopyCommand, k.Theme, k.Back, k.Namespace, k.Context, k.Nodes, k.Leftovers, k.Batches, k.Sessions,
			k.NextSession, k.PrevSession, k.Suspend, k.Quit),
		kit.NewKeyGroup("lists", k.Moves()...),
		podlist.KeyGroup(),
		pod.KeyGroup(),
		logs.KeyGroup(),
		pod.InspectKeyGroup(),
		report.KeyGroup(),
		files[0], files[1], files[2],
		podchange.KeyGroup(),
		nodes[0], nodes[1],
		many[0], many[1],
		captures[0], captures[1],
		leftovers.KeyGroup(),
		tools[0], tools[1],
		sessions[0],
		kit.NewKeyGroup("with hints", k.Hide),
		sessions[1], sessions[2], sessions[3],
	}
}
