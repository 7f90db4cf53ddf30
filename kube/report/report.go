// Package report gathers what is to be known of one pod, for a ticket: report.md in words, the objects around it, its logs, and in what it differs from
// a replica that is well. Gather reads, Report.Markdown and Report.Files are what was read, and Write puts it into a zip or a folder.
// Secrets are taken out unless it is asked otherwise.
package report

import (
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/redact"
	"github.com/dayfly-k8s/dayfly/kube/siblings"
)

// Options says what to report.
type Options struct {
	Pod     kube.PodKey
	Secrets bool     // they stay in it
	Actions []Action // what dayfly did to the pod
	Without []Part   // that are left out
	// Recordings are put into it.
	Recordings []Recording
	// Progress is told of each step before it is begun; nil: nobody is. It is called by the goroutine that gathers.
	Progress func(step string)
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
	serving  []serving
	limits   []limit
	troubles []string // of its node
	actions  []Action
	logs     []containerLog
	markdown string
	head     string // of that
	objects  []object
	files    []File
	unread   []string // what could not be read, in sentences
	redactor *redact.Redactor
}

// File is one file of a report.
type File struct {
	Name string // with slashes
	Data []byte
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

// Head is what report.md begins with, for a comment: why, since when, the containers, the replicas, and the end of the log that says most.
func (r *Report) Head() string { return r.head }

// Taken are what was taken out, a line each; none is either nothing, or that secrets were left in (Options.Secrets).
func (r *Report) Taken() []string {
	var lines []string
	for _, t := range r.redactor.Taken() {
		lines = append(lines, kube.Sanitize(t.String()))
	}
	return lines
}

// Unread are sentences on what could not be read.
func (r *Report) Unread() []string { return r.unread }

// containerLog is what was read of one log.
type containerLog struct {
	container string
	previous  bool // of the instance before the last restart
	lines     []string
}

// name is how sentences name a log.
func (l *containerLog) name() string {
	if l.previous {
		return "log of " + l.container + " before its last restart"
	}
	return "log of " + l.container
}

func (l *containerLog) file() string {
	if l.previous {
		return "logs/" + l.container + ".previous.log"
	}
	return "logs/" + l.container + ".log"
}

// when is a time of the report: UTC, to the second.
func when(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
