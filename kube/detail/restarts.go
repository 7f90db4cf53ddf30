package detail

import (
	"fmt"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ContainerRestart is what has happened to a container of the workload while a debug container was in its pod.
type ContainerRestart struct {
	Container string
	Restarts  int        // so many; 0: it has ended, and has not been started again
	Exit      *kube.Exit // the last of them; nil when the kubelet has not said
}

// Restarts compares a pod's containers of two moments, but for debug containers: which have ended, or were started again? before may be
// nil: then nothing is known, and nothing is returned. Containers that only were not running yet are left out.
func Restarts(before, after []kube.Container) []ContainerRestart {
	var list []ContainerRestart
	for _, now := range after {
		then, known := containerOf(before, now.Name)
		if !known || now.Kind == kube.DebugContainer {
			continue
		}
		restarts := now.Restarts - then.Restarts
		if restarts <= 0 && (!then.Running || now.Running) {
			continue
		}
		list = append(list, ContainerRestart{Container: now.Name, Restarts: max(restarts, 0), Exit: now.Exit})
	}
	return list
}

func containerOf(list []kube.Container, name string) (kube.Container, bool) {
	for _, c := range list {
		if c.Name == name {
			return c, true
		}
	}
	return kube.Container{}, false
}

// OutOfMemory reports whether the kernel has killed it for its memory.
func (m ContainerRestart) OutOfMemory() bool { return m.Exit.OutOfMemory() }

// Words are what has happened, in a few words without the container's name: "was restarted: exit 137 OOMKilled".
func (m ContainerRestart) Words() string {
	words := "has ended"
	switch {
	case m.Restarts == 1:
		words = "was restarted"
	case m.Restarts > 1:
		words = fmt.Sprintf("was restarted %d times", m.Restarts)
	}
	if m.Exit != nil {
		words += ": " + m.Exit.Short()
	}
	return words
}

// Blame says whose memory it was, when the kernel has killed a debug container or one of the containers beside it for that, and what else
// has happened there meanwhile; empty: nothing has. known: it was looked at what happened to the others.
func Blame(e *kube.Exit, meanwhile []ContainerRestart, known bool) []string {
	var killed, rest []string
	for _, m := range meanwhile {
		if m.OutOfMemory() {
			killed = append(killed, m.Container)
		} else {
			rest = append(rest, m.Container+" "+m.Words())
		}
	}
	tool := e.OutOfMemory()
	switch {
	case tool && len(killed) > 0:
		return append([]string{"the debug container and " + and(killed) + " were killed (out of memory): together they need more than the pod or its node has"}, rest...)
	case tool && known:
		return append([]string{"only the debug container ran out of memory: no container of the workload was killed"}, rest...)
	case len(killed) > 0:
		return append([]string{and(killed) + " ran out of memory: the workload's own use, not the debug container's"}, rest...)
	}
	return rest
}

func and(names []string) string {
	last := len(names) - 1
	text := names[0]
	for i, name := range names[1:] {
		if i+1 == last {
			text += " and " + name
		} else {
			text += ", " + name
		}
	}
	return text
}
