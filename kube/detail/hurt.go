package detail

import (
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// Hurt is the container of a pod whose log says most about what is wrong.
type Hurt struct {
	Container string
	Previous  bool // its instance before the last restart
	Silent    bool // it has never run: there is no log to read
}

// Hurts chooses the container that hurts; false: none does.
func Hurts(p *kube.Pod, now time.Time) (Hurt, bool) {
	worst, level := Hurt{}, 0
	for i := range p.Containers {
		c := &p.Containers[i]
		if l := pain(c, now); l > level {
			worst, level = hurt(c, now), l
		}
	}
	return worst, level > 0
}

// Focus is the container that a person most likely wants to look at: the pod's default one, but where that has not started, the one that keeps
// it from that.
func Focus(p *kube.Pod, now time.Time) string {
	c, _ := p.Container(p.Default)
	if _, waits := waits(&c); !waits || c.Exit != nil {
		return p.Default
	}
	if hurt, ok := Hurts(p, now); ok {
		return hurt.Container
	}
	return p.Default
}

// pain is how much a container hurts, in steps that have no other meaning than their order: 0 is not at all.
func pain(c *kube.Container, now time.Time) int {
	reason, waits := waits(c)
	switch {
	case c.Kind == kube.DebugContainer, c.Ended() && c.Exit.Code == 0:
		return 0
	case c.Ended(), waits && reason == "CrashLoopBackOff":
		return 6
	case waits && slices.Contains(kube.TerminalWaitReasons(), reason):
		return 5
	case waits && failed(c):
		return 4 // about to be restarted
	case waits:
		return 0
	case freshly(c, now):
		return 4
	case c.Kind == kube.InitContainer:
		return 3
	case !c.Ready:
		return 2
	case failed(c) && now.Sub(c.Exit.Finished) < lists.RecentExit:
		return 1
	}
	return 0
}

func hurt(c *kube.Container, now time.Time) Hurt {
	_, waits := waits(c)
	return Hurt{
		Container: c.Name,
		Previous:  waits && c.Exit != nil || freshly(c, now) || c.Running && c.Ready,
		Silent:    waits && c.Exit == nil || c.Exit != nil && kube.NeverStarted(c.Exit.Reason) && !c.Running,
	}
}

// freshly tells a container that runs again after it has failed, for so short a while that it is not its own log that says why.
func freshly(c *kube.Container, now time.Time) bool {
	const short = 30 * time.Second
	return c.Running && failed(c) && now.Sub(c.Since) < short
}

// failed reports whether the instance before the present one, or the one that has ended, ended badly.
func failed(c *kube.Container) bool { return c.Exit != nil && c.Exit.Code != 0 }

// waits tells what a container waits for, in the kubelet's one word.
func waits(c *kube.Container) (reason string, ok bool) {
	if !strings.HasPrefix(c.State, "waiting") {
		return "", false
	}
	return strings.TrimPrefix(strings.TrimPrefix(c.State, "waiting"), ": "), true
}
