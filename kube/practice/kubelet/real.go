package kubelet

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// local is a container whose program is a process of this machine.
type local struct {
	process *process.Process
}

func (l *local) stop() { _ = l.process.Signal(syscall.SIGTERM) } // it has ended when there is nothing to signal
func (l *local) kill() { l.process.Kill() }

// process is the process of this machine that is the container's first, or stands for it; nil: there is none.
func (c *container) process() *process.Process {
	switch run := c.run.(type) {
	case *local:
		return run.process
	case *simulated:
		if run.standIn != nil {
			return run.standIn.process
		}
	}
	return nil
}

// real starts a process of this machine as the container's program.
func (c *container) real(argv []string) {
	p, in, err := c.start(argv)
	if err != nil {
		var missing *exec.Error
		if errors.As(err, &missing) {
			c.unstartable(missing.Error())
		} else {
			c.unstartable(err.Error())
		}
		return
	}
	c.started(&local{p})
	in.entered(c, p.PID())
	go func() {
		<-p.Done()
		code, _ := p.Exit()
		c.pod.k.outside(func() {
			if l, ok := c.run.(*local); ok && l.process == p {
				c.ended(code, exitReason(code))
			}
		})
	}()
}

// start starts a process, and tells in which room ps is to show it.
func (c *container) start(argv []string) (p *process.Process, in *room, err error) {
	k := c.pod.k
	if k.host == nil {
		return nil, nil, process.ErrUnsupported
	}
	spec, in, err := c.surroundings(c.outside, c.spec.TTY)
	if err != nil {
		return nil, nil, err
	}
	log := c.log
	spec.Argv, spec.Argv0 = shell(argv)
	spec.TTY, spec.Stdin, spec.StdinOnce = c.spec.TTY, c.spec.Stdin, c.spec.StdinOnce
	spec.Log = func(_ string, chunk []byte) { log.add(k.clock.Now(), chunk) }
	if (c.kind == debugKind || c.outside != nil || c.pod.hostPID()) && c.spec.TTY && isShell(spec.Argv) {
		if spec, err = in.welcome(c, spec); err != nil {
			return nil, nil, err
		}
	}
	if p, err = k.host.Start(spec); err != nil {
		return nil, nil, fmt.Errorf("start container %s: %w", c.spec.Name, err)
	}
	return p, in, nil
}
