package batchreport

import (
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/fold"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
)

// Member is what programs are told of one pod or node. What is not known is left out, but for the exit code.
type Member struct {
	Context   string     `json:"context,omitempty"` // of the kubeconfig
	Namespace string     `json:"namespace,omitempty"`
	Pod       string     `json:"pod,omitempty"`
	Node      string     `json:"node,omitempty"`      // on which it is, or which is meant itself
	NodePod   string     `json:"nodePod,omitempty"`   // in which the command ran on a node: NAMESPACE/NAME
	Container string     `json:"container,omitempty"` // in which it ran
	Skipped   string     `json:"skipped,omitempty"`   // why nothing was done
	ExitCode  *int       `json:"exitCode"`            // null: the command has not ended, or nobody knows
	Outcome   string     `json:"outcome,omitempty"`   // in words
	Error     string     `json:"error,omitempty"`     // why there is no exit code
	Added     bool       `json:"added,omitempty"`     // a debug container, or a pod, was created
	RunsOn    bool       `json:"runsOn,omitempty"`    // the command may, without dayfly
	Stays     string     `json:"stays,omitempty"`     // what could not be deleted
	Started   *time.Time `json:"started,omitempty"`
	Seconds   float64    `json:"seconds,omitempty"`
	BytesOut  int64      `json:"bytesOut,omitempty"`
	Cut       bool       `json:"outputCut,omitempty"`     // not all of the output is in here
	Missing   bool       `json:"outputMissing,omitempty"` // some of it may have been lost
	Output    *string    `json:"output,omitempty"`        // if it is text
	Binary    []byte     `json:"outputBase64,omitempty"`  // if it is not
}

// Skipped is the member of an item with which nothing is done.
func Skipped(context string, i batch.Item) Member {
	m := about(context, i)
	m.Skipped = i.Skip
	return m
}

func about(context string, i batch.Item) Member {
	m := Member{Context: context, Namespace: i.Namespace, Node: i.OnNode, Container: i.Target.Container}
	switch {
	case i.Node != "":
		m.Node = i.Node
		if i.Target.Pod != "" {
			m.NodePod = i.Target.Namespace + "/" + i.Target.Pod
		}
	case i.Pod != nil:
		m.Pod = i.Pod.Name
	default:
		m.Pod = i.Missing
	}
	return m
}

// MemberOf is the member of a result.
func MemberOf(context string, r batchrun.Result) Member {
	m := about(context, r.Item)
	m.Outcome, m.Added, m.RunsOn, m.Stays, m.BytesOut, m.Cut, m.Missing = r.Outcome(), r.Added, r.RunsOn, r.Stays, r.Bytes, r.Cut, r.Missing != ""
	if r.Exit != nil {
		m.ExitCode = &r.Exit.Code
	} else if r.Problem != nil {
		m.Error = r.Problem.Message
	}
	if !r.Began.IsZero() {
		at := r.Began.UTC()
		m.Started, m.Seconds = &at, r.Ended.Sub(r.Began).Round(time.Millisecond).Seconds()
	}
	switch {
	case r.NotBegun:
	case fold.IsText(r.Output, r.Cut):
		text := string(r.Output)
		for range utf8.UTFMax - 1 { // a character that is cut off
			if last, size := utf8.DecodeLastRuneInString(text); last != utf8.RuneError || size != 1 {
				break
			}
			text = text[:len(text)-1]
		}
		m.Output = &text
	default:
		m.Binary = r.Output
	}
	return m
}

// Group is what programs are told of equal results.
type Group struct {
	Outcome string   `json:"outcome"`
	Members []string `json:"members"`        // NAMESPACE/POD, or node/NAME
	Diff    string   `json:"diff,omitempty"` // against the first group
}

// Whole is what -o json prints.
type Whole struct {
	Batch   string   `json:"batch,omitempty"` // its ID, for --resume
	Command []string `json:"command"`
	Changed int      `json:"changed"` // pods that were changed for good
	Members []Member `json:"members"`
	Groups  []Group  `json:"groups"`
}

// WholeOf is the report of all.
func WholeOf(id, context string, command []string, skipped []batch.Item, results []batchrun.Result, folded fold.Folded) Whole {
	w := Whole{Batch: id, Command: command, Members: []Member{}, Groups: []Group{}}
	for _, r := range results {
		w.Members = append(w.Members, MemberOf(context, r))
		if r.Added && !r.Item.Plan.Request.Way.OwnPod() {
			w.Changed++
		}
	}
	for _, i := range skipped {
		w.Members = append(w.Members, Skipped(context, i))
	}
	for i, g := range folded.Groups {
		w.Groups = append(w.Groups, Group{Outcome: g.Outcome, Members: g.Names(), Diff: folded.Diff(i)})
	}
	return w
}

// WriteLine prints a value on one line.
func WriteLine(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// WriteRest prints a line for each that has not ended, since nothing was done.
func WriteRest(out io.Writer, context string, skipped []batch.Item, results []batchrun.Result) error {
	var rest []Member
	for _, r := range results {
		if r.NotBegun {
			rest = append(rest, MemberOf(context, r))
		}
	}
	for _, i := range skipped {
		rest = append(rest, Skipped(context, i))
	}
	for _, m := range rest {
		if err := WriteLine(out, m); err != nil {
			return err
		}
	}
	return nil
}
