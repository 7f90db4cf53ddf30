package selectors

import (
	"context"
	"encoding/json"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Controller is what makes a pod, and may make another in its place.
type Controller struct {
	Kind, Name string
	UID        types.UID // empty: not known
	Foreign    bool      // it is of no kind of Kubernetes' own: what it does is not known
	Gone       bool      // it does not exist any more
	Read       bool      // what follows is known
	Of         string    // who makes it in turn: "Deployment web"; empty: nobody
	Wanted     int32     // pods; of a Job, at a time
	Ready      int32     // of its pods; of a Job, those that run
	Ignores    bool      // a Job that does not count pods that were disrupted as failed
	Selector   labels.Selector
	Template   map[string]string // the labels that it gives its pods
}

func (c *Controller) String() string { return kube.Sanitize(c.Kind + " " + c.Name) }

// Whole names who makes it, too: "ReplicaSet web-7d of Deployment web".
func (c *Controller) Whole() string {
	if c.Of == "" {
		return c.String()
	}
	return c.String() + " of " + kube.Sanitize(c.Of)
}

// ControllerOf is the controller of a pod, of which nothing but the name is known yet; nil: it has none.
func ControllerOf(pod *corev1.Pod) *Controller {
	ref := metav1.GetControllerOf(pod)
	if ref == nil {
		return nil
	}
	path := controllers()[ref.Kind]
	return &Controller{Kind: ref.Kind, Name: ref.Name, UID: ref.UID, Foreign: path == "" || groupOf(path) != groupOf(ref.APIVersion+"/")}
}

// groupOf is the API group in the path of a resource, or before the version: apps of /apis/apps/v1/replicasets and of apps/v1/. That of the core is empty.
func groupOf(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "/apis/"), "/api/")
	group, rest, _ := strings.Cut(path, "/")
	if version, _, more := strings.Cut(rest, "/"); !more || version == "" {
		return ""
	}
	return group
}

// Complete reads what else is known of a controller in a namespace. What cannot be read stays unknown. It only reads.
func (c *Controller) Complete(ctx context.Context, cluster *kube.Cluster, namespace string) {
	path := controllers()[c.Kind]
	if c.Foreign || path == "" {
		return
	}
	body, err := kube.BodyOf(cluster.Core().Get().MaxRetries(kube.NoRetries).AbsPath(append(namespaced(path, namespace), c.Name)...).
		SetHeader("Accept", "application/json").Do(ctx))
	if kube.IsNotFound(err) {
		c.Gone = true
		return
	}
	var o controllerObject
	if err != nil || json.Unmarshal(body, &o) != nil || o.Metadata.Name != c.Name {
		return
	}
	if c.UID != "" && o.Metadata.UID != c.UID { // another of its name
		c.Gone = true
		return
	}
	c.take(&o)
}

// controllerObject is what is read of a controller, whatever its kind.
type controllerObject struct {
	Metadata metav1.ObjectMeta
	Spec     struct {
		Selector              json.RawMessage
		Replicas, Parallelism *int32
		Template              struct {
			Metadata struct{ Labels map[string]string }
		}
		PodFailurePolicy *struct {
			Rules []struct {
				Action          string
				OnPodConditions []struct{ Type, Status string }
			}
		}
	}
	Status struct{ ReadyReplicas, DesiredNumberScheduled, NumberReady, Active int32 }
}

func (c *Controller) take(o *controllerObject) {
	c.Read, c.UID = true, o.Metadata.UID
	if owner := metav1.GetControllerOf(&o.Metadata); owner != nil {
		c.Of = kube.Sanitize(owner.Kind + " " + owner.Name)
	}
	c.Template = o.Spec.Template.Metadata.Labels
	c.Wanted, c.Ready = orOne(o.Spec.Replicas), o.Status.ReadyReplicas
	switch c.Kind {
	case "DaemonSet":
		c.Wanted, c.Ready = o.Status.DesiredNumberScheduled, o.Status.NumberReady
	case "Job":
		c.Wanted, c.Ready = orOne(o.Spec.Parallelism), o.Status.Active
	}
	if c.Kind == "ReplicationController" {
		c.Selector = set(o.Spec.Selector)
	} else {
		c.Selector = expression(o.Spec.Selector)
	}
	if policy := o.Spec.PodFailurePolicy; policy != nil {
		for _, rule := range policy.Rules {
			for _, on := range rule.OnPodConditions {
				c.Ignores = c.Ignores || rule.Action == "Ignore" && on.Type == string(corev1.DisruptionTarget) && on.Status != string(corev1.ConditionFalse)
			}
		}
	}
}

// orOne is what Kubernetes makes of a number that is left out.
func orOne(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}
