package choice

import (
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/registry"
)

func TestUsed(t *testing.T) {
	own := registry.Settings{Nixery: "nixery.corp:5000", Mirrors: []registry.Rule{{From: "docker.io", To: "registry.corp/hub"}}}
	for _, c := range []struct {
		image, arch string
		settings    registry.Settings
		want        string
		rule        bool
	}{
		{"busybox:1.37", "amd64", registry.Settings{}, "busybox:1.37", false},
		{"busybox:1.37", "arm64", registry.Settings{}, "busybox:1.37", false},
		{"nixery.dev/shell/jq", "amd64", registry.Settings{}, "nixery.dev/shell/jq", false},
		{"nixery.dev/shell/jq", "arm64", registry.Settings{}, "nixery.dev/shell/arm64/jq", false},
		{"nixery.dev/shell/jq", "arm64", own, "nixery.corp:5000/shell/arm64/jq", true},
		{"nixery.corp:5000/shell/jq", "arm64", own, "nixery.corp:5000/shell/arm64/jq", false},
		{"busybox:1.37", "arm64", own, "registry.corp/hub/library/busybox:1.37", true},
		{"nixery.dev/shell/jq/shell", "arm64", registry.Settings{}, "nixery.dev/shell/jq/shell", false}, // no image of Nixery's grammar
	} {
		got, rule := Choice{Preset: presets.Preset{Image: c.image}}.used(c.arch, c.settings)
		if got.Image != c.want || (rule != nil) != c.rule {
			t.Errorf("%s on %s becomes %s by %v, want %s", c.image, c.arch, got.Image, rule, c.want)
		}
	}
	composed := Choice{Preset: presets.Preset{Image: "nixery.dev/shell/arm64/jq"}, Named: true}
	if got, _ := composed.used("amd64", registry.Settings{}); got.Image != "nixery.dev/shell/arm64/jq" {
		t.Errorf("what was composed becomes %s", got.Image)
	}
}

// What a person has chosen beside the preset is in the plan, and what could not be planned is told with the rule.
func TestPlan(t *testing.T) {
	pod := kube.NewPod(apitest.RunningPod())
	settings := registry.Settings{Mirrors: []registry.Rule{{From: "docker.io", To: "registry.corp/hub"}}}
	c := Choice{Preset: presets.Preset{Image: "busybox:1.37", Profile: "general"}, Name: "debugger-x2", Target: "app", Change: func(r debug.Request) debug.Request {
		r.Profile = kube.Netadmin
		return r
	}}
	plan, rule, err := c.Plan(pod, "amd64", settings)
	if err != nil || rule == nil || plan.Image != "registry.corp/hub/library/busybox:1.37" || plan.Profile != kube.Netadmin || plan.Target.Container != "app" || plan.Debug.Container != "debugger-x2" {
		t.Errorf("%v by %v, %v", plan.Debug, rule, err)
	}
	c.Name = "app" // which is taken
	if _, rule, err := c.Plan(pod, "amd64", settings); err == nil || rule == nil {
		t.Errorf("by %v, %v", rule, err)
	}
}
