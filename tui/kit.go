package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// kit is what every screen works with. App owns it; a change of theme reaches all screens through it.
type kit struct {
	keys    keyMap
	styles  styles
	now     func() time.Time
	after   func(time.Duration, tea.Msg) tea.Cmd // brings a message when so much of now's time has passed
	presets []presets.Preset
	notices []string      // mistakes in the user's files
	wrong   []string      // mistakes in the user's presets, as they are now
	newName func() string // names a debug container
	ahead   bool          // the key that has its effect now has waited for what it is about
	wishes  []tea.Msg     // what screens have asked of App in the present Update
	detach  string        // the key that detaches, for people
	memory  Memory        // is written back when the interface ends

	fleeting bool   // the cluster ends with dayfly
	program  string // how dayfly was called

	sessionSettings func(context string) SessionSettings // nil: there are none
	stateFolder     string                               // the folder of dayfly's state; empty: there is none
	homeFolder      string                               // the person's own folder
	journal         runner.Journal                       // nil: nothing is written
	announce        bool                                 // an event is put on the pod of each session
	runner          *runner.Runner                       // keeps the sessions
	last            *runner.Session                      // that had the terminal; nil: none has
	catalogue       func() (*nixery.Catalogue, error)
	registries      func(context string) registry.Settings
	registry        looker                               // nil: images are not looked at before they are used
	savePreset      func(presets.Preset) (string, error) // nil: there is no place; gives the file
}

// after is the real one.
func after(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// ask tells App what a screen wants: another screen, a session. It is done before the next message is taken. A command would
// come back later, and the keys in between would go to the old screen: two quick presses of ↵ would start two containers.
// The result is nil, for a screen's Update to return.
func (k *kit) ask(wish tea.Msg) tea.Cmd {
	k.wishes = append(k.wishes, wish)
	return nil
}

func (k *kit) flash(text string) tea.Cmd { return k.ask(flashMsg{text}) }
