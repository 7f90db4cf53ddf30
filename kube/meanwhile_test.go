package kube

import (
	"strings"
	"testing"
	"time"
)

// The end of a tool is told apart from that of the workload beside it.
func TestMeanwhile(t *testing.T) {
	oom, fault := &Exit{Code: 137, Reason: "OOMKilled"}, &Exit{Code: 3, Reason: "Error"}
	app := Container{Name: "app", Kind: AppContainer, Running: true, Restarts: 2, Exit: fault}
	side := Container{Name: "side", Kind: Sidecar, Running: true}
	tool := Container{Name: "debugger-1", Kind: DebugContainer, Running: true}
	with := func(c Container, change func(*Container)) Container {
		change(&c)
		return c
	}
	restarted := with(app, func(c *Container) { c.Restarts, c.Exit = 3, oom })
	for name, test := range map[string]struct {
		before, after []Container
		exit          *Exit
		want          string
	}{
		"nothing":                      {[]Container{app, side, tool}, []Container{app, side, tool}, &Exit{}, ""},
		"the tool":                     {[]Container{app, side}, []Container{app, side, tool}, oom, "it was the debugger"},
		"the tool, nobody knows":       {nil, []Container{restarted, tool}, oom, ""},
		"the workload":                 {[]Container{app, side}, []Container{restarted, side}, &Exit{}, "app was killed for memory meanwhile: that was the workload"},
		"both":                         {[]Container{app, side}, []Container{restarted, side}, oom, "the debugger and app were killed for memory"},
		"the target, and the tool too": {[]Container{app}, []Container{restarted}, &Exit{Code: 137, Reason: "Error"}, "app was killed for memory meanwhile"},
		"all": {[]Container{app, side, tool}, []Container{restarted, with(side, func(c *Container) { c.Restarts, c.Exit = 1, oom }), tool}, oom,
			"the debugger and app and side were killed"},
		"another fault": {[]Container{app}, []Container{with(app, func(c *Container) { c.Restarts, c.Exit = 4, fault })}, &Exit{}, "app was restarted 2 times: exit 3 Error meanwhile"},
		"it has ended":  {[]Container{app}, []Container{with(app, func(c *Container) { c.Running, c.Exit = false, oom })}, &Exit{}, "app was killed for memory meanwhile"},
		"of before":     {[]Container{with(app, func(c *Container) { c.Running = false })}, []Container{app}, &Exit{}, ""},
		"other tools":   {[]Container{app, tool}, []Container{app, with(tool, func(c *Container) { c.Running, c.Exit = false, oom })}, &Exit{}, ""},
		"a new one":     {[]Container{app}, []Container{app, with(side, func(c *Container) { c.Restarts = 1 })}, &Exit{}, ""},
		"no exit code":  {[]Container{app}, []Container{restarted}, nil, "app was killed for memory meanwhile"},
		"replaced":      {[]Container{restarted}, []Container{app}, &Exit{}, ""},
	} {
		got := strings.Join(test.exit.Blame(Meanwhile(test.before, test.after), test.before != nil), "; ")
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
		if got := strings.Join(Shell(test.starts), " "); got != test.want {
			t.Errorf("%q: %q, want %q", test.starts, got, test.want)
		}
	}
	for _, ends := range []time.Duration{0, time.Hour} {
		plan, err := NewPlan(newPod(runningPod()), Request{Name: "debugger-1", Image: "busybox", Private: true, EndsAfter: ends})
		if err != nil {
			t.Fatal(err)
		}
		if starts := plan.deed.adds().Command; !Holds(starts) {
			t.Errorf("%q is not known", starts)
		}
	}
	if Holds([]string{"sh", "-c", "sleep 3600"}) {
		t.Error("any sleep is taken for ours")
	}
}
