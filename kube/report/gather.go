package report

import (
	"context"

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
