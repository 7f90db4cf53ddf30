package kubelet

import (
	"context"
	"strings"
	"syscall"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// endsContainer recognises the script that dayfly runs in a container to end it. It looks through all processes that it can see and kills some
// of them: where these are the processes of the machine it is not run, however right it may be, and [Kubelet.playEnd] does its work.
func endsContainer(command []string) bool {
	return len(command) > 2 && command[0] == "sh" && command[1] == "-c" &&
		(len(command) == 4 && command[3] == "dayfly" || strings.Contains(command[2], "/ns/mnt"))
}

// betweenSignals is how long a program has for each signal.
const betweenSignals = 2 * time.Second

// playEnd ends a container as that script would.
func (k *Kubelet) playEnd(ctx context.Context, name streams.Container) error {
	p := k.process(name)
	if p == nil {
		return nil // it has ended meanwhile
	}
	for _, signal := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGKILL} {
		_ = p.Signal(signal) // it has ended when there is nothing to signal
		select {
		case <-p.Done():
			return nil
		case <-time.After(betweenSignals):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// process is the process that a container began with; nil: there is none.
func (k *Kubelet) process(name streams.Container) *process.Process {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, c := k.lookup(name); c != nil {
		return c.process()
	}
	return nil
}
