package kit

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Screen is one page of the interface. Screens form a stack; only the top one sees keys, all see everything else and
// drop what is not addressed to them.
type Screen interface {
	// Keys are the bindings that do something here now, the most useful first: the footer and the help are made of them.
	Keys() []key.Binding
	Init() tea.Cmd
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly into the given cells; what does not fit is cut off by App.
	View(width, height int) string
}

// Typist is a screen that takes text at times: then letters are not commands.
type Typist interface {
	Typing() bool
}

// Claimant is a screen on which some keys mean something else than everywhere, at times.
type Claimant interface {
	Claims(msg tea.KeyPressMsg) bool
}

// Settler is a screen that takes no keys for a moment: those that come may be meant for what was there before it.
type Settler interface {
	Settling() bool
}

// Closer is a screen with something running, which ends with it.
type Closer interface {
	Close()
}

// Titled is a screen with a name in the header.
type Titled interface {
	Title() string
}

// Summed is a screen that has figures for the right of the header.
type Summed interface {
	Summary() string
}

// Placed is a screen with a list or a text that may be longer than the screen. Its place is known once it has been drawn.
type Placed interface {
	Place() string // such as 1-6 of 24; empty: all of it is on the screen
}

// Reader is a screen that reads something before some of its keys have a meaning.
type Reader interface {
	// Reading reports whether it is still being read. It is not when reading has failed: the screen says so itself.
	Reading() bool
	// Needs reports whether a key has no meaning before.
	Needs(msg tea.KeyPressMsg) bool
}

// Copier is a screen with something to copy: the name of what the cursor is on, and the kubectl command that shows or does the same.
// Empty: there is none. Both are single lines; words of the command are quoted for a shell.
type Copier interface {
	CopyName() string
	CopyCommand() string
}

// TextCopier is a screen on which the key that copies a name copies a text of several lines instead; what says in a few words which.
type TextCopier interface {
	CopyText() (text, what string)
}

// Clickable is a screen with lines to click on. Click gets a cell of what View has drawn last; 0, 0 is its top left. The line there
// gets the cursor, and one that has it already is opened, so that a double click opens too. What
// changes a cluster is never done by a click: that takes its key.
type Clickable interface {
	Click(x, y int) tea.Cmd
}

// Wheeled is a screen that scrolls in its own way: so many lines down, or up when negative. Any other gets as many presses of ↓ or ↑,
// which is right for lists and texts.
type Wheeled interface {
	Wheel(lines int) tea.Cmd
}

// Guide is a screen with a line for newcomers: what they could do on it. Empty: nothing needs to be said.
type Guide interface {
	Hint() string
}

// Helper is a screen with keys of its own that do what helps after a problem ([Kit.Advised]).
type Helper interface {
	// Helps is the key that does it; false: none does.
	Helps(h kube.Help) (key.Binding, bool)
}

// HelpNamer is a screen that knows better than the kit what a key that helps leads to.
type HelpNamer interface {
	// NameOf is that, behind "press r to"; empty: the kit's words do.
	NameOf(h kube.Help) string
}

// BackHolder is a screen that at times wants to see the key that leaves it.
type BackHolder interface {
	HoldsBack() bool
}
