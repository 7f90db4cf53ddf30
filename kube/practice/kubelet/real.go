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
	p, err := c.start(argv)
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
	c.pod.room.entered(c, p.PID())
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

func (c *container) start(argv []string) (*process.Process, error) {
	k := c.pod.k
	if k.host == nil {
		return nil, process.ErrUnsupported
	}
	room, err := c.pod.enter()
	if err != nil {
		return nil, err
	}
	log := c.log
	argv, name := shell(argv)
	spec := process.Spec{
		Argv: argv, Argv0: name, Env: room.env(c, c.spec.TTY), Dir: room.begin(c), TTY: c.spec.TTY, Stdin: c.spec.Stdin, StdinOnce: c.spec.StdinOnce,
		Log: func(_ string, chunk []byte) { log.add(k.clock.Now(), chunk) },
	}
	if c.kind == debugKind && c.spec.TTY && isShell(argv) {
		if spec, err = room.welcome(c, spec); err != nil {
			return nil, err
		}
	}
	p, err := k.host.Start(spec)
	if err != nil {
		return nil, fmt.Errorf("start container %s: %w", c.spec.Name, err)
	}
	return p, nil
}
