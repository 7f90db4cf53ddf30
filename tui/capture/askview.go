package capture

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// View draws what is to be captured, and from whom.
func (s *Ask) View(width, height int) string {
	st := &s.Styles
	out := []string{"", "  " + st.Title.Render(kit.Fit("Capture packets of "+kit.Count(len(s.with.Pods), "pod"), max(width-4, 0)))}
	out = append(out, "  "+st.Muted.Render(kit.Fit("into one file for Wireshark, and on this screen as they come", max(width-4, 0))), "")
	out = append(out, s.settings(width)...)
	out = append(out, "")
	body := s.body(width)
	s.lines, s.page = len(body), max(height-len(out), 1)
	s.top = max(min(s.top, s.lines-s.page), 0)
	out = append(out, body[s.top:min(s.top+s.page, len(body))]...)
	return kit.Box(strings.Join(out, "\n"), width, height)
}

// settings are what can be chosen, with the keys that do.
func (s *Ask) settings(width int) []string {
	st, k := &s.Styles, s.keys
	var out []string
	add := func(key, name, value string) {
		const nameWidth = 12
		out = append(out, "  "+st.Accent.Render(kit.Fit(key, 3))+st.Text.Render(kit.Fit(name, nameWidth))+st.Text.Render(kit.Fit(value, max(width-nameWidth-7, 0))))
	}
	filter := "none: all packets"
	if s.what.Filter != "" {
		filter = kube.Brief(s.what.Filter)
	}
	add(k.Expression.Help().Key, "filter", filter)
	add(k.Time.Help().Key, "for", fmt.Sprintf("%s, or until the file has %s, or you stop it", long(s.what.For), size(s.what.MaxSize)))
	add(k.Interface.Help().Key, "interface", s.what.Interface)
	add(k.Way.Help().Key, "way", map[bool]string{false: "a debug container in each pod, ended afterwards", true: "from the node of each pod; nothing is added to it"}[s.fromNode])
	return out
}

// body says from whom it captures and what that changes, who is left out, and what a person should know before.
func (s *Ask) body(width int) []string {
	st := &s.Styles
	switch {
	case s.problem != nil:
		return kit.Lines(kit.ProblemText(st, s.Advised(s, s.problem), width))
	case s.batch == nil:
		words := "Asking the cluster"
		if s.Now().Sub(s.begun) >= time.Second {
			words += " for " + kit.Age(s.Now(), s.begun)
		}
		return []string{"  " + st.Muted.Render(words+"…")}
	}
	var out []string
	add := func(lead string, style kit.Style, text string, how kit.Style) {
		for i, line := range kit.Lines(kit.WrapStyled(text, max(width-6, 1), how)) {
			if i > 0 {
				lead = ""
			}
			out = append(out, "  "+style.Render(kit.Fit(lead, 2))+line)
		}
	}
	if runs := s.batch.Runs(); len(runs) == 0 {
		add("✗", st.Bad, "Nothing can be captured: all pods are skipped.", st.Title)
	} else {
		add("▸", st.Accent, "Captures from "+kit.Count(len(runs), "pod")+".", st.Title)
		s.changes(add)
	}
	for _, g := range s.batch.Notes() {
		add("!", st.Warn, g.Words+": "+kube.List(g.Names), st.Text)
	}
	for _, g := range s.batch.Reasons() {
		add("○", st.Muted, "skipped, "+g.Words+": "+kube.List(g.Names), st.Muted)
	}
	return out
}

// changes say what is added, and which commands do the same.
func (s *Ask) changes(add func(lead string, style kit.Style, text string, how kit.Style)) {
	st := &s.Styles
	joined, command := 0, ""
	for _, i := range s.batch.Runs() {
		if i.Joins {
			joined++
		}
		if i.Plan != nil && command == "" {
			command, _, _ = strings.Cut(i.Plan.Command, " && ")
		}
	}
	switch changed, created := s.batch.Changed(), s.batch.Created(); {
	case created > 0:
		add("!", st.Warn, fmt.Sprintf("No pod is changed. %s created on the nodes, with root there, and deleted afterwards.", are(created)), st.Text)
	case changed > 0:
		add("!", st.Warn, fmt.Sprintf("%s changed for good: a debug container stays in the list of its pod until the pod is deleted. It ends after the capture.", are(changed)), st.Text)
	}
	if joined > 0 {
		add("·", st.Muted, fmt.Sprintf("A debug container that is there and has tcpdump is used in %s.", kit.Count(joined, "pod")), st.Text)
	}
	if len(s.batch.Runs()) == 1 && command != "" {
		add("$", st.Muted, command, st.Muted)
	}
}

func are(pods int) string {
	if pods == 1 {
		return "1 pod is"
	}
	return fmt.Sprintf("%d pods are", pods)
}

// long is a time for reading.
func long(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return kit.Count(int(d/time.Hour), "hour")
	case d%time.Minute == 0:
		return kit.Count(int(d/time.Minute), "minute")
	}
	return fmt.Sprintf("%d seconds", int(d.Seconds()))
}

// size is a number of bytes for people.
func size(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB"} {
		if value /= step; value < step {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}
