// Package siblings compares a pod with its replicas: those that the same controller has made. Read reads them, and finds which are well and in what
// the pod differs from one that is.
package siblings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
	"github.com/dayfly-k8s/dayfly/kube/lists"
	"github.com/dayfly-k8s/dayfly/kube/redact"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// Set is a pod among its replicas. Its texts are safe to draw, and without secrets.
type Set struct {
	Controller string    // "ReplicaSet web-7d of Deployment web"; empty: the pod has none
	Replicas   []Replica // with the pod itself, which is the first
	Incomplete bool      // there are more than were read
	Unread     *kube.Problem
	Other      string       // the replica that is well and that the pod is compared with; empty: there is none
	otherPod   *corev1.Pod  // the same, with its secrets
	Differs    []Difference // in what the pod differs from Other
	Diff       string       // the same line by line, as a unified diff from Other to the pod
}

// Replica is one pod of the controller.
type Replica struct {
	Name, Node string
	Created    time.Time
	Well       bool
	Older      bool   // of another revision of the same Deployment
	Why        string // how it is, in one sentence
}

// listMost bounds how many pods are read.
const listMost = 500

// Read reads the replicas of a pod and compares. It only reads; what may not be read is said in Set.Unread.
func Read(ctx context.Context, c *kube.Cluster, pod *kube.Pod) Set {
	controller := selectors.ControllerOf(pod.Object())
	if controller == nil {
		return Of(pod, nil, c.Now())
	}
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	controller.Complete(ctx, c, pod.Namespace)
	selector := controller.Selector
	if selector == nil { // it may not be read, or is of a kind that nobody knows
		selector = labels.SelectorFromSet(common(pod.Object().Labels))
	}
	request := c.Core().Get().Namespace(pod.Namespace).Resource("pods").Param("limit", fmt.Sprint(listMost)).Param("labelSelector", anyRevision(selector).String())
	var list corev1.PodList
	if err := request.Do(ctx).Into(&list); err != nil {
		s := Of(pod, nil, c.Now())
		s.Controller, s.Unread = controller.Whole(), kube.Explain(c.Problem("read the replicas of pod "+pod.Name, err))
		return s
	}
	s := Of(pod, list.Items, c.Now())
	s.Controller, s.Incomplete = controller.Whole(), list.Continue != ""
	return s
}

// TeachSecrets lets a redactor learn the secrets of the replica that the pod is compared with, for text in which they may be.
func (s *Set) TeachSecrets(r *redact.Redactor) error {
	if s.otherPod == nil {
		return nil
	}
	return r.Learn(s.otherPod)
}

// Version changes whenever the pod does, and is of no other. It is empty if no controller has made the pod: then it has no replicas.
func Version(pod *kube.Pod) string {
	if pod == nil || pod.Object() == nil || selectors.ControllerOf(pod.Object()) == nil {
		return ""
	}
	return string(pod.Object().UID) + "@" + pod.Version()
}

// common are those labels of a pod that its replicas have as well.
func common(all map[string]string) map[string]string {
	some := map[string]string{}
	for key, value := range all {
		if !ownKey(key) {
			some[key] = value
		}
	}
	return some
}

// anyRevision is the selector of a ReplicaSet without what tells it from those of other revisions.
func anyRevision(s labels.Selector) labels.Selector {
	requirements, _ := s.Requirements()
	all := labels.NewSelector()
	for _, r := range requirements {
		if r.Key() != templateHash && r.Key() != revisionHash {
			all = all.Add(r)
		}
	}
	return all
}

// The labels that tell revisions apart: of Deployments, and of StatefulSets and DaemonSets.
const (
	templateHash = "pod-template-hash"
	revisionHash = "controller-revision-hash"
)

// Of compares a pod with those of its controller among others, of which all are looked at.
func Of(pod *kube.Pod, others []corev1.Pod, now time.Time) Set {
	object := pod.Object()
	s := Set{Replicas: []Replica{replica(pod, false, now)}}
	if c := selectors.ControllerOf(object); c != nil {
		s.Controller = c.String()
	}
	objects := map[string]*corev1.Pod{}
	for i := range others {
		other := &others[i]
		of, older := family(object, other)
		if !of || other.Name == object.Name {
			continue
		}
		p := kube.NewPod(other)
		objects[p.Name] = other
		s.Replicas = append(s.Replicas, replica(p, older, now))
	}
	slices.SortStableFunc(s.Replicas[1:], func(a, b Replica) int {
		return cmp.Or(rank(a, object.Spec.NodeName)-rank(b, object.Spec.NodeName), a.Created.Compare(b.Created), strings.Compare(a.Name, b.Name))
	})
	if len(s.Replicas) > 1 && s.Replicas[1].Well {
		s.Other = s.Replicas[1].Name
		s.otherPod = objects[s.Other]
		s.Differs = differences(object, s.otherPod)
		s.Diff = unified(object, s.otherPod)
	}
	return s
}

// rank orders replicas by how much a comparison with them says: those that are well first, and those with the least that must differ.
func rank(r Replica, node string) int {
	const another, older, sick = 1, 2, 4
	n := 0
	if r.Node != node {
		n += another
	}
	if r.Older {
		n += older
	}
	if !r.Well {
		n += sick
	}
	return n
}

// family reports whether another pod has the same controller, or is of another revision of the same Deployment.
func family(pod, other *corev1.Pod) (of, older bool) {
	a, b := metav1.GetControllerOf(pod), metav1.GetControllerOf(other)
	if a == nil || b == nil || a.Kind != b.Kind {
		return false, false
	}
	if a.UID == b.UID {
		return true, false
	}
	deployment := func(ref *metav1.OwnerReference, p *corev1.Pod) string {
		name, ok := strings.CutSuffix(ref.Name, "-"+p.Labels[templateHash])
		if !ok || p.Labels[templateHash] == "" {
			return ""
		}
		return name
	}
	name := deployment(a, pod)
	same := a.Kind == "ReplicaSet" && name != "" && name == deployment(b, other)
	return same, same
}

func replica(p *kube.Pod, older bool, now time.Time) Replica {
	why := detail.Diagnose(p, nil, now)
	return Replica{
		Name: p.Name, Node: p.Node, Created: p.Created, Older: older, Why: why.Text,
		Well: why.Severity == lists.Healthy && p.Phase == string(corev1.PodRunning) && !p.Deleting,
	}
}

// Well is how many of the replicas are well.
func (s *Set) Well() int {
	n := 0
	for _, r := range s.Replicas {
		if r.Well {
			n++
		}
	}
	return n
}

// Words says how it is with the replicas: "2 of 3 replicas are well; this one differs from web-2 in: node, env X of app".
func (s *Set) Words() string {
	all, well := len(s.Replicas), s.Well()
	switch {
	case s.Controller == "":
		return "The pod has no controller, so there are no replicas to compare it with."
	case s.Unread != nil:
		return "Its replicas could not be read: " + s.Unread.Message + "."
	case all == 1:
		return "It is the only replica of " + s.Controller + "."
	case well == 0:
		return fmt.Sprintf("None of the %d replicas is well.", all)
	case s.Other == "":
		return s.count() + ": this one."
	case len(s.Differs) == 0:
		return s.count() + "; this one does not differ from " + s.Other + " in node, image or specification."
	}
	return s.count() + "; this one differs from " + s.Other + " in: " + kube.List(s.names()) + "."
}

// Brief is Words for a line beside other things: it names no replica, and only the first differences. It is empty where there is no replica that is
// well to compare the pod with.
func (s *Set) Brief() string {
	switch {
	case s.Other == "":
		return ""
	case len(s.Differs) == 0:
		return s.count() + "; this one does not differ in node, image or specification"
	}
	return s.count() + "; this one differs in: " + kube.List(s.names())
}

// count says how many of the replicas are well.
func (s *Set) count() string {
	all, well := len(s.Replicas), s.Well()
	of := fmt.Sprint(all)
	if s.Incomplete {
		of = fmt.Sprintf("the first %d", all)
	}
	switch well {
	case 1:
		return fmt.Sprintf("1 of %s replicas is well", of)
	case all:
		return fmt.Sprintf("All %s replicas are well", strings.TrimPrefix(of, "the "))
	}
	return fmt.Sprintf("%d of %s replicas are well", well, of)
}

// names are what the differences are called.
func (s *Set) names() []string {
	var names []string
	for _, d := range s.Differs {
		names = append(names, d.Name)
	}
	return names
}
