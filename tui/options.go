package tui

import (
	"cmp"
	"sync"

	kubebatch "github.com/dayfly-k8s/dayfly/kube/batch"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Options is what App is made of.
type Options struct {
	Kubeconfig *kube.Kubeconfig
	Cluster    *kube.Cluster
	Namespace  string // empty: all
	Pod        string // to open at once; empty: none
	// Attach is a debug container of Pod that runs, to be attached to at once; its zero value: none is.
	Attach   kube.Container
	Sessions bool   // the list of sessions is opened
	Nodes    bool   // the list of nodes is opened, in the place of the list of pods
	Node     string // whose tools are opened at once, over the list of nodes; empty: none
	// Leftovers opens the list of what debugging has left, over the list of pods; OnlyMine shows of it what this person has made.
	Leftovers, OnlyMine bool
	OneNamespace        bool   // only what is in Namespace, and not everywhere
	Filter              string // of the list of pods; empty: the one of the last time
	Guide               bool   // a line leads a newcomer through their first session
	Kit                 Kit
	Themes              themes.Set
	// ReadThemes reads the themes again, with those that have come meanwhile; nil: there are no others.
	ReadThemes func() themes.Set
	Theme      string // name of one; [themes.Auto] or empty: by the terminal's background
}

// Kit is what comes from the configuration.
type Kit struct {
	Presets   []presets.Preset
	Notices   []string // mistakes in the user's files, a line each
	Mistakes  []error  // in the user's presets
	DetachKey vt.DetachKey
	Memory    Memory             // of earlier starts
	Remember  func(Memory) error // is called when the interface ends, if something has been chosen; nil: nothing is remembered
	NoMouse   bool               // clicks and the wheel stay the terminal's own
	// Attend is told when a session gets the terminal, and when the interface has it again. It may be nil.
	Attend func(session bool)
	// Farewell is called at the end with lines to print on the terminal when it is restored: how to go on with what
	// was left running, and what could not be saved. It may be nil.
	Farewell func(lines []string)

	// Sessions are the settings for a kubeconfig context; nil: there are none.
	Sessions func(context string) SessionSettings
	// State is the folder of dayfly's state, in which recordings are kept; empty: there is none. Home is the person's own, for which ~ is
	// shown.
	State, Home string

	// Journal is where it is written down what is done; nil: nowhere.
	Journal *journal.Journal
	// Fleeting says that the cluster ends with dayfly: nothing in it can be left running.
	Fleeting bool
	// Editor is what a person edits files with: a command line, to which the file is added; empty: vi.
	Editor string
	// Folder is the one in which dayfly was started, where copies of files are put if nothing else is said.
	Folder string
	// Program is how dayfly was called, for commands that a person is to type; empty: dayfly.
	Program string
	// Announce has an event put on the pod of each session.
	Announce bool
	// Reloaded brings the presets anew whenever a file of theirs has changed; nil: they stay as they are.
	Reloaded <-chan presets.Loaded
	// SavePreset writes one of the user's presets and returns the file; nil: there is no place for them.
	SavePreset func(presets.Preset) (file string, err error)
	// Registries are the settings for a kubeconfig context; nil: none.
	Registries func(context string) registry.Settings
	// Registry is asked what an image is before it is used; nil: nobody is asked.
	Registry *registry.Registry
}

func (k Kit) services() *services {
	own := &services{
		Desk: sessions.NewDesk(kit.New()), keys: newKeyMap(), presets: k.Presets, notices: k.Notices,
		detach: k.DetachKey.String(), memory: k.Memory,
		catalogue: sync.OnceValues(nixery.Shipped), registries: k.Registries, savePreset: k.SavePreset,
		fleeting: k.Fleeting, folder: k.Folder, sessionSettings: k.Sessions, stateFolder: k.State,
	}
	own.NewName, own.newBatch, own.Program, own.Home = debug.NewName, kubebatch.NewID, cmp.Or(k.Program, "dayfly"), k.Home
	for _, mistake := range k.Mistakes {
		own.wrong = append(own.wrong, mistake.Error())
	}
	if own.announce = k.Announce; k.Journal != nil {
		own.journal = k.Journal
	}
	if k.Registry != nil {
		own.registry = k.Registry
	}
	return own
}
