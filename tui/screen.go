package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// screen is one page of the interface. Screens form a stack; only the top one sees keys, all see everything else and
// drop what is not addressed to them.
type screen interface {
	// Keys are the bindings that do something here now, the most useful first: the footer and the help are made of them.
	Keys() []key.Binding
	Init() tea.Cmd
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly into the given cells; what does not fit is cut off by App.
	View(width, height int) string
}

// typist is a screen that takes text at times: then letters are not commands.
type typist interface {
	Typing() bool
}

// claimant is a screen on which some keys mean something else than everywhere, at times.
type claimant interface {
	Claims(msg tea.KeyPressMsg) bool
}

// settling is a screen that takes no keys for a moment: those that come may be meant for what was there before it.
type settling interface {
	Settling() bool
}

// closer is a screen with something running, which ends with it.
type closer interface {
	Close()
}

// titled is a screen with a name in the header.
type titled interface {
	Title() string
}

// summed is a screen that has figures for the right of the header.
type summed interface {
	Summary() string
}

// placed is a screen with a list or a text that may be longer than the screen. Its place is known once it has been drawn.
type placed interface {
	Place() string // such as 1-6 of 24; empty: all of it is on the screen
}

// The wishes by which screens steer App ([kit.ask]).
type (
	pushMsg   struct{ screen screen }
	popMsg    struct{}
	returnMsg struct{ result tea.Msg } // leaves the top screen, and brings what was chosen in it
	flashMsg  struct{ text string }    // one line in the footer for a while
	openMsg   struct {                 // another cluster or namespace: the stack starts anew
		cluster   *kube.Cluster
		namespace string
	}
)
