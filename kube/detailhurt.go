package kube

import (
	"slices"
	"strings"
	"time"
)

// Hurt is the container of a pod whose log says most about what is wrong.
type Hurt struct {
	Container string
	Previous  bool // its instance before the last restart
	Silent    bool // it has never run: there is no log to read
}

// Hurts chooses the container that hurts; false: none does.
func (p *Pod) Hurts(now time.Time) (Hurt, bool) {
	worst, level := Hurt{}, 0
	for i := range p.Containers {
		c := &p.Containers[i]
		if l := c.pain(now); l > level {
			worst, level = c.hurt(now), l
		}
	}
	return worst, level > 0
}

// Focus is the container that a person most likely wants to look at: the pod's default one, but where that has not started, the one that keeps
// it from that.
func (p *Pod) Focus(now time.Time) string {
	c, _ := p.Container(p.Default)
	if _, waits := c.waits(); !waits || c.Exit != nil {
		return p.Default
	}
	if hurt, ok := p.Hurts(now); ok {
		return hurt.Container
	}
	return p.Default
}

// pain is how much a container hurts, in steps that have no other meaning than their order: 0 is not at all.
func (c *Container) pain(now time.Time) int {
	reason, waits := c.waits()
	switch {
	case c.Kind == DebugContainer, c.ended() && c.Exit.Code == 0:
		return 0
	case c.ended(), waits && reason == "CrashLoopBackOff":
		return 6
	case waits && slices.Contains(terminalWaitReasons(), reason):
		return 5
	case waits && c.failed():
		return 4 // about to be restarted
	case waits:
		return 0
	case c.freshly(now):
		return 4
	case c.Kind == InitContainer:
		return 3
	case !c.Ready:
		return 2
	case c.failed() && now.Sub(c.Exit.Finished) < recentExit:
		return 1
	}
	return 0
}

func (c *Container) hurt(now time.Time) Hurt {
	_, waits := c.waits()
	return Hurt{
		Container: c.Name,
		Previous:  waits && c.Exit != nil || c.freshly(now) || c.Running && c.Ready,
		Silent:    waits && c.Exit == nil || c.Exit != nil && neverStarted(c.Exit.Reason) && !c.Running,
	}
}

// freshly tells a container that runs again after it has failed, for so short a while that it is not its own log that says why.
func (c *Container) freshly(now time.Time) bool {
	const short = 30 * time.Second
	return c.Running && c.failed() && now.Sub(c.Since) < short
}

// failed tells that the instance before the present one, or the one that has ended, ended badly.
func (c *Container) failed() bool { return c.Exit != nil && c.Exit.Code != 0 }

// ended tells that it is over for this container: no other instance is waited for.
func (c *Container) ended() bool { return c.Exit != nil && strings.HasPrefix(c.State, "ended") }

// waits tells what a container waits for, in the kubelet's one word.
func (c *Container) waits() (reason string, ok bool) {
	if !strings.HasPrefix(c.State, "waiting") {
		return "", false
	}
	return strings.TrimPrefix(strings.TrimPrefix(c.State, "waiting"), ": "), true
}
