package kubelet

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// local is a container whose program is a process of this machine.
type local struct {
	process *process.Process
}

func (l *local) stop() { _ = l.process.Signal(syscall.SIGTERM) } // it has ended when there is nothing to signal
func (l *local) kill() { l.process.Kill() }

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
	env := room.env(c, c.spec.TTY)
	log := c.log
	argv, name := shell(argv)
	spec := process.Spec{
		Argv: argv, Argv0: name, Env: env, Dir: room.work(), TTY: c.spec.TTY, Stdin: c.spec.Stdin, StdinOnce: c.spec.StdinOnce,
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

// shell finds this machine's program for a shell that an image has, and the name under which to run it. Images have shells
// that a bare machine has not; and their sh, busybox's as a rule, edits lines and draws its prompt anew for a client that
// attaches late, which dash cannot, but bash under the name of sh can.
func shell(argv []string) (program []string, name string) {
	switch base := filepath.Base(argv[0]); {
	case !slices.Contains(shells(), base) || base != "sh" && base != "bash" && installed(base):
		return argv, ""
	case installed("bash") && base == "sh":
		return append([]string{"bash"}, argv[1:]...), argv[0]
	case installed("bash"): // without the settings of this machine, which would show its name in the prompt
		return append([]string{"bash", "--norc"}, argv[1:]...), argv[0]
	}
	return append([]string{"sh"}, argv[1:]...), argv[0]
}

func shells() []string { return []string{"sh", "bash", "ash", "dash", "zsh"} }

// isShell tells whether a person is going to type.
func isShell(argv []string) bool {
	return slices.Contains(shells(), filepath.Base(argv[0])) && !slices.Contains(argv, "-c")
}

// around is the container that a debug container looks at: its target, else the pod's first.
func (c *container) around() *container {
	if target := c.pod.find(c.target); target != nil {
		return target
	}
	return c.pod.apps[0]
}

// literals is the environment that a container's spec gives in plain words.
func literals(env []corev1.EnvVar) (all []string) {
	for _, e := range env {
		if e.ValueFrom == nil && e.Name != "PATH" && e.Name != "HOME" {
			all = append(all, e.Name+"="+e.Value)
		}
	}
	return all
}
