package report

import (
	"os"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	kubereport "github.com/dayfly-k8s/dayfly/kube/report"
	"github.com/dayfly-k8s/dayfly/tui/journal"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// Evidence is what dayfly itself has of a pod, in the folder of its state.
type Evidence struct {
	Actions    []kubereport.Action
	Recordings []recording.Entry // of sessions in it, and in copies of it, the newest last
	Unread     error             // why something may be missing; nil: nothing is
}

// ReadEvidence reads what was done to a pod, and which of its sessions were recorded.
func ReadEvidence(state, context string, pod kube.PodKey) Evidence {
	var e Evidence
	if state == "" {
		return e
	}
	entries, err := journal.Read(state, journal.Filter{Context: context, Namespace: pod.Namespace})
	e.Unread = err
	pods := []string{pod.Name}
	for i := range entries {
		one := &entries[i]
		if one.Pod != pod.Name && one.CopyOf != pod.Name {
			continue
		}
		e.Actions = append(e.Actions, kubereport.Action{Time: one.Time, Text: one.Sentence()})
		if one.CopyOf == pod.Name && !slices.Contains(pods, one.Pod) {
			pods = append(pods, one.Pod)
		}
	}
	all, err := recording.List(state)
	if err != nil && e.Unread == nil {
		e.Unread = err
	}
	for i := range all {
		if all[i].Mistake == "" && slices.ContainsFunc(pods, func(name string) bool { return isOf(all[i].Title, context, pod.Namespace, name) }) {
			e.Recordings = append(e.Recordings, all[i])
		}
	}
	return e
}

// isOf reports whether the title of a recording is of a session in a pod: "NAMESPACE/POD · CONTAINER · CONTEXT".
func isOf(title, context, namespace, pod string) bool {
	return strings.HasPrefix(title, kube.Sanitize(namespace+"/"+pod)+" · ") && strings.HasSuffix(title, " · "+kube.Sanitize(context))
}

// textMost bounds how much of the text of a recording is in a report, in bytes.
const textMost = 8 << 20

// Recording is a recording as reports have it.
func Recording(e recording.Entry) kubereport.Recording {
	return kubereport.Recording{Name: e.Name, Text: func() (string, error) {
		in, err := os.Open(e.File)
		if err != nil {
			return "", err
		}
		defer func() { _ = in.Close() }()
		var text limited
		if err := recording.Transcript(in, &text); err != nil {
			return "", err
		}
		return text.String(), nil
	}}
}

// limited keeps what is written to it up to a bound.
type limited struct {
	strings.Builder
	cut bool
}

func (l *limited) Write(p []byte) (int, error) {
	switch {
	case l.cut:
	case l.Len()+len(p) > textMost:
		l.cut = true
		_, _ = l.WriteString("\n… the rest is left out\n")
	default:
		return l.Builder.Write(p)
	}
	return len(p), nil
}
