package leftovers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/write"
)

// TimedPod is a pod that is created for one session and ends by itself: behind a [Timer] where a Job may be created, else by a deadline of its own. It
// must not be changed once it is made.
type TimedPod struct {
	Pod     *corev1.Pod   // as it is created, but for what is known only then: its owner, and until when it is there
	What    string        // it is, for sentences: "a copy of web"
	Life    time.Duration // whole seconds; 0: as long as nobody deletes it
	Timer   *Timer        // nil: no Job ends it
	Session string        // what only this pod is marked with

	life string // in words
}

// PodOptions say how a [TimedPod] is marked, and ends.
type PodOptions struct {
	What      string            // it is, for sentences: "a copy of web"
	Marks     map[string]string // further annotations
	Session   string
	By        string        // who makes it; empty: nobody says
	Life      time.Duration // whole seconds; 0: as long as nobody deletes it
	LifeWords string
	Job       bool   // a Job may be created to end it
	Image     string // that the Job names: one that comes into the namespace anyway
}

// NewTimedPod marks a pod, and has it end. The pod is the TimedPod's then.
func NewTimedPod(pod *corev1.Pod, o PodOptions) *TimedPod {
	p := &TimedPod{Pod: pod, What: o.What, Life: o.Life, Session: o.Session, life: o.LifeWords}
	pod.Labels, pod.Annotations = filled(pod.Labels), filled(pod.Annotations)
	pod.Labels[ManagedByLabel], pod.Annotations[SessionAnnotation] = ManagedBy, o.Session
	maps.Copy(pod.Annotations, o.Marks)
	if o.By != "" {
		pod.Annotations[ByAnnotation] = o.By
	}
	switch {
	case o.Life <= 0:
	case o.Job:
		p.Timer = NewTimer(pod, o.Image, o.Life)
	default:
		pod.Spec.ActiveDeadlineSeconds = new(int64(o.Life / time.Second))
	}
	return p
}

func filled(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// Op names its creation in errors.
func (p *TimedPod) Op() string { return fmt.Sprintf("create pod %s, %s", p.Pod.Name, p.What) }

// Rights are those that it and a session behind it use, in the order of use.
func (p *TimedPod) Rights() []kube.Right {
	if p.Timer == nil {
		return kube.CopyRights()
	}
	return slices.Concat(kube.CopyRights(), kube.TimerRights())
}

// complete is the pod with what is known when it is created.
func (p *TimedPod) complete(owner *metav1.OwnerReference, until string) *corev1.Pod {
	pod := p.Pod.DeepCopy()
	if owner != nil {
		pod.OwnerReferences = []metav1.OwnerReference{*owner}
	}
	if p.Life > 0 {
		pod.Annotations[UntilAnnotation] = until
	}
	return pod
}

// Objects are the pod as it is sent, and before it its Job, as YAML; what is known only then is told in words.
func (p *TimedPod) Objects() (job, pod string) {
	until := p.life + " after its creation"
	if p.Timer == nil {
		return "", Manifest(p.complete(nil, until))
	}
	return Manifest(p.Timer.Job), Manifest(p.complete(p.Timer.Owner("the UID of that Job"), until))
}

// Manifest is an object as YAML, clean and without what only a server fills in.
func Manifest(object any) string {
	body, err := yaml.Marshal(object)
	if err != nil {
		return "" // what is made here can be written
	}
	lines := slices.DeleteFunc(strings.SplitAfter(string(body), "\n"), func(line string) bool { return line == "status: {}\n" })
	return kube.SanitizeLines(strings.Join(lines, ""))
}

// Leftover is what stays of it.
func (p *TimedPod) Leftover() Leftover {
	otherwise := ", unless dayfly is killed"
	switch {
	case p.Timer != nil:
		otherwise = ", and the cluster after " + p.life + " in any case"
	case p.Life > 0:
		otherwise = "; if it cannot, the pod ends after " + p.life + ", and its entry stays"
	}
	named := p.What
	if one, ok := strings.CutPrefix(named, "a "); ok {
		named = "the " + one
	}
	return Leftover{
		Target: kube.Target{Namespace: p.Pod.Namespace, Pod: p.Pod.Name}, Removable: true, Session: p.Session, Owned: p.Timer != nil,
		Words: fmt.Sprintf("pod %s, %s, runs until it is deleted", p.Pod.Name, named), Otherwise: otherwise,
		Asks: fmt.Sprintf("Delete pod %s, %s?", p.Pod.Name, named),
	}
}

// Because is the pod with a person's reason in its annotations.
func (p *TimedPod) Because(reason string) *TimedPod {
	other := *p
	other.Pod = p.Pod.DeepCopy()
	other.Pod.Annotations[ReasonAnnotation] = reason
	if p.Timer != nil {
		other.Timer = &Timer{Job: p.Timer.Job.DeepCopy()}
		other.Timer.Job.Annotations[ReasonAnnotation] = reason
	}
	return &other
}

// Key is equal for pods that a cluster judges equally: it leaves out the names, which are new each time.
func (p *TimedPod) Key() string {
	nameless := p.Pod.DeepCopy()
	nameless.Name, nameless.Annotations[SessionAnnotation] = "", ""
	for i := range nameless.Spec.Containers {
		if one := &nameless.Spec.Containers[i]; one.Name == p.Session {
			one.Name = ""
		}
	}
	text, err := json.Marshal(nameless)
	if err != nil {
		return p.Pod.Name // what is made here can be written
	}
	return fmt.Sprintf("%s for %s, with a Job: %v %s", p.What, p.Life, p.Timer != nil, text)
}

// Apply creates the Job, then the pod, which it returns.
func (p *TimedPod) Apply(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	var owner *metav1.OwnerReference
	if p.Timer != nil {
		var err error
		if owner, err = p.Timer.Apply(ctx, c); err != nil {
			return nil, err
		}
	}
	made, err := p.create(ctx, c, owner)
	if err != nil && owner != nil && !write.IsUnsure(err) {
		_ = p.Timer.Remove(context.WithoutCancel(ctx), c, owner) // or it ends by itself
	}
	return made, err
}

func (p *TimedPod) create(ctx context.Context, c *kube.Cluster, owner *metav1.OwnerReference) (*corev1.Pod, error) {
	body, err := p.body(c, owner)
	if err != nil {
		return nil, err
	}
	return write.Attempt[corev1.Pod]{
		Op: p.Op(), May: fmt.Sprintf("pod %s may have been created: look for it before you try again", p.Pod.Name),
		Find: func(ctx context.Context) (*corev1.Pod, error) {
			return FindPod(ctx, c, p.Pod.Namespace, p.Pod.Name, p.Session)
		},
		Send: func(ctx context.Context) (*corev1.Pod, error) { return p.send(ctx, c, p.request(c).Body(body)) },
	}.Create(ctx)
}

// DryRun lets the cluster judge the Job and the pod. It returns the pod as it would be.
func (p *TimedPod) DryRun(ctx context.Context, c *kube.Cluster) (*corev1.Pod, error) {
	var owner *metav1.OwnerReference
	if p.Timer != nil {
		if err := p.Timer.DryRun(ctx, c); err != nil {
			return nil, err
		}
		owner = p.Timer.Owner("00000000-0000-0000-0000-000000000000") // nobody looks whether it is there
	}
	body, err := p.body(c, owner)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, c, p.request(c).Param("dryRun", metav1.DryRunAll).Body(body))
}

func (p *TimedPod) body(c *kube.Cluster, owner *metav1.OwnerReference) ([]byte, error) {
	body, err := json.Marshal(p.complete(owner, c.Now().Add(p.Life).UTC().Format(time.RFC3339)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Op(), err)
	}
	return body, nil
}

func (p *TimedPod) request(c *kube.Cluster) *rest.Request {
	return c.Core().Post().Namespace(p.Pod.Namespace).Resource("pods").Param("fieldManager", "dayfly")
}

// send returns the pod as it has been created.
func (p *TimedPod) send(ctx context.Context, c *kube.Cluster, r *rest.Request) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var pod corev1.Pod
	if err := r.Do(ctx).Into(&pod); err != nil {
		return nil, write.NotCreated(ctx, c, p.Op(), "pod", kube.Target{Namespace: p.Pod.Namespace, Pod: p.Pod.Name, Container: p.Session}, kube.RightToCreate(), err)
	}
	return &pod, nil
}
