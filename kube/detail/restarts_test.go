package detail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/detail"
)

// The end of a tool is told apart from that of the workload beside it.
func TestMeanwhile(t *testing.T) {
	oom, fault := &kube.Exit{Code: 137, Reason: "OOMKilled"}, &kube.Exit{Code: 3, Reason: "Error"}
	app := kube.Container{Name: "app", Kind: kube.AppContainer, Running: true, Restarts: 2, Exit: fault}
	side := kube.Container{Name: "side", Kind: kube.Sidecar, Running: true}
	tool := kube.Container{Name: "debugger-1", Kind: kube.DebugContainer, Running: true}
	with := func(c kube.Container, change func(*kube.Container)) kube.Container {
		change(&c)
		return c
	}
	restarted := with(app, func(c *kube.Container) { c.Restarts, c.Exit = 3, oom })
	for name, test := range map[string]struct {
		before, after []kube.Container
		exit          *kube.Exit
		want          string
	}{
		"nothing":                      {[]kube.Container{app, side, tool}, []kube.Container{app, side, tool}, &kube.Exit{}, ""},
		"the tool":                     {[]kube.Container{app, side}, []kube.Container{app, side, tool}, oom, "only the debug container ran out of memory"},
		"the tool, nobody knows":       {nil, []kube.Container{restarted, tool}, oom, ""},
		"the workload":                 {[]kube.Container{app, side}, []kube.Container{restarted, side}, &kube.Exit{}, "app ran out of memory: the workload's own use"},
		"both":                         {[]kube.Container{app, side}, []kube.Container{restarted, side}, oom, "the debug container and app were killed (out of memory)"},
		"the target, and the tool too": {[]kube.Container{app}, []kube.Container{restarted}, &kube.Exit{Code: 137, Reason: "Error"}, "app ran out of memory"},
		"all": {[]kube.Container{app, side, tool}, []kube.Container{restarted, with(side, func(c *kube.Container) { c.Restarts, c.Exit = 1, oom }), tool}, oom,
			"the debug container and app and side were killed"},
		"another fault": {[]kube.Container{app}, []kube.Container{with(app, func(c *kube.Container) { c.Restarts, c.Exit = 4, fault })}, &kube.Exit{}, "app was restarted 2 times: exit 3 Error"},
		"it has ended":  {[]kube.Container{app}, []kube.Container{with(app, func(c *kube.Container) { c.Running, c.Exit = false, oom })}, &kube.Exit{}, "app ran out of memory"},
		"of before":     {[]kube.Container{with(app, func(c *kube.Container) { c.Running = false })}, []kube.Container{app}, &kube.Exit{}, ""},
		"other tools":   {[]kube.Container{app, tool}, []kube.Container{app, with(tool, func(c *kube.Container) { c.Running, c.Exit = false, oom })}, &kube.Exit{}, ""},
		"a new one":     {[]kube.Container{app}, []kube.Container{app, with(side, func(c *kube.Container) { c.Restarts = 1 })}, &kube.Exit{}, ""},
		"no exit code":  {[]kube.Container{app}, []kube.Container{restarted}, nil, "app ran out of memory"},
		"replaced":      {[]kube.Container{restarted}, []kube.Container{app}, &kube.Exit{}, ""},
	} {
		got := strings.Join(detail.Blame(test.exit, detail.Restarts(test.before, test.after), test.before != nil), "; ")
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Another shell is the container's own, where it has one; a container of private sessions is known by its command.
func TestShell(t *testing.T) {
	for _, test := range []struct {
		starts []string
		want   string
	}{
		{nil, "sh"}, {[]string{"bash", "-l"}, "bash"}, {[]string{"/bin/ash"}, "/bin/ash"}, {[]string{"tcpdump", "-i", "any"}, "sh"},
		{[]string{"sh", "-c", "echo bash"}, "sh"},
	} {
		if got := strings.Join(debug.Shell(test.starts), " "); got != test.want {
			t.Errorf("%q: %q, want %q", test.starts, got, test.want)
		}
	}
	for _, ends := range []time.Duration{0, time.Hour} {
		plan, err := debug.NewPlan(kube.NewPod(apitest.RunningPod()), debug.Request{Name: "debugger-1", Image: "busybox", Private: true, EndsAfter: ends})
		if err != nil {
			t.Fatal(err)
		}
		if starts := plan.Change.Container().Command; !debug.Holds(starts) {
			t.Errorf("%q is not known", starts)
		}
	}
	if debug.Holds([]string{"sh", "-c", "sleep 3600"}) {
		t.Error("any sleep is taken for ours")
	}
}
