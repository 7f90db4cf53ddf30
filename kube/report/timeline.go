package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
)

// moment is one line of the time line.
type moment struct {
	at   time.Time
	what string // "event", "container app", "dayfly"
	text string
}

// timeline is what has happened to the pod, the oldest first: by its events, its status and dayfly's journal.
func (r *Report) timeline() []moment {
	list := []moment{{r.Pod.Created, "pod", "created"}}
	for _, c := range detail.Conditions(r.Pod) {
		state := "is true"
		if !c.True {
			state = "is not true"
		}
		list = append(list, moment{c.Since, "condition " + c.Name, strings.TrimSuffix(state+": "+strings.Trim(c.Reason+" "+c.Message, " "), ": ")})
	}
	for i := range r.Pod.Containers {
		list = append(list, containerMoments(&r.Pod.Containers[i])...)
	}
	for _, e := range r.events {
		list = append(list, eventMoment(e))
	}
	for i := range r.logs {
		list = append(list, r.logs[i].moments()...)
	}
	for _, a := range r.actions {
		list = append(list, moment{a.Time, "dayfly", a.Text})
	}
	list = slices.DeleteFunc(list, func(m moment) bool { return m.at.IsZero() })
	for i := range list {
		list[i].text = r.text(markdownFile, list[i].text)
	}
	slices.SortStableFunc(list, func(a, b moment) int { return a.at.Compare(b.at) })
	return list
}

func containerMoments(c *kube.Container) []moment {
	var list []moment
	name := "container " + c.Name
	if c.Exit != nil {
		text := c.Exit.Short()
		if c.Exit.Message != "" {
			text += ": " + c.Exit.Message
		}
		list = append(list, moment{c.Exit.Started, name, "started"}, moment{c.Exit.Finished, name, "ended: " + text})
	}
	if c.Running {
		list = append(list, moment{c.Since, name, fmt.Sprintf("started (restarts: %d)", c.Restarts)})
	}
	return list
}

func eventMoment(e kube.PodEvent) moment {
	m := moment{e.Last, "event", e.Reason + ": " + e.Message}
	switch {
	case e.Reason == "Unhealthy": // that is how the kubelet tells of all three
		m.what = "probe"
	case e.Warns:
		m.what = "warning"
	}
	if e.Container != "" {
		m.what += " of " + e.Container
	}
	if e.Count > 1 {
		m.text += fmt.Sprintf(" (%d times since %s)", e.Count, when(e.First))
	}
	return m
}

// moments are those lines of a log that tell of trouble, the last ones.
func (l *containerLog) moments() []moment {
	const most = 10
	bad := regexp.MustCompile(`(?i)\b(error|err|fatal|panic|exception|traceback|critical|killed|refused|denied|unreachable|timeout|timed out|cannot|can't|unable|failed|failure|no route)\b`)
	var list []moment
	for i := len(l.lines) - 1; i >= 0 && len(list) < most; i-- {
		stamp, text, _ := strings.Cut(l.lines[i], " ")
		at, err := time.Parse(time.RFC3339, stamp)
		if err == nil && bad.MatchString(text) {
			list = append(list, moment{at, l.name(), kube.Brief(text)})
		}
	}
	slices.Reverse(list)
	return list
}
