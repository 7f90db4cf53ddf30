// Package capture captures packets of pods: [Ask] offers what to capture, and says from whom and what that changes; [Live] shows what comes, and where it is kept.
package capture

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/capturerun"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// Options are from whom packets are to be captured, and what the screens work with.
type Options struct {
	Cluster *kube.Cluster
	Pods    []kube.PodKey // in their order

	Presets       func() []presets.Preset
	Registries    func(context string) registry.Settings
	Registry      choice.Looker // nil: images are not looked at before they are used
	NodeNamespace string        // where pods on nodes are made; empty: the usual one
	Runner        *runner.Runner
	NewName       func() string // makes a name for debug containers
	Typed         *[]string     // filters that were typed since dayfly was started, the latest first
}

// Begin asks App to begin a capture, and to show it.
type Begin struct {
	Run   capturerun.Options
	Where string // "shop › 2 pods"
	About string // for the name of the file
}

// times are how long a capture may take.
func times() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 10 * time.Second, 30 * time.Second}
}
