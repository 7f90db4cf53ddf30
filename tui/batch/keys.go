package batch

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys of batches: those in common, and their own.
type keyMap struct {
	kit.KeyMap
	Run, Way, PerWorkload, Limits, Timeout, Tool key.Binding // before
	Output, Fold, Members, Save, Markdown        key.Binding // while it runs, and after
	Again, Stop, LeaveThose                      key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:      common,
		Run:         kit.Bind("↵", "run", "enter"),
		Way:         kit.Bind("w", "way", "w"),
		PerWorkload: kit.Bind("o", "one per workload", "o"),
		Limits:      kit.Bind("m", "how many at once", "m"),
		Timeout:     kit.Bind("T", "time limit", "T"),
		Tool:        kit.Bind("b", "tool", "b"),

		Output:     kit.Bind("↵ →", "output", "enter", "right"),
		Fold:       kit.Bind("f", "fold", "f"),
		Members:    kit.Bind("space", "show the pods", "space"),
		Save:       kit.Bind("s", "save all", "s"),
		Markdown:   kit.Bind("y", "copy as Markdown", "y"),
		Again:      kit.Bind("r", "run the failed again", "r"),
		Stop:       kit.Bind("e", "begin no more", "e"),
		LeaveThose: kit.Bind("e", "leave those that run", "e"),
	}
}

// KeyGroups are what is told of the keys of batches outside the interface.
func KeyGroups() []kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return []kit.KeyGroup{
		kit.NewKeyGroup("run in many", k.Run, k.Way, k.Tool, k.PerWorkload, k.Limits, k.Timeout),
		kit.NewKeyGroup("batch", k.Output, k.Members, k.Fold, k.Filter, k.Sort, k.Attach, k.Save, k.Markdown, k.Again, k.Stop),
	}
}
