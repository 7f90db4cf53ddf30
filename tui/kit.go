package tui

import (
	"time"

	"github.com/dayfly-k8s/dayfly/presets"
)

// kit is what every screen works with. App owns it; a change of theme reaches all screens through it.
type kit struct {
	keys    keyMap
	styles  styles
	now     func() time.Time
	presets []presets.Preset
	notices []string      // mistakes in the user's files
	newName func() string // names a debug container
	detach  string        // the key that detaches, for people
}
