package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// What can happen to a session, or to a pod by itself, as [Entry.Action] says it.
const (
	Added    = "added"    // a debug container was put into a pod, which cannot be undone, or a pod was created with it
	Deleted  = "deleted"  // the pod in whose place a copy has come
	Started  = "started"  // it runs, or has run
	Attached = "attached" // to a container that was there before
	Detached = "detached" // it runs on
	Ended    = "ended"    // with the exit code, when the cluster has told one
	Removed  = "removed"  // what was created for it was deleted
	Extended = "extended" // the cluster deletes what was created for it later
	Kept     = "kept"     // the cluster never deletes what was created for it
	Failed   = "failed"   // it did not start
	Refused  = "refused"  // by a guard rail: nothing was sent

	Quarantined = "quarantined" // a pod was taken out of its Services
	Restored    = "restored"    // it has come back
	Evicted     = "evicted"     // a pod was evicted, to be made anew

	Downloaded = "downloaded" // files of a container were copied to this machine
	Uploaded   = "uploaded"   // files of a container were written
)

// Entry is one action: one line. What is not known is left out of it. What a program was given (command, environment) and what it
// printed has no place in it, because secrets are given and printed.
type Entry struct {
	Time      time.Time `json:"time"`   // kept to the millisecond, in UTC; zero when it is written means now
	Action    string    `json:"action"` // Started, Ended, …
	User      string    `json:"user,omitempty"`
	Context   string    `json:"context,omitempty"` // of the kubeconfig
	Namespace string    `json:"namespace,omitempty"`
	Pod       string    `json:"pod,omitempty"`
	UID       string    `json:"uid,omitempty"`       // of the pod
	CopyOf    string    `json:"copyOf,omitempty"`    // the pod that Pod is a copy of
	Joins     string    `json:"joins,omitempty"`     // the pod, NAMESPACE/NAME, that Pod joins from its node
	Node      string    `json:"node,omitempty"`      // that Pod is on, to debug it or what is there
	Container string    `json:"container,omitempty"` // the debug container, or the one attached to
	Image     string    `json:"image,omitempty"`     // as it was asked for
	ImageID   string    `json:"imageID,omitempty"`   // as the node has run it
	Profile   string    `json:"profile,omitempty"`
	Target    string    `json:"target,omitempty"` // the container looked at
	Preset    string    `json:"preset,omitempty"`
	Batch     string    `json:"batch,omitempty"`  // the ID of the batch that it is one of
	Reason    string    `json:"reason,omitempty"` // why a person did it, in their words
	// Why is the one word for an end or a failure (OOMKilled, ErrImagePull, Forbidden), or the rule that refused. It is not a
	// server's sentence: those may repeat what was sent.
	Why  string `json:"why,omitempty"`
	Exit *int   `json:"exit,omitempty"` // exit code
}

// About is an entry that names what a plan is about.
func About(p debug.Plan) Entry {
	e := Entry{
		Namespace: p.Debug.Namespace, Pod: p.Debug.Pod, UID: p.UID, Container: p.Debug.Container,
		Image: p.Image, Profile: string(p.Profile), Target: p.Target.Container,
	}
	e.Node = p.Target.Node
	switch {
	case p.Target.Pod == "" || p.Target.Pod == p.Debug.Pod:
	case p.Request.Way == debug.Join:
		e.Joins, e.UID = p.Target.Namespace+"/"+p.Target.Pod, "" // that is the other's
	default:
		e.CopyOf, e.UID = p.Target.Pod, ""
	}
	return e
}

// MarshalJSON writes the time as RFC 3339 in UTC, always with three digits of milliseconds, so that lines can be compared as text.
func (e Entry) MarshalJSON() ([]byte, error) {
	type plain Entry
	return encode(struct {
		Time string `json:"time"`
		plain
	}{e.Time.UTC().Format("2006-01-02T15:04:05.000Z07:00"), plain(e)})
}

// encode leaves <, > and & as they are: lines are read by people too.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return b.Bytes(), err
}

// lineLimit bounds a line with its end, in bytes. Appending that much is one write on every system.
const lineLimit = 8 << 10

// line is the entry as it is written, with its line end. Its longest texts are cut until it fits.
func (e Entry) line() ([]byte, error) {
	for limit := 1 << 10; ; limit /= 2 {
		line, err := encode(e.each(func(text string) string { return cut(kube.Sanitize(text), limit) }))
		if err != nil {
			return nil, fmt.Errorf("write an entry as JSON: %w", err)
		}
		if len(line) <= lineLimit {
			return line, nil
		}
	}
}

// each is the entry with its texts changed.
func (e Entry) each(change func(string) string) Entry {
	for _, text := range []*string{
		&e.Action, &e.User, &e.Context, &e.Namespace, &e.Pod, &e.UID, &e.CopyOf, &e.Joins, &e.Node, &e.Container, &e.Image, &e.ImageID,
		&e.Profile, &e.Target, &e.Preset, &e.Batch, &e.Reason, &e.Why,
	} {
		*text = change(*text)
	}
	return e
}

// cut is the beginning of a text, of at most limit bytes, with a mark of what is missing.
func cut(text string, limit int) string {
	const mark = "…"
	if len(text) <= limit {
		return text
	}
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.TrimRight(text[:end], " ") + mark
}
