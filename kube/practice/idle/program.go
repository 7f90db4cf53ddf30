package idle

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// notExecutable is a shell's exit code for a program that is there and cannot be executed.
const notExecutable = 126

// killed is the exit code of a program that the kernel has killed.
const killed = 137

// played are the names of the programs that the scene has for a container: what its image starts, and what its pod does.
func (c *Copy) played(p Place) []string {
	if len(p.Image.Programs) == 0 && p.Runs {
		return nil // they are programs of this machine
	}
	var names []string
	if len(p.Image.Entrypoint) > 0 {
		names = append(names, p.Image.Entrypoint[0])
	}
	if name := c.original(); name != "" {
		names = append(names, name)
	}
	return names
}

// play is a script that does what the scene says of a program of an image, whatever its arguments. Arguments that the scene does not know
// start the program of this machine that has the name, as they do in a container.
func play(name string, p Place) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ncase %s\" $*\" in\n", fill("program", p), quote(name))
	programs := p.Image.Programs
	if !p.Runs {
		programs = []scene.Program{{Log: []scene.Line{{Text: "exec " + name + ": exec format error"}}, Exit: &scene.Exit{Code: notExecutable}}}
	}
	for _, program := range programs {
		fmt.Fprintf(&b, "*%s*)\n", quote(program.When))
		for _, line := range steps(program) {
			b.WriteString("\t" + line + "\n")
		}
		b.WriteString("\t;;\n")
	}
	fmt.Fprintf(&b, "*) exec %s \"$@\" ;;\nesac", quote(name))
	return b.String()
}

// steps are what a program does, as commands of its script.
func steps(p scene.Program) []string {
	var all []string
	if p.Term != nil {
		all = append(all, fmt.Sprintf("at_signal %d %s", *p.Term, quote(p.Farewell)))
	}
	if p.Exit == nil {
		all = append(all, "serve "+quote(answer(p)))
	}
	var now time.Duration
	until := func(at time.Duration) {
		if at > now {
			all = append(all, "pause "+strconv.FormatFloat((at-now).Seconds(), 'f', -1, 64))
			now = at
		}
	}
	for _, line := range p.Log {
		until(line.At.Duration)
		all = append(all, "line "+quote(line.Text))
	}
	if p.Exit != nil {
		until(p.Exit.After.Duration)
		if p.Exit.OOM {
			all = append(all, "count_oom_kill")
			return append(all, fmt.Sprint("exit ", killed))
		}
		return append(all, fmt.Sprint("exit ", p.Exit.Code))
	}
	return append(append(all, "while :; do"), append(round(p.Repeat), "done")...)
}

// round is what a program repeats until it is ended.
func round(r *scene.Repeat) []string {
	if r == nil {
		return []string{"pause 60"}
	}
	var all []string
	for _, line := range r.Lines {
		all = append(all, "pause "+strconv.FormatFloat(r.Every.Seconds(), 'f', -1, 64), "line "+quote(line))
	}
	return all
}

// answer is the status line that a program answers requests of probes with. The scene has it at the end of what the kubelet says of them.
func answer(p scene.Program) string {
	code := http.StatusOK
	if p.Unready != "" {
		code = http.StatusServiceUnavailable
		if n, err := strconv.Atoi(p.Unready[strings.LastIndexByte(p.Unready, ' ')+1:]); err == nil {
			code = n
		}
	}
	return fmt.Sprintf("HTTP/1.1 %d %s", code, http.StatusText(code))
}
