package document

import (
	"fmt"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Harm orders events: what says nothing of how a thing is comes last, however new it is.
func Harm(e *kube.PodEvent) int {
	if e.Harmless {
		return 1
	}
	return 0
}

// ReasonWidth is the width of the column of reasons.
func ReasonWidth(events []kube.PodEvent, width int) int {
	widest := 0
	for i := range events {
		widest = max(widest, kit.Width(reasonOf(&events[i])))
	}
	return min(widest, max(width/3, 12))
}

// reasonOf is the reason, and how often.
func reasonOf(e *kube.PodEvent) string {
	if e.Count > 1 {
		return fmt.Sprintf("%s ×%d", e.Reason, e.Count)
	}
	return e.Reason
}

// How many lines of an event's message are shown: in short, and where there is room for all that is sensible.
const (
	EventShort = 2
	EventWhole = 6
)

// EventLines is one event: a warning has so many lines for its message, all else has the rest of its first.
func EventLines(st *kit.Styles, e *kube.PodEvent, said string, now time.Time, width, reasons, most int) []string {
	const when, broad = 6, 60 // "2m53s"
	style := st.Text
	if e.Warns && !e.Harmless {
		style = st.Warn
	}
	reason := reasonOf(e)
	bare := st.Muted.Render(kit.Fit(kit.Age(now, e.Last), when)) + style.Render(reason)
	if pad := reasons - kit.Width(reason); pad > 0 {
		reason += strings.Repeat(" ", pad)
	}
	head := st.Muted.Render(kit.Fit(kit.Age(now, e.Last), when)) + style.Render(reason)
	room := width - when - kit.Width(reason) - 2
	message := e.Message
	if e.Reason == "BackOff" && most < EventWhole {
		message, _, _ = strings.Cut(message, " in pod ") // which one is known
	}
	if message == "" || strings.Contains(strings.ToLower(said), strings.ToLower(message)) {
		return []string{bare}
	}
	if (!e.Warns || e.Harmless) && most < EventWhole {
		if room < 8 {
			return []string{bare}
		}
		return []string{head + "  " + st.Muted.Render(strings.TrimRight(kit.Fit(message, room), " "))}
	}
	if width >= broad && room > width/2 {
		return kit.Lines(head + "  " + kit.Hang(kit.Clip(message, room, most, st.Muted), width-room))
	}
	return append([]string{bare}, kit.Lines(kit.Indent(kit.Clip(message, width-when, most, st.Muted), when))...)
}
