package tools

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// toolsKeys are the keys of the choice of a tool.
type toolsKeys struct {
	kit.KeyMap
	Profile, Target, Way, Options, Life, Private, Record                           key.Binding
	Compose, AnyImage, Fallback, SaveTool, SaveDone, Command, Weaker, Fix, FixElse key.Binding
}

func newToolsKeys(common kit.KeyMap) toolsKeys {
	return toolsKeys{
		KeyMap:   common,
		Profile:  kit.Bind("p", "profile", "p"),
		Target:   kit.Bind("t", "target", "t"),
		Way:      kit.Bind("tab", "way", "tab"),
		Options:  kit.Bind("o", "options", "o"),
		Life:     kit.Bind("l", "lifetime", "l"),
		Private:  kit.Bind("P", "private", "P"),
		Record:   kit.Bind("R", "record", "R"),
		Compose:  kit.Bind("c", "compose", "c"),
		AnyImage: kit.Bind("i", "image", "i"),
		Fallback: kit.Bind("f", "fallback", "f"),
		Weaker:   kit.Bind("w", "allowed profile", "w"),
		Fix:      kit.Bind("m", "fix", "m"),
		FixElse:  kit.Bind("M", "fix another way", "M"),
		SaveTool: kit.Bind("s", "save", "s"),
		SaveDone: kit.Bind("↵", "save", "enter"),
		Command:  kit.Bind("e", "command", "e"),
	}
}

// composerKeys are the keys of the composer.
type composerKeys struct {
	kit.KeyMap
	Check, CheckDone, Composed, NextGroup key.Binding
}

func newComposerKeys(common kit.KeyMap) composerKeys {
	return composerKeys{
		KeyMap:    common,
		Check:     kit.Bind("space", "check", "space"),
		CheckDone: kit.Bind("↵", "select", "enter"),
		Composed:  kit.Bind("↵", "use this image", "enter"),
		NextGroup: kit.Bind("tab", "next group", "tab"),
	}
}

// copyOptionsKeys are the keys of the options of a copy.
type copyOptionsKeys struct {
	kit.KeyMap
	Turn, Image, Name, Take key.Binding
}

func newCopyOptionsKeys(common kit.KeyMap) copyOptionsKeys {
	return copyOptionsKeys{
		KeyMap: common,
		Turn:   kit.Bind("space", "change", "space"),
		Image:  kit.Bind("space", "another image", "space"),
		Name:   kit.Bind("space", "name it", "space"),
		Take:   kit.Bind("↵", "use these", "enter"),
	}
}

// KeyGroups is what is told of both outside the interface.
func KeyGroups() []kit.KeyGroup {
	k, c, o := newToolsKeys(kit.NewKeyMap()), newComposerKeys(kit.NewKeyMap()), newCopyOptionsKeys(kit.NewKeyMap())
	return []kit.KeyGroup{
		kit.NewKeyGroup("tools", k.Launch, k.Compose, k.AnyImage, k.Fallback, k.Weaker, k.Fix, k.FixElse, k.Profile, k.Target, k.Way, k.Options, k.Life, k.Private,
			k.Record, k.Command, k.SaveTool, k.Whole, k.Filter),
		kit.NewKeyGroup("composer", c.Check, c.Composed, c.NextGroup, c.PickUp, c.PickDown),
		kit.NewKeyGroup("options of a copy", o.Turn, o.Take),
	}
}
