package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
)

// found is a Job of a tool.
type found struct {
	job  *batchv1.Job
	mark mark
}

// jobsOf are the Jobs of tools, each by the label selector that the API server finds them by: see the tools for where their marks come from.
func jobsOf() map[string]func(*batchv1.Job) (mark, bool) {
	all := map[string]func(*batchv1.Job) (mark, bool){
		leftovers.ManagedByLabel + "=" + leftovers.ManagedBy: func(job *batchv1.Job) (mark, bool) {
			m := dayflyMark(&job.ObjectMeta)
			m.kind = Job
			return m, true
		},
		"app=mirrord": func(job *batchv1.Job) (mark, bool) {
			return mark{kind: Job, tool: "mirrord", certain: true, because: "label app=mirrord, name " + mirrordAgent + "-*"}, strings.HasPrefix(job.Name, mirrordAgent+"-")
		},
	}
	for label, tool := range profilers() {
		all[label] = func(*batchv1.Job) (mark, bool) {
			return mark{kind: Job, tool: tool, certain: true, because: "label " + label}, true
		}
	}
	return all
}

// readJobs reads the Jobs of tools. Unread says why there may be more.
func readJobs(ctx context.Context, c *kube.Cluster, namespace string) (all []found, unread []string) {
	kinds := jobsOf()
	selectors := slices.Sorted(maps.Keys(kinds))
	lists, errs := make([]*batchv1.JobList, len(selectors)), make([]error, len(selectors))
	var listing sync.WaitGroup
	for i, selector := range selectors {
		listing.Go(func() { lists[i], errs[i] = listJobs(ctx, c, namespace, selector) })
	}
	listing.Wait()
	for i, selector := range selectors {
		if err := errs[i]; err != nil {
			if words := whyUnread(c, err); !slices.Contains(unread, words) {
				unread = append(unread, words)
			}
			continue
		}
		for n := range lists[i].Items {
			job := &lists[i].Items[n]
			if m, ok := kinds[selector](job); ok && !c.Guard().Hides(job.Namespace) {
				all = append(all, found{job, m})
			}
		}
	}
	return all, unread
}

func whyUnread(c *kube.Cluster, err error) string {
	if apierrors.IsForbidden(err) {
		return "Jobs: you may not list them"
	}
	return kube.Explain(c.Problem("Jobs", err)).Message
}

// listJobs reads the Jobs that a label selector finds.
func listJobs(ctx context.Context, c *kube.Cluster, namespace, selector string) (*batchv1.JobList, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	body, err := kube.BodyOf(c.Core().Get().AbsPath("/apis/batch/v1").NamespaceIfScoped(namespace, namespace != "").Resource("jobs").
		Param("labelSelector", selector).SetHeader("Accept", "application/json").Do(ctx))
	if err != nil {
		return nil, err
	}
	var list batchv1.JobList
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("read a list of Jobs: %w", err)
	}
	return &list, nil
}

// takeJobs sends Jobs. One that only ends a pod which was found is no row of its own: it goes with the pod.
func (s *search) takeJobs(jobs []found) {
	var items []Item
	now := s.cluster.Now()
	for _, f := range jobs {
		if !s.jobs[string(f.job.UID)] || !runsNothing(f.job) {
			items = append(items, jobItem(f.job, f.mark, now))
		}
	}
	if len(items) > 0 {
		Sort(items)
		s.send(Update{Items: items, Seen: s.seen, Pods: s.pods})
	}
}

// runsNothing reports whether a Job makes no pods, as [leftovers.Timer] does not.
func runsNothing(job *batchv1.Job) bool {
	return job.Spec.Parallelism != nil && *job.Spec.Parallelism == 0
}

// jobItem is a Job.
func jobItem(job *batchv1.Job, m mark, now time.Time) Item {
	i := m.item(&job.ObjectMeta)
	i.Target.Pod, i.Since = kube.Sanitize(job.Name), job.CreationTimestamp.Time
	spec := &job.Spec.Template.Spec
	if len(spec.Containers) > 0 {
		i.Image = kube.Brief(spec.Containers[0].Image)
	}
	ended := slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
		return c.Status == "True" && (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed)
	})
	switch {
	case ended:
		i.State = "ended"
	case runsNothing(job):
		i.State = "runs nothing"
	default:
		i.State, i.Running = "waiting", job.Status.Active > 0
		if i.Running {
			i.State = "running"
		}
		p := powersOf(spec, spec.Containers)
		i.Gives, i.Danger = p.gives, p.danger
	}
	i.endsJob(job, ended, now)
	return i
}

// endsJob says when a Job ends, or goes.
func (i *Item) endsJob(job *batchv1.Job, ended bool, now time.Time) {
	started := job.CreationTimestamp.Time
	if job.Status.StartTime != nil {
		started = job.Status.StartTime.Time
	}
	ttl := job.Spec.TTLSecondsAfterFinished
	switch deadline := job.Spec.ActiveDeadlineSeconds; {
	case ended && ttl != nil && job.Status.CompletionTime != nil:
		i.Until = job.Status.CompletionTime.Add(time.Duration(*ttl) * time.Second)
	case !ended && deadline != nil:
		i.Until = started.Add(time.Duration(*deadline) * time.Second)
		if ttl == nil {
			i.Ending = "its pods end then; the Job stays"
		}
	case ttl != nil:
		i.Ending = "it goes when its pod has ended"
	}
	if words := terminating(&job.ObjectMeta, now); words != "" {
		i.Ending, i.Terminating = words, true
	}
}
