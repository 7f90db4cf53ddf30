package report

import (
	"context"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/redact"
	"github.com/dayfly-k8s/dayfly/kube/siblings"
)

// Gather reads everything; it only reads. The error is that the pod itself cannot be read: what else may not be read is said in the report.
func Gather(ctx context.Context, c *kube.Cluster, o Options) (*Report, error) {
	pod, err := c.Pod(ctx, o.Pod.Namespace, o.Pod.Name)
	if err != nil {
		return nil, err
	}
	r := &Report{Pod: pod, Read: c.Now(), Context: kube.Sanitize(c.Context)}
	if !o.Secrets {
		r.redactor = redact.New()
	}
	r.object("pod.yaml", pod.Object(), "v1", "Pod")
	g := gatherer{r: r, c: c}
	if err := o.run(ctx, g.steps(&o)); err != nil {
		return nil, err
	}
	r.writeObjects()
	r.why = r.text(markdownFile, detail.Diagnose(pod, r.events, r.Read).Text)
	for i := range r.events {
		r.events[i].Message = r.text(markdownFile, r.events[i].Message)
	}
	r.write() // once: what is taken out is counted
	return r, nil
}

// steps are all that is read beside the pod.
func (g *gatherer) steps(o *Options) []step {
	r := g.r
	return []step{
		{"", "the events", func(ctx context.Context) {
			var err error
			if r.events, err = g.c.PodEvents(ctx, r.Pod.Object()); err != nil {
				r.missing("The events", err)
			}
		}},
		{Around, "its owners", g.owners},
		{Around, "its node", g.node},
		{Around, "its Services", g.services},
		{Around, "quota", g.quota},
		{Replicas, "its replicas", func(ctx context.Context) {
			r.siblings = siblings.Read(ctx, g.c, r.Pod)
			if err := r.siblings.TeachSecrets(r.redactor); err != nil {
				r.missing("replica.diff", err)
				return
			}
			if r.siblings.Diff != "" {
				r.files = append(r.files, File{Name: "replica.diff", Data: []byte(r.text("replica.diff", r.siblings.Diff))})
			}
		}},
		{Logs, "its logs", g.logs},
		{Did, "the journal", func(context.Context) { r.actions = o.Actions }},
		{"", "recordings", func(context.Context) { r.recordings(o.Recordings) }},
	}
}

// recordings puts the texts of recorded sessions into the report.
func (r *Report) recordings(list []Recording) {
	for _, one := range list {
		name := "recordings/" + strings.TrimSuffix(one.Name, ".cast") + ".txt"
		text, err := one.Text()
		if err != nil {
			r.missing("Recording "+one.Name, err)
			continue
		}
		r.files = append(r.files, File{Name: name, Data: []byte(r.text(name, kube.SanitizeLines(text)))})
	}
}

// step is one part of what is read.
type step struct {
	part  Part   // empty: it is always read
	words string // what is read
	do    func(context.Context)
}

// run does the steps that were asked for, and tells of each before it.
func (o *Options) run(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if slices.Contains(o.Without, s.part) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(s.words)
		}
		s.do(ctx)
	}
	return ctx.Err()
}
