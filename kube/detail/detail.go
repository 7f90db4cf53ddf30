// Package detail reads one pod whole: what it is, what is wrong with it, and the evidence for that.
package detail

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Fact is one thing to know of a pod, in words. Text is of one line.
type Fact struct {
	Label, Text string
}

// Detail is what a person asks of a pod in an incident, beside how it is ([Diagnose]): what kubectl describe would say.
type Detail struct {
	About       []Fact
	Conditions  []Condition
	Containers  []Container // as Pod.Containers
	Volumes     []Fact      // the name, and where it is from
	Placement   []Fact      // which nodes it may be on
	Labels      []Fact
	Annotations []Fact // long ones are cut: the YAML has all of them
}

// Condition is one condition of a pod.
type Condition struct {
	Name    string
	True    bool
	Good    bool // it is as it is in a pod that is well
	Reason  string
	Message string
	Since   time.Time // zero when nobody says
}

// Container is what a container was asked to be.
type Container struct {
	Facts  []Fact // command, ports, resources, probes, …
	Env    []Fact // values that come from elsewhere are named, and never read
	Mounts []Fact // where, and what
}

// Of reads the object; it asks nobody.
func Of(p *kube.Pod) Detail {
	object := p.Object()
	if object == nil {
		return Detail{Containers: make([]Container, len(p.Containers))}
	}
	d := Detail{
		About: aboutOf(object), Conditions: Conditions(p), Placement: placementOf(&object.Spec),
		Labels: sortedFacts(object.Labels), Annotations: sortedFacts(object.Annotations),
	}
	for i := range object.Spec.Volumes {
		v := &object.Spec.Volumes[i]
		d.Volumes = append(d.Volumes, Fact{kube.Sanitize(v.Name), volumeOf(&v.VolumeSource)})
	}
	for _, list := range [][]corev1.Container{object.Spec.InitContainers, object.Spec.Containers} {
		for i := range list {
			d.Containers = append(d.Containers, containerDetail(&list[i]))
		}
	}
	for i := range object.Spec.EphemeralContainers {
		d.Containers = append(d.Containers, containerDetail((*corev1.Container)(&object.Spec.EphemeralContainers[i].EphemeralContainerCommon)))
	}
	return d
}

// Conditions are the conditions of the pod, those first that are not as they should be.
func Conditions(p *kube.Pod) []Condition {
	if p.Object() == nil {
		return nil
	}
	var list []Condition
	for _, c := range p.Object().Status.Conditions {
		is := c.Status == corev1.ConditionTrue
		// Of the well-known ones only these are bad news when true.
		bad := c.Type == corev1.DisruptionTarget || c.Type == "PodResizePending" || c.Type == "PodResizeInProgress"
		ended := p.Object().Status.Phase == corev1.PodSucceeded // then it is not ready, and that is as it should be
		list = append(list, Condition{
			Name: kube.Sanitize(string(c.Type)), True: is, Good: is != bad || ended && !bad, Reason: kube.Sanitize(c.Reason), Message: kube.Sanitize(c.Message),
			Since: c.LastTransitionTime.Time,
		})
	}
	slices.SortStableFunc(list, func(a, b Condition) int {
		switch {
		case a.Good == b.Good:
			return 0
		case b.Good:
			return -1
		}
		return 1
	})
	return list
}

// sortedFacts cleans a map, in the order of its keys.
func sortedFacts(m map[string]string) []Fact {
	var facts []Fact
	for _, key := range slices.Sorted(maps.Keys(m)) {
		facts = append(facts, Fact{kube.Sanitize(key), kube.Brief(m[key])})
	}
	return facts
}

// facts collects those that say something.
type facts []Fact

func (f *facts) add(label string, words ...string) {
	var said []string
	for _, w := range words {
		if w != "" {
			said = append(said, kube.Sanitize(w))
		}
	}
	if len(said) > 0 {
		*f = append(*f, Fact{label, strings.Join(said, " · ")})
	}
}

func aboutOf(pod *corev1.Pod) []Fact {
	var f facts
	for i := range pod.OwnerReferences {
		owner := &pod.OwnerReferences[i]
		f.add("owner", owner.Kind+" "+owner.Name)
	}
	status := pod.Status
	f.add("status", string(status.Phase), status.Reason, status.Message)
	f.add("node", pod.Spec.NodeName, status.HostIP)
	var ips []string
	for _, ip := range status.PodIPs {
		ips = append(ips, ip.IP)
	}
	if len(ips) == 0 && status.PodIP != "" {
		ips = []string{status.PodIP}
	}
	f.add("IP", strings.Join(ips, ", "))
	if pod.Spec.HostNetwork {
		f.add("network", "the node's own (hostNetwork)")
	}
	f.add("created", when(pod.CreationTimestamp.Time))
	if status.StartTime != nil {
		f.add("started", when(status.StartTime.Time))
	}
	if pod.DeletionTimestamp != nil {
		f.add("deleted", "gone by "+when(pod.DeletionTimestamp.Time))
	}
	f.add("finalizers", strings.Join(pod.Finalizers, ", "))
	f.add("service account", pod.Spec.ServiceAccountName)
	f.add("QoS", string(status.QOSClass))
	if class := pod.Spec.PriorityClassName; class != "" || pod.Spec.Priority != nil && *pod.Spec.Priority != 0 {
		number := ""
		if pod.Spec.Priority != nil {
			number = fmt.Sprint(*pod.Spec.Priority)
		}
		f.add("priority", class, number)
	}
	f.add("restart policy", string(pod.Spec.RestartPolicy))
	if s := pod.Spec.TerminationGracePeriodSeconds; s != nil && *s != 30 {
		f.add("grace", fmt.Sprintf("%d s", *s))
	}
	f.add("security", podSecurity(pod.Spec.SecurityContext)...)
	return f
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func podSecurity(s *corev1.PodSecurityContext) []string {
	if s == nil {
		return nil
	}
	return runsAs(s.RunAsUser, s.RunAsGroup, s.RunAsNonRoot)
}

func runsAs(user, group *int64, nonRoot *bool) []string {
	var words []string
	if user != nil {
		words = append(words, fmt.Sprintf("user %d", *user))
	}
	if group != nil {
		words = append(words, fmt.Sprintf("group %d", *group))
	}
	if nonRoot != nil && *nonRoot {
		words = append(words, "must not be root")
	}
	return words
}
