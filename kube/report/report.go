// Package report gathers what is to be known of one pod, for a ticket: report.md in words, the objects around it, its logs, and in what it differs from
// a replica that is well. Gather reads, Report.Markdown and Report.Files are what was read, and Write puts it into a zip or a folder.
// Secrets are taken out unless it is asked otherwise.
package report

import (
	"context"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/redact"
	"github.com/dayfly-k8s/dayfly/kube/siblings"
)

// Options says what to report.
type Options struct {
	Pod     kube.PodKey
	Secrets bool     // they stay in it
	Actions []Action // what dayfly did to the pod
}

// Action is one thing that dayfly did.
type Action struct {
	Time time.Time
	Text string
}

// Report is what was read of a pod. Its texts are cleaned, and without secrets unless they were asked for.
type Report struct {
	Pod     *kube.Pod // as it was read, with everything
	Read    time.Time
	Context string

	why      string
	events   []kube.PodEvent
	siblings siblings.Set
	actions  []Action
	logs     []containerLog
	markdown string
	files    []File
	unread   []string // what could not be read, in sentences
	redactor *redact.Redactor
}

// File is one file of a report.
type File struct {
	Name string // with slashes
	Data []byte
}

// Gather reads everything; it only reads. The error is that the pod itself cannot be read: what else may not be read is said in the report.
func Gather(ctx context.Context, c *kube.Cluster, o Options) (*Report, error) {
	pod, err := c.Pod(ctx, o.Pod.Namespace, o.Pod.Name)
	if err != nil {
		return nil, err
	}
	r := &Report{Pod: pod, Read: c.Now(), Context: kube.Sanitize(c.Context), actions: o.Actions}
	if !o.Secrets {
		r.redactor = redact.New()
	}
	r.object("pod.yaml", pod.Object(), "v1", "Pod") // first: what its env holds is looked for in the rest
	g := gatherer{r: r, c: c}
	g.owners(ctx)
	g.node(ctx)
	g.services(ctx)
	g.limits(ctx)
	if r.events, err = c.PodEvents(ctx, pod.Object()); err != nil {
		r.missing("The events", err)
	}
	r.siblings = siblings.Read(ctx, c, pod)
	g.logs(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.why = r.text(markdownFile, detail.Diagnose(pod, r.events, r.Read).Text)
	for i := range r.events {
		r.events[i].Message = r.text(markdownFile, r.events[i].Message)
	}
	r.markdown = r.inWords() // once: what is taken out is counted
	return r, nil
}

const markdownFile = "report.md"

// text is a text without its secrets.
func (r *Report) text(where, text string) string { return r.redactor.Text(where, text) }

// missing says that a part could not be read.
func (r *Report) missing(part string, err error) {
	r.unread = append(r.unread, part+" could not be read: "+r.text(markdownFile, kube.Explain(err).Message)+".")
}

// Files are all files of the report, report.md first.
func (r *Report) Files() []File {
	return append([]File{{Name: markdownFile, Data: []byte(r.markdown)}}, r.files...)
}

// Markdown is report.md: it can be pasted into a ticket.
func (r *Report) Markdown() string { return r.markdown }
