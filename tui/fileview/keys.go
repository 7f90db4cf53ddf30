// Package fileview looks at one file of a container, as text or in hexadecimal, however large it is: the portions around where one looks are read, and a few are kept.
package fileview

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of a file that is looked at: those in common, and its own.
type keyMap struct {
	kit.KeyMap
	Hex, Wrap, Follow, NextMatch, MatchBefore, Download, Edit key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:      common,
		Hex:         kit.Bind("h", "hex", "h"),
		Wrap:        kit.Bind("w", "wrap", "w"),
		Follow:      kit.Bind("f", "follow", "f"),
		NextMatch:   kit.Bind("n", "next match", "n"),
		MatchBefore: kit.Bind("N", "match before", "N"),
		Download:    kit.Bind("d", "download", "d"),
		Edit:        kit.Bind("e", "edit", "e"),
	}
}

// KeyGroup is what is told of them outside the interface.
func KeyGroup() kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return kit.NewKeyGroup("view a file", k.Search, k.NextMatch, k.MatchBefore, k.Hex, k.Wrap, k.Follow, k.Download, k.Edit)
}
