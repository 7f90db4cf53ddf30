// Package podreport writes reports on pods for the command dayfly report, over kube/report.
package podreport

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/report"
	evidence "github.com/dayfly-k8s/dayfly/tui/report"
)

// Request says what is reported, and where to.
type Request struct {
	Pod        kube.PodKey
	Out        string // a zip, a folder, or - for report.md on stdout; empty: a zip here
	Secrets    bool   // they stay in it
	Without    []string
	Recordings bool
	State      string // the folder of dayfly's state; empty: there is none, for NoState
	NoState    error
}

// CheckParts says which of the parts to leave out there is not.
func CheckParts(names []string) error {
	for _, name := range names {
		if !slices.Contains(report.Parts(), report.Part(name)) {
			return fmt.Errorf("--without: there is no part %q: write %s", name, kube.List(PartNames()))
		}
	}
	return nil
}

// PartNames are what can be left out.
func PartNames() []string {
	var names []string
	for _, p := range report.Parts() {
		names = append(names, string(p))
	}
	return names
}

// Write gathers a report and writes it; what may be missing is told on stderr.
func Write(ctx context.Context, c *kube.Cluster, q Request, stdout, stderr io.Writer) error {
	r, err := report.Gather(ctx, c, q.options(c, stderr))
	if err != nil {
		return err
	}
	if q.Out == "-" {
		_, err := io.WriteString(stdout, r.Markdown())
		return err
	}
	place := cmp.Or(q.Out, r.Name()+".zip")
	if err := r.Write(place); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, place)
	return err
}

// options are what is to be in the report. A journal that cannot be read is told, and the report is made without it.
func (q *Request) options(c *kube.Cluster, stderr io.Writer) report.Options {
	o := report.Options{Pod: q.Pod, Secrets: q.Secrets}
	for _, name := range q.Without {
		o.Without = append(o.Without, report.Part(name))
	}
	known := evidence.ReadEvidence(q.State, c.Context, q.Pod)
	if err := cmp.Or(q.NoState, known.Unread); err != nil {
		_, _ = fmt.Fprintln(stderr, "dayfly: what you did to the pod may be missing: "+kube.Explain(err).Message)
	}
	o.Actions = known.Actions
	if q.Recordings {
		for _, one := range known.Recordings {
			o.Recordings = append(o.Recordings, evidence.Recording(one))
		}
	}
	return o
}
