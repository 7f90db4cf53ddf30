package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// leftover is what dayfly leftovers -o json prints of one: dayfly help leftovers says what the fields mean.
type leftover struct {
	Kind       string     `json:"kind"`
	Tool       string     `json:"tool,omitempty"`
	Certain    bool       `json:"certain"`
	Because    string     `json:"because"`
	Namespace  string     `json:"namespace"`
	Pod        string     `json:"pod,omitempty"`
	Container  string     `json:"container,omitempty"`
	Job        string     `json:"job,omitempty"`
	Node       string     `json:"node,omitempty"`
	UID        string     `json:"uid"`
	Of         string     `json:"of,omitempty"`
	By         string     `json:"by,omitempty"`
	Client     string     `json:"client,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Since      *time.Time `json:"since,omitempty"`
	Image      string     `json:"image,omitempty"`
	Gives      []string   `json:"gives"`
	Danger     string     `json:"danger"`
	State      string     `json:"state"`
	Running    bool       `json:"running"`
	Going      bool       `json:"terminating"`
	Until      *time.Time `json:"until,omitempty"`
	Ending     string     `json:"ending,omitempty"`
	Controlled string     `json:"controlled,omitempty"`
	Session    string     `json:"session,omitempty"`
}

func leftoverOf(i inventory.Item) leftover {
	l := leftover{
		Kind: i.Kind.String(), Tool: i.Tool, Certain: i.Certain, Because: i.Because, Namespace: i.Target.Namespace, Pod: i.Target.Pod, Container: i.Target.Container,
		Node: i.Target.Node, UID: i.UID, Of: i.Of, By: i.By, Client: i.Client, Reason: i.Reason, Since: known(i.Since), Image: i.Image, Gives: i.Gives,
		Danger: i.Danger.String(), State: i.State, Running: i.Running, Going: i.Terminating, Until: known(i.Until), Ending: i.Ending, Controlled: i.Controlled, Session: i.Session,
	}
	if i.Kind == inventory.Job {
		l.Job, l.Pod = l.Pod, ""
	}
	if l.Gives == nil {
		l.Gives = []string{}
	}
	return l
}

// print prints a list that is sorted. Whole: nothing is missing.
func (o *leftoversOptions) print(stdout, stderr io.Writer, found []inventory.Item, cluster *kube.Cluster, whole bool) error {
	if o.output == "json" {
		all := []leftover{}
		for _, i := range found {
			all = append(all, leftoverOf(i))
		}
		return writeJSON(stdout, all)
	}
	if len(found) > 0 {
		return o.table(stdout, found, cluster.Now())
	}
	if whole {
		_, err := fmt.Fprintf(stderr, "No leftovers of debugging %s.\n", o.place(cluster))
		return err
	}
	return nil
}

// place is where was looked, in words.
func (o *leftoversOptions) place(cluster *kube.Cluster) string {
	if o.what.all {
		return "in any namespace"
	}
	return "in namespace " + kube.Sanitize(cluster.Namespace)
}

// table prints a line for each leftover.
func (o *leftoversOptions) table(out io.Writer, found []inventory.Item, now time.Time) error {
	const gap = 3 // as kubectl's
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	heads := []string{"DANGER", "KIND", "NAME", "TOOL", "STATE", "AGE", "BY", "ENDS"}
	if o.what.all {
		heads = append([]string{"NAMESPACE"}, heads...)
	}
	if o.output == "wide" {
		heads = append(heads, "NODE", "OF", "IMAGE", "GIVES", "BECAUSE")
	}
	_, _ = fmt.Fprintln(table, strings.Join(heads, "\t"))
	for _, i := range found {
		cells := []string{i.Danger.String(), i.Kind.String(), i.Target.String(), toolInWords(i), i.State, kit.Age(now, i.Since), maker(i), endsIn(i, now)}
		if o.what.all {
			cells = append([]string{i.Target.Namespace}, cells...)
		}
		if o.output == "wide" {
			cells = append(cells, i.Target.Node, i.Of, shortImage(i.Image), strings.Join(i.Gives, ", "), i.Because)
		}
		for n := range cells {
			cells[n] = cmp.Or(cells[n], "-")
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

// maker is the person, or in parentheses the program that the API server has noted.
func maker(i inventory.Item) string {
	if i.By == "" && i.Client != "" {
		return "(" + i.Client + ")"
	}
	return i.By
}

// toolInWords is the tool, and whether it is only likely.
func toolInWords(i inventory.Item) string {
	switch {
	case i.Tool == "":
		return "unknown"
	case !i.Certain:
		return i.Tool + "?"
	}
	return i.Tool
}

// endsIn is when something ends by itself; empty: it does not.
func endsIn(i inventory.Item, now time.Time) string {
	if i.Until.IsZero() {
		return ""
	}
	if left := i.Until.Sub(now); left > 0 {
		return "in " + kit.Span(left)
	}
	return "now"
}
