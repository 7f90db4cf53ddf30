package sessions

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// KeyMap are the keys on the way to a session, in the list of them, and behind one.
type KeyMap struct {
	kit.KeyMap
	Cancel, Again, AnyTool, ShellHere, SaveKept   key.Binding
	Extend, KeepAll, KeepForGood                  key.Binding
	ByNumber, EndSession, EndNow, Forget, ShowEnd key.Binding
	LeaveRunning, EndAll                          key.Binding
}

func newKeyMap() KeyMap {
	return KeyMap{
		KeyMap:       kit.NewKeyMap(),
		Cancel:       kit.Bind("esc", "stop waiting", "esc", "ctrl+c"),
		Again:        kit.Bind("r", "run again", "r"),
		AnyTool:      kit.Bind("t", "another tool", "t"),
		ShellHere:    kit.Bind("a", "another shell", "a"),
		SaveKept:     kit.Bind("S", "save output", "S"),
		Extend:       kit.Bind("+", "an hour more", "+"),
		KeepAll:      kit.Bind("k", "keep them", "k"),
		KeepForGood:  kit.Bind("K", "keep them for good", "K"),
		ByNumber:     kit.Bind("1-9", "by number", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
		EndSession:   kit.Bind("e", "end it", "e"),
		EndNow:       kit.Bind("↵", "end it", "enter"),
		Forget:       kit.Bind("e", "remove from list", "e"),
		ShowEnd:      kit.Bind("↵", "how it ended", "enter"),
		LeaveRunning: kit.Bind("↵ q", "leave them running", "enter", "q", "ctrl+c"),
		EndAll:       kit.Bind("e", "end them", "e"),
	}
}

// KeyGroups are the keys, as they are told outside the interface: while one starts, when it is over, in the list, and on the way out.
func KeyGroups() []kit.KeyGroup {
	k := newKeyMap()
	return []kit.KeyGroup{
		kit.NewKeyGroup("starting", k.Cancel, k.Whole, k.AnyTool),
		kit.NewKeyGroup("after a session", k.Again, k.AnyTool, k.Attach, k.ShellHere, k.EndSession, k.Extend, k.SaveKept, k.Report),
		kit.NewKeyGroup("sessions", k.Attach, k.ByNumber, k.Shell, k.EndSession, k.Extend, k.Filter, k.Retry),
		kit.NewKeyGroup("leaving", k.LeaveRunning, k.EndAll, k.KeepAll, k.KeepForGood, k.Leave),
	}
}

// retrying is a key that tries once more to delete what could not be deleted.
func retrying(b key.Binding) key.Binding {
	b.SetHelp(b.Help().Key, "try again")
	return b
}

// deleting is a key that deletes what was created for a session.
func deleting(b key.Binding) key.Binding {
	b.SetHelp(b.Help().Key, "delete it")
	return b
}
