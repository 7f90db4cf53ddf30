package kubelet

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/practice/process"
)

// standIn is an idle process that stands for a simulated program, so that a person in the pod sees it in ps, and can end
// it: that ends the container.
type standIn struct {
	process *process.Process
}

func (s *standIn) kill() { s.process.Kill() }

// stand puts a stand-in beside a simulated program. The scene goes on without one where none can be started.
func (r *room) stand(s *simulated) {
	c, k := s.c, r.pod.k
	if s.standIn != nil {
		return
	}
	image, _ := k.images.Find(c.ref)
	name := strings.Join(image.Argv(c.spec.Command, c.spec.Args), " ")
	// A shell that waits for input that never comes is the one idle program that takes any name and is everywhere.
	p, err := k.host.Start(process.Spec{
		Argv: []string{"/bin/sh"}, Argv0: name, Stdin: true, Env: []string{"PATH=" + machinePath}, Dir: r.root(c),
	})
	if err != nil {
		return
	}
	s.standIn = &standIn{p}
	r.entered(c, p.PID())
	go func() {
		<-p.Done()
		code, _ := p.Exit()
		k.outside(func() { s.end(code, exitReason(code)) })
	}()
}

// psScript is the ps of a pod: its processes only, with the machine's ps where there is one, otherwise from /proc.
const psScript = `#!/bin/sh
# Shows the processes of this pod: those that its containers began with, and their children.
PATH=` + machinePath + `
all() {
	if command -v ps >/dev/null; then
		ps -A -o pid= -o ppid= -o user= -o args=
		return
	fi
	for stat in /proc/[0-9]*/stat; do
		pid=${stat#/proc/}; pid=${pid%/stat}
		args=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
		ppid=$(sed 's/.*) [^ ]* \([0-9]*\).*/\1/' "$stat" 2>/dev/null) || continue
		echo "$pid $ppid - $args"
	done
}
all | awk -v self=$$ '
	BEGIN { while ((getline first < "PIDS") > 0) in_pod[first] = 1; printf "%7s %-8s %s\n", "PID", "USER", "COMMAND" }
	{ pid[NR] = $1; parent[$1] = $2; user[NR] = $3; $1 = $2 = $3 = ""; sub(/^ +/, ""); args[NR] = $0 }
	END {
		do {
			more = 0
			for (i = 1; i <= NR; i++) if (!(pid[i] in in_pod) && parent[pid[i]] in in_pod && pid[i] != self) {
				in_pod[pid[i]] = 1; more = 1
			}
		} while (more)
		for (i = 1; i <= NR; i++) if (pid[i] in in_pod) printf "%7d %-8s %s\n", pid[i], user[i], args[i]
	}'
`
