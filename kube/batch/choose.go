package batch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// Query is whom a batch is about. Selector and Workload narrow each other; Names and Pods stand for themselves.
type Query struct {
	Namespace string // of pods; empty: all
	Selector  string // of labels; empty: all
	Workload  lists.Workload
	Names     []string // of pods of the namespace, or of nodes; empty: those that the rest selects
	Pods      []kube.PodKey
	Nodes     bool // nodes are meant, not pods
}

// page is how many objects are read at a time.
const page = 500

// Choose reads the subjects of a query, by name. A name of which there is nothing is a subject too, with Missing. The error is a [*kube.Problem].
func Choose(ctx context.Context, c *kube.Cluster, q Query) ([]Subject, error) {
	if q.Workload.Kind != "" {
		selector, err := lists.SelectorOf(ctx, c, q.Namespace, q.Workload)
		if err != nil {
			return nil, err
		}
		q.Selector = strings.TrimSuffix(selector+","+q.Selector, ",")
	}
	var subjects []Subject
	var err error
	switch {
	case q.Nodes:
		subjects, err = chooseNodes(ctx, c, q)
	case len(q.Names) > 0:
		return named(ctx, c, q)
	case len(q.Pods) > 0:
		return keyed(ctx, c, q.Pods)
	default:
		subjects, err = choosePods(ctx, c, q)
	}
	slices.SortStableFunc(subjects, func(a, b Subject) int { return cmp.Compare(a.Name(), b.Name()) })
	return subjects, err
}

// named reads pods by their names, each once.
func named(ctx context.Context, c *kube.Cluster, q Query) ([]Subject, error) {
	var subjects []Subject
	for i, name := range q.Names {
		if slices.Contains(q.Names[:i], name) {
			continue
		}
		pod, err := c.Pod(ctx, q.Namespace, name)
		switch {
		case kube.IsNotFound(err):
			subjects = append(subjects, Subject{Namespace: q.Namespace, Missing: kube.Sanitize(q.Namespace + "/" + name)})
		case err != nil:
			return nil, err
		default:
			subjects = append(subjects, subjectOf(pod))
		}
	}
	return subjects, nil
}

// fewPods is how many pods of a namespace are read one by one; of more, all of the namespace are.
const fewPods = 20

// keyed reads pods of several namespaces, in their order.
func keyed(ctx context.Context, c *kube.Cluster, keys []kube.PodKey) ([]Subject, error) {
	names := map[string][]string{}
	for _, key := range keys {
		names[key.Namespace] = append(names[key.Namespace], key.Name)
	}
	read := map[kube.PodKey]Subject{}
	for namespace, some := range names {
		q, choose := Query{Namespace: namespace, Names: some}, named
		if len(some) > fewPods {
			q.Names, choose = nil, choosePods
		}
		subjects, err := choose(ctx, c, q)
		if err != nil {
			return nil, err
		}
		for _, s := range subjects {
			if s.Pod != nil {
				read[kube.PodKey{Namespace: s.Namespace, Name: s.Pod.Name}] = s
			}
		}
	}
	subjects := make([]Subject, len(keys))
	for i, key := range keys {
		subjects[i] = Subject{Namespace: key.Namespace, Missing: kube.Sanitize(key.Namespace + "/" + key.Name)}
		if s, there := read[key]; there {
			subjects[i] = s
		}
	}
	return subjects, nil
}

func choosePods(ctx context.Context, c *kube.Cluster, q Query) ([]Subject, error) {
	var subjects []Subject
	err := pages(q, func(o *metav1.ListOptions) (string, error) {
		var list corev1.PodList
		ctx, cancel := c.Unary(ctx)
		defer cancel()
		if err := c.Core().Get().Namespace(q.Namespace).Resource("pods").VersionedParams(o, c.Params()).Do(ctx).Into(&list); err != nil {
			return "", c.Problem("list the pods", err)
		}
		for i := range list.Items {
			if pod := &list.Items[i]; !c.Guard().Hides(pod.Namespace) {
				subjects = append(subjects, subjectOf(c.NewPod(pod)))
			}
		}
		return list.Continue, nil
	})
	return subjects, err
}

func chooseNodes(ctx context.Context, c *kube.Cluster, q Query) ([]Subject, error) {
	var subjects []Subject
	err := pages(q, func(o *metav1.ListOptions) (string, error) {
		var list corev1.NodeList
		ctx, cancel := c.Unary(ctx)
		defer cancel()
		if err := c.Core().Get().Resource("nodes").VersionedParams(o, c.Params()).Do(ctx).Into(&list); err != nil {
			return "", c.Problem("list the nodes", err)
		}
		for i := range list.Items {
			if node := &list.Items[i]; len(q.Names) == 0 || slices.Contains(q.Names, node.Name) {
				subjects = append(subjects, subjectOn(node))
			}
		}
		return list.Continue, nil
	})
	for i, name := range q.Names {
		there := func(s Subject) bool { return s.Node == name }
		if err == nil && !slices.ContainsFunc(subjects, there) && !slices.Contains(q.Names[:i], name) {
			subjects = append(subjects, Subject{Missing: "node/" + kube.Sanitize(name)})
		}
	}
	return subjects, err
}

// pages reads page after page, each of which tells where the next begins.
func pages(q Query, read func(*metav1.ListOptions) (next string, err error)) error {
	o := &metav1.ListOptions{LabelSelector: q.Selector, Limit: page}
	for {
		next, err := read(o)
		if err != nil || next == "" {
			return err
		}
		o.Continue = next
	}
}

// subjectOn is the subject of a node.
func subjectOn(node *corev1.Node) Subject {
	s := Subject{Node: kube.Sanitize(node.Name), Facts: kube.NodeOf(node)}
	if host := nodes.HostOf(node); host.Bare() {
		s.Bare = fmt.Sprintf("%s node: no machine to get onto", host)
	}
	return s
}

// subjectOf is the subject of a pod.
func subjectOf(pod *kube.Pod) Subject {
	return Subject{Namespace: pod.Namespace, Pod: pod, Workload: workloadOf(pod)}
}

// hashLabel is on the pods of a Deployment: the end of their ReplicaSet's name.
const hashLabel = "pod-template-hash"

// workloadOf is what the pod is of, as far as the pod itself tells: of a ReplicaSet whose name ends in the hash of its template, the Deployment.
func workloadOf(pod *kube.Pod) string {
	object := pod.Object()
	owner := metav1.GetControllerOf(object)
	if owner == nil {
		return ""
	}
	kind, name := owner.Kind, owner.Name
	if hash := object.Labels[hashLabel]; kind == "ReplicaSet" && hash != "" {
		if deployment, ok := strings.CutSuffix(name, "-"+hash); ok {
			kind, name = "Deployment", deployment
		}
	}
	return kube.Sanitize(kind + " " + name)
}
