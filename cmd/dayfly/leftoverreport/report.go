// Package leftoverreport prints what dayfly leftovers has found, and what it has taken away: for people, and for programs.
package leftoverreport

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Leftover is what dayfly leftovers -o json prints of one: dayfly help leftovers says what the fields mean.
type Leftover struct {
	Kind       string    `json:"kind"`
	Tool       string    `json:"tool,omitempty"`
	Certain    bool      `json:"certain"`
	Because    string    `json:"because"`
	Namespace  string    `json:"namespace"`
	Pod        string    `json:"pod,omitempty"`
	Container  string    `json:"container,omitempty"`
	Job        string    `json:"job,omitempty"`
	Node       string    `json:"node,omitempty"`
	UID        string    `json:"uid"`
	Of         string    `json:"of,omitempty"`
	By         string    `json:"by,omitempty"`
	Client     string    `json:"client,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	Image      string    `json:"image,omitempty"`
	Gives      []string  `json:"gives"`
	Danger     string    `json:"danger"`
	State      string    `json:"state"`
	Running    bool      `json:"running"`
	Going      bool      `json:"terminating"`
	Until      time.Time `json:"until,omitzero"`
	Ending     string    `json:"ending,omitempty"`
	Controlled string    `json:"controlled,omitempty"`
	Session    string    `json:"session,omitempty"`
}

// Of is a leftover for programs.
func Of(i inventory.Item) Leftover {
	l := Leftover{
		Kind: i.Kind.String(), Tool: i.Tool, Certain: i.Certain, Because: i.Because, Namespace: i.Target.Namespace, Pod: i.Target.Pod, Container: i.Target.Container,
		Node: i.Target.Node, UID: i.UID, Of: i.Of, By: i.By, Client: i.Client, Reason: i.Reason, Since: i.Since.UTC(), Image: i.Image, Gives: i.Gives,
		Danger: i.Danger.String(), State: i.State, Running: i.Running, Going: i.Terminating, Until: i.Until.UTC(), Ending: i.Ending, Controlled: i.Controlled, Session: i.Session,
	}
	if i.Kind == inventory.Job {
		l.Job, l.Pod = l.Pod, ""
	}
	if l.Gives == nil {
		l.Gives = []string{}
	}
	return l
}

// Table is how leftovers are printed for people.
type Table struct {
	Namespaces bool // of each its namespace
	Wide       bool // with more columns
	Now        time.Time
}

// Print prints a line for each leftover.
func (t Table) Print(out io.Writer, found []inventory.Item) error {
	const gap = 3 // as kubectl's
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	heads := []string{"DANGER", "KIND", "NAME", "TOOL", "STATE", "AGE", "BY", "ENDS"}
	if t.Namespaces {
		heads = append([]string{"NAMESPACE"}, heads...)
	}
	if t.Wide {
		heads = append(heads, "NODE", "OF", "IMAGE", "GIVES", "BECAUSE")
	}
	_, _ = fmt.Fprintln(table, strings.Join(heads, "\t"))
	for _, i := range found {
		cells := []string{i.Danger.String(), i.Kind.String(), i.Target.String(), toolInWords(i), i.State, kit.Age(t.Now, i.Since), maker(i), endsIn(i, t.Now)}
		if t.Namespaces {
			cells = append([]string{i.Target.Namespace}, cells...)
		}
		if t.Wide {
			cells = append(cells, i.Target.Node, i.Of, i.Image, strings.Join(i.Gives, ", "), i.Because)
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

// Cleaned is what dayfly leftovers --delete -o json prints of a leftover.
type Cleaned struct {
	Leftover
	Does    string `json:"does,omitempty"`    // what is done about it
	Command string `json:"command,omitempty"` // of kubectl, that does the same
	Kept    string `json:"kept,omitempty"`    // why nothing is done
	Result  string `json:"result,omitempty"`  // "deleted", "ended", "was gone already", "is being deleted: …"; absent without --yes
	Error   string `json:"error,omitempty"`
}

// Line is what has become of a leftover, for people.
func (c *Cleaned) Line() string {
	what := strings.TrimSpace(c.Kind + " " + c.Namespace + "/" + c.Pod + c.Job)
	if c.Container != "" {
		what += "/" + c.Container
	}
	if c.Tool != "" {
		what += " (" + c.Tool + ")"
	}
	switch {
	case c.Error != "":
		return what + ": failed: " + c.Error
	case c.Result != "":
		return what + ": " + c.Result
	case c.Kept != "":
		return what + ": stays: " + c.Kept
	}
	return what + ": would " + c.Does
}
