package kubelet

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

const (
	exitOOM  = 137
	leaving  = 100 * time.Millisecond // what a program takes that ends on SIGTERM
	exitKill = 137
)

// launch starts the program of a container: as the catalogue says where it does, otherwise really.
func (c *container) launch(image scene.Image) {
	argv := image.Argv(c.spec.Command, c.spec.Args)
	if c.outside = nil; c.idle(image) || c.goesOutside(argv) {
		return
	}
	if !image.Runs(c.pod.node.architecture) {
		c.simulate(scene.Program{
			Log:  []scene.Line{{Text: "exec " + argv[0] + ": exec format error"}},
			Exit: &scene.Exit{Code: 255},
		})
		return
	}
	if program, ok := image.Program(argv); ok {
		if len(argv) > 0 && !image.Has(argv[0]) {
			c.unstartable("error during container init: " + missing(argv[0]))
			return
		}
		c.simulate(program)
		return
	}
	c.real(argv)
}

// missing is what runc says of a program that is not in the image.
func missing(program string) string {
	if strings.Contains(program, "/") {
		return fmt.Sprintf("exec: %q: stat %s: no such file or directory", program, program)
	}
	return fmt.Sprintf("exec: %q: executable file not found in $PATH", program)
}

// simulated is a program that is played on the clock.
type simulated struct {
	c        *container
	program  scene.Program
	leave    func() // calls off its own end
	standIn  *standIn
	finished bool
}

func (c *container) simulate(program scene.Program) {
	s := &simulated{c: c, program: program, leave: func() {}}
	c.log.play(newSource(program, c.pod.k.clock.Now()))
	c.started(s)
	if exit := program.Exit; exit != nil {
		code, reason := exit.Code, exitReason(exit.Code)
		if exit.OOM {
			code, reason = exitOOM, "OOMKilled"
		}
		s.leave = c.pod.k.after(exit.After.Duration, func() { s.end(code, reason) })
	}
	if c.pod.room != nil {
		c.pod.room.stand(s)
	}
}

func (s *simulated) stop() {
	if s.program.Term == nil {
		return
	}
	s.leave()
	s.c.pod.k.after(leaving, func() {
		if s.program.Farewell != "" && !s.finished {
			s.c.log.add(s.c.pod.k.clock.Now(), []byte(s.program.Farewell+"\n"))
		}
		s.end(*s.program.Term, exitReason(*s.program.Term))
	})
}

func (s *simulated) kill() { s.end(exitKill, exitReason(exitKill)) }

// end may come from several sides: by itself, by a signal, and when somebody kills the process that stands for it.
func (s *simulated) end(code int, reason string) {
	if s.finished {
		return
	}
	s.finished = true
	s.leave()
	if s.standIn != nil {
		s.standIn.kill()
	}
	s.c.ended(code, reason)
}
