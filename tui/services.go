package tui

import (
	"cmp"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/runner"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
	"github.com/dayfly-k8s/dayfly/tui/tools"
)

// services are what App works with.
type services struct {
	*sessions.Desk // of the screens of sessions, with the kit of all
	keys           keyMap
	memory         Memory // is written back when the interface ends
	detach         string // the key that detaches, for people

	newBatch func() string // makes the ID of a batch

	presets []presets.Preset
	notices []string // mistakes in the user's files
	wrong   []string // mistakes in the user's presets, as they are now

	fleeting bool   // the cluster ends with dayfly
	folder   string // in which dayfly was started

	sessionSettings func(context string) SessionSettings // nil: there are none
	stateFolder     string                               // the folder of dayfly's state; empty: there is none
	journal         runner.Journal                       // nil: nothing is written
	announce        bool                                 // an event is put on the pod of each session
	catalogue       func() (*nixery.Catalogue, error)
	registries      func(context string) registry.Settings
	registry        choice.Looker                        // nil: images are not looked at before they are used
	savePreset      func(presets.Preset) (string, error) // nil: there is no place; gives the file
}

// toolsOptions are what the choice of a tool is made of.
func (k *services) toolsOptions() tools.Options {
	return tools.Options{
		Presets: func() []presets.Preset { return k.presets }, Mistakes: k.allNotices, Catalogue: k.catalogue, Registries: k.registries,
		Registry: k.registry, SavePreset: k.savePreset, NewName: func() string { return k.NewName() }, Mode: k.usualMode, Memory: &k.memory,
		Namespace: func(context string) string {
			if k.sessionSettings == nil {
				return ""
			}
			return k.sessionSettings(context).NodeNamespace
		},
	}
}

// usualMode is how sessions in a cluster are unless a person wants it otherwise.
func (k *services) usualMode(cluster *kube.Cluster) tools.Mode {
	s := k.settingsOf(cluster)
	return tools.Mode{Life: s.Life, OwnPod: cmp.Or(s.Life.After, debug.CopyLife), Private: s.Private, Record: s.Record}
}

// allNotices are the mistakes in the user's files.
func (k *services) allNotices() []string { return append(slices.Clone(k.notices), k.wrong...) }
