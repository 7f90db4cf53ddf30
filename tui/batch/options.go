// Package batch runs one command in many pods, or on many nodes, and shows what came of it: [Ask] offers what to run, and says in whom it would run and
// what it would change; [Matrix] shows how it goes, with equal outputs folded.
package batch

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Options are whom something is to run in, and what the screens work with.
type Options struct {
	Cluster *kube.Cluster
	Pods    []kube.PodKey // in their order
	Nodes   []string      // that are meant themselves; then there are no pods

	Presets    func() []presets.Preset
	Registries func(context string) registry.Settings
	Registry   choice.Looker // nil: images are not looked at before they are used
	Usual      Usual
	Runner     *runner.Runner
	NewID      func() string // makes the ID of a batch
	Typed      *[]string     // commands that were typed since dayfly was started, the latest first
}

// Usual is what is usual in a context for what is made.
type Usual struct {
	Life          time.Duration // of debug containers; 0: until their programs end
	OwnPod        time.Duration // of pods of their own
	NodeNamespace string        // where pods on nodes are made; empty: the usual one
}

// Begin asks App to carry a batch out, which goes on when nobody looks at it, and to show it.
type Begin struct {
	Run   batchrun.Options
	About About
}

// About is what a person calls a batch.
type About struct {
	Where   string // "14 pods in shop"
	What    string // the command, or the preset with what was typed behind it
	How     string // "in a debug container of busybox:1.37"
	Skipped []Skip
	Resume  string                                              // the command that goes on with it after dayfly has ended; empty: there is none for all
	Again   func(pods []kube.PodKey, nodes []string) kit.Screen // asks anew, for some of those it was about
}

// Skip are those with whom nothing is done, for one reason.
type Skip struct {
	Why   string
	Names []string
}
