package tui

import (
	"charm.land/bubbles/v2/key"
)

// toolsKeys are the keys of the choice of a tool.
type toolsKeys struct {
	KeyMap
	Profile, Target, Life, Private, Record                                           key.Binding
	Compose, AnyImage, Fallback, SaveTool, SaveDone, Command, Weaker, Mend, MendElse key.Binding
}

func newToolsKeys(common KeyMap) toolsKeys {
	return toolsKeys{
		KeyMap:   common,
		Profile:  bind("p", "profile", "p"),
		Target:   bind("t", "target", "t"),
		Life:     bind("l", "lifetime", "l"),
		Private:  bind("P", "private", "P"),
		Record:   bind("R", "record", "R"),
		Compose:  bind("c", "compose", "c"),
		AnyImage: bind("i", "image", "i"),
		Fallback: bind("f", "fallback", "f"),
		Weaker:   bind("w", "allowed profile", "w"),
		Mend:     bind("m", "fix", "m"),
		MendElse: bind("M", "fix another way", "M"),
		SaveTool: bind("s", "save", "s"),
		SaveDone: bind("↵", "save", "enter"),
		Command:  bind("e", "command", "e"),
	}
}

// composerKeys are the keys of the composer.
type composerKeys struct {
	KeyMap
	Check, CheckDone, Composed, NextGroup key.Binding
}

func newComposerKeys(common KeyMap) composerKeys {
	return composerKeys{
		KeyMap:    common,
		Check:     bind("space", "check", "space"),
		CheckDone: bind("↵", "select", "enter"),
		Composed:  bind("↵", "use this image", "enter"),
		NextGroup: bind("tab", "next group", "tab"),
	}
}

// toolsKeyGroups is what is told of both outside the interface.
func toolsKeyGroups() []KeyGroup {
	k, c := newToolsKeys(newCommonKeys()), newComposerKeys(newCommonKeys())
	return []KeyGroup{
		newKeyGroup("tools", k.Launch, k.Compose, k.AnyImage, k.Fallback, k.Weaker, k.Mend, k.MendElse, k.Profile, k.Target, k.Life, k.Private,
			k.Record, k.Command, k.SaveTool, k.Whole, k.Filter),
		newKeyGroup("composer", c.Check, c.Composed, c.NextGroup, c.PickUp, c.PickDown),
	}
}
