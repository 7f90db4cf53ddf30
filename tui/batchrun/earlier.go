package batchrun

import (
	"errors"
	"fmt"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/journal"
)

// Earlier is what the journal has of a batch that was run before. Make one with [ReadEarlier].
type Earlier struct {
	id      string
	entries map[string][]journal.Entry // by whom they are about, in their order
}

// ReadEarlier reads what the journal in a folder has of the batch with an ID. The error is a [*kube.Problem]; of an ID that it does not have, its hint
// names those that it has.
func ReadEarlier(folder, context, id string) (*Earlier, error) {
	entries, err := journal.Read(folder, journal.Filter{Context: context})
	if err != nil && !errors.As(err, new(*journal.BrokenError)) { // the lines that can be read do
		return nil, err
	}
	e := &Earlier{id: id, entries: map[string][]journal.Entry{}}
	for _, entry := range entries {
		if entry.Batch == id && id != "" && entry.Action != journal.Refused {
			key := entry.Whom()
			e.entries[key] = append(e.entries[key], entry)
		}
	}
	if len(e.entries) == 0 {
		return nil, &kube.Problem{Message: fmt.Sprintf("the journal has no batch %q%s", kube.Sanitize(id), of(context)), Hint: latest(journal.Batches(entries))}
	}
	return e, nil
}

func of(context string) string {
	if context == "" {
		return ""
	}
	return " of context " + context
}

// latest names the latest batches.
func latest(list []journal.Batch) string {
	const most = 5
	if len(list) == 0 {
		return "it has none at all"
	}
	words := "the latest are"
	for _, b := range list[:min(most, len(list))] {
		words += fmt.Sprintf("\n  %s  %s, %d of %d succeeded", b.ID, b.Began.Local().Format("2006-01-02 15:04:05"), b.Succeeded, b.Members)
	}
	return words
}

// Of is what is known of a subject.
func (e *Earlier) Of(s batch.Subject) batch.Earlier {
	known := batch.Earlier{Batch: e.id}
	last := map[string]string{} // what has become of each debug container
	for _, entry := range e.entries[s.Name()] {
		switch {
		case entry.UID != "" && (s.Pod == nil || entry.UID != string(s.Pod.Object().UID)): // a pod of that name that is no more
			continue
		case entry.Action == journal.Ended && entry.Exit != nil && *entry.Exit == 0:
			known.Succeeded = true
		}
		last[entry.Container] = entry.Action
	}
	if known.Succeeded || s.Pod == nil {
		return known
	}
	known.Target = e.unfinished(s.Pod, last)
	return known
}

// unfinished is the newest debug container of the batch in a pod of which the journal has no end. One that has failed to start, and waits still, is none:
// nothing has run in it.
func (e *Earlier) unfinished(pod *kube.Pod, last map[string]string) kube.Target {
	var found kube.Target
	for _, c := range pod.Containers {
		action, known := last[c.Name]
		switch {
		case c.Kind != kube.DebugContainer, !known && !batch.Made(e.id, c.Name), action == journal.Ended:
		case action == journal.Failed && !c.Running && !c.Ended():
		default:
			found = kube.Target{Namespace: pod.Namespace, Pod: pod.Name, Container: c.Name}
		}
	}
	return found
}
