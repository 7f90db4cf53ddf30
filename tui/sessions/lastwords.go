package sessions

import (
	"fmt"
	"slices"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/runner"
)

// ExitLines is what a person should know who has left something: how to come back to each session, and of what was created for sessions whether it was
// kept and until when, and how to delete it. now is the time on the person's clock.
func ExitLines(now time.Time, left []*runner.Session) []string {
	var lines []string
	running := slices.DeleteFunc(slices.Clone(left), func(s *runner.Session) bool { return len(s.Look().Leftovers) > 0 })
	for _, c := range runner.Containers(running) {
		if len(lines) == 0 {
			lines = append(lines, "Left running; to go on:")
		}
		lines = append(lines, "  "+kube.Dayfly(c.Cluster.Context, c.Target.Namespace, "attach", c.Target.Pod, c.Target.Container))
	}
	var groups []lastWords
	for _, s := range left {
		on := s.Job().Cluster
		for _, l := range s.Look().Leftovers {
			groups = addLastWords(groups, headingOf(now, on, l), l, on.Context)
		}
	}
	for _, g := range groups {
		lines = append(append(lines, g.heading), g.lines...)
	}
	return lines
}

// lastWords are the commands that delete what has the same fate.
type lastWords struct {
	heading string
	lines   []string
}

// addLastWords adds a leftover's, once: several sessions may be in one copy.
func addLastWords(groups []lastWords, heading string, l leftovers.Leftover, context string) []lastWords {
	at := slices.IndexFunc(groups, func(g lastWords) bool { return g.heading == heading })
	if at < 0 {
		at, groups = len(groups), append(groups, lastWords{heading: heading})
	}
	if command := "  " + l.Command(context); !slices.Contains(groups[at].lines, command) {
		groups[at].lines = append(groups[at].lines, command)
		if l.Misdated != "" {
			groups[at].lines = append(groups[at].lines, "    "+l.Misdated)
		}
	}
	return groups
}

// headingOf says what becomes of a leftover, above the command that deletes it.
func headingOf(now time.Time, c *kube.Cluster, l leftovers.Leftover) string {
	until, over := "", false
	if l.Timed() && !l.Until.IsZero() {
		left := l.Until.Sub(c.Now()) // by the clock that it was made with
		until, over = clockWords(now, left), left <= 0
	}
	switch {
	case over:
		return "The cluster should have deleted it by now; to delete it if it has not:"
	case l.Kept && until != "":
		return "Kept until " + until + ", when the cluster deletes it; to delete it before:"
	case l.Kept:
		return "Kept for good; to delete:"
	case until != "":
		return "May still exist until " + until + ", when the cluster deletes it; to delete it before:"
	}
	return "May still exist; to delete:"
}

// clockWords is a time that is so far away, on a person's clock: "15:42 (in 43m)". It stays in the terminal, where a time to go alone means nothing later.
func clockWords(now time.Time, away time.Duration) string {
	layout, at := "15:04", now.Add(away)
	if at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		layout = "2 Jan 15:04"
	}
	return fmt.Sprintf("%s (in %s)", at.Format(layout), kit.Span(max(away, 0)))
}
