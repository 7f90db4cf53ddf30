package crashloop

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
)

const (
	bannerWidth = 80
	logLines    = 6
	logWidth    = 76
)

// banner is what stands above the first prompt, at most 16 lines of 80 columns. The line USER is put in where the session runs.
func (c Container) banner(image string) string {
	lines := []string{
		"Idle copy of container " + c.Spec.Name + ": its program does not run until you start it.",
		"Image    " + kube.Sanitize(image),
		"USER",
	}
	switch command := c.shown(); {
	case len(command) > 0:
		lines = append(lines, "Command  "+kube.ShellLine(command))
	case c.Known:
		lines = append(lines, "Command  none, in the pod or in its image")
	default:
		lines = append(lines, "Command  not known: the image's entrypoint could not be read")
	}
	if c.LastExit != "" {
		lines = append(lines, "Ended    "+kube.Sanitize(c.LastExit))
	}
	if n := len(c.LastLog); n > 0 {
		lines = append(lines, "Its log ended with:")
		for _, line := range c.LastLog[max(n-logLines, 0):] {
			lines = append(lines, "    "+ansi.Truncate(kube.Sanitize(line), logWidth, "…"))
		}
	}
	lines = append(lines, "")
	for _, row := range c.commands() {
		lines = append(lines, fmt.Sprintf("%-27s %s", row[0], row[1]))
	}
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, bannerWidth, "…")
	}
	return strings.Join(lines, "\n")
}

// commands are those of a session, and what they do.
func (c Container) commands() [][2]string {
	first := [2]string{"run-original", "run that command here, as the kubelet would"}
	if len(c.shown()) == 0 {
		first = [2]string{"run-original -- PROGRAM", "run a program here, as the kubelet would"}
	}
	rows := [][2]string{first, {"run-original -e NAME=VALUE", "the same, with a variable set"}}
	if probes := probesOf(&c.Spec); len(probes) > 0 {
		return append(rows, [2]string{"probe " + probes[0].name, "try the " + strings.ToLower(probes[0].title) + " from inside the pod"})
	}
	return append(rows, [2]string{"run-original --help", "what else it can do"})
}
