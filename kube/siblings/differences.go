package siblings

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Difference is one thing in which two pods differ. An empty value: it is not there.
type Difference struct {
	Name  string // "node", "image digest of app", "env X of app", "spec.containers[app].resources.limits.memory"
	This  string // of the pod
	Other string // of the one that is well
}

// differencesMost bounds how many differences are told.
const differencesMost = 40

// differences are those between a pod and another, the plainest first.
func differences(pod, other *corev1.Pod) []Difference {
	var list []Difference
	add := func(name, this, that string) {
		if this != that {
			list = append(list, Difference{name, kube.Brief(this), kube.Brief(that)})
		}
	}
	add("node", pod.Spec.NodeName, other.Spec.NodeName)
	for _, label := range []string{templateHash, revisionHash} {
		add("revision", pod.Labels[label], other.Labels[label])
	}
	for i := range pod.Status.ContainerStatuses {
		s := &pod.Status.ContainerStatuses[i]
		if that := digest(other, s.Name); that != "" && digest(pod, s.Name) != "" {
			add("image digest of "+s.Name, digest(pod, s.Name), that)
		}
	}
	spec, specOther := specOf(pod), specOf(other)
	shown, shownOther := withoutSecrets(map[string]any{"spec": spec}, map[string]any{"spec": specOther}) // whether two values differ these do not tell
	d := differ{}
	d.compare("spec", spec, specOther, shown["spec"], shownOther["spec"])
	slices.SortStableFunc(d.found, func(a, b Difference) int { return plainness(a.Name) - plainness(b.Name) })
	list = append(list, d.found...)
	list = append(list, marked("label", pod.Labels, other.Labels)...)
	list = append(list, marked("annotation", pod.Annotations, other.Annotations)...)
	return list[:min(len(list), differencesMost)]
}

// plainness orders differences of specifications by how often they are what is wrong.
func plainness(name string) int {
	first := []string{"image ", "env ", "args ", "command "}
	for i, prefix := range first {
		if strings.HasPrefix(name, prefix) {
			return i
		}
	}
	return len(first)
}

// marked are differences of labels or annotations. What they hold is not told: it may be a secret.
func marked(kind string, this, that map[string]string) []Difference {
	var list []Difference
	all := maps.Clone(this)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, that)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		a, hasA := this[key]
		b, hasB := that[key]
		if ownKey(key) || hasA == hasB && a == b {
			continue
		}
		one := Difference{Name: kube.Brief(kind + " " + key), This: set(hasA), Other: set(hasB)}
		if hasA && hasB {
			one.This, one.Other = "another value", "a value"
		}
		list = append(list, one)
	}
	return list
}

// ownKey reports whether a label or an annotation is one that each pod has for itself, or each revision.
func ownKey(key string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	return slices.Contains([]string{
		templateHash, revisionHash, "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-completion-index",
		corev1.LastAppliedConfigAnnotation,
	}, key) || slices.Contains([]string{"cni.projectcalico.org", "k8s.v1.cni.cncf.io", "k8s.ovn.org", "dayfly-k8s.github.io"}, prefix)
}

// digest is the image of a container as its node has it.
func digest(pod *corev1.Pod, container string) string {
	for i := range pod.Status.ContainerStatuses {
		if s := &pod.Status.ContainerStatuses[i]; s.Name == container {
			if _, hash, ok := strings.Cut(s.ImageID, "@"); ok {
				return hash
			}
			return s.ImageID
		}
	}
	return ""
}

// specOf is the specification as it was asked for, without what each pod has for itself.
func specOf(pod *corev1.Pod) any {
	spec := pod.Spec.DeepCopy()
	spec.NodeName, spec.Hostname, spec.EphemeralContainers = "", "", nil
	own := func(name string) bool { return strings.HasPrefix(name, "kube-api-access-") }
	spec.Volumes = slices.DeleteFunc(spec.Volumes, func(v corev1.Volume) bool { return own(v.Name) })
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			containers[i].VolumeMounts = slices.DeleteFunc(containers[i].VolumeMounts, func(m corev1.VolumeMount) bool { return own(m.Name) })
		}
	}
	data, err := json.Marshal(spec)
	var whole any
	if err != nil || json.Unmarshal(data, &whole) != nil {
		return nil
	}
	return whole
}

// differ finds where two values differ.
type differ struct{ found []Difference }

// compare goes through two values. What is shown of them are shownA and shownB, which have the same shape.
func (d *differ) compare(path string, a, b, shownA, shownB any) {
	mapA, okA := a.(map[string]any)
	mapB, okB := b.(map[string]any)
	if listA, ok := a.([]any); ok {
		if mapA, okA = byName(listA); okA {
			shownA = named(shownA)
		}
	}
	if listB, ok := b.([]any); ok {
		if mapB, okB = byName(listB); okB {
			shownB = named(shownB)
		}
	}
	if okA && okB {
		partsA, _ := shownA.(map[string]any)
		partsB, _ := shownB.(map[string]any)
		for _, key := range keysOf(mapA, mapB) {
			d.compare(path+step(a, key), mapA[key], mapB[key], partsA[key], partsB[key])
		}
		return
	}
	wordsA, wordsB := words(a), words(b)
	if wordsA == wordsB {
		return
	}
	this, that := words(shownA), words(shownB)
	if container, name, ok := envOf(path); ok {
		d.env(Difference{Name: "env " + name + " of " + container, This: setOr(a), Other: setOr(b)})
		return
	}
	d.once(Difference{Name: kube.Brief(nameOf(path)), This: kube.Brief(this), Other: kube.Brief(that)})
}

// nameOf is how people call what is at a path: "args of app" for spec.containers[app].args[0].
func nameOf(path string) string {
	rest, ok := strings.CutPrefix(path, "spec.containers[")
	if !ok {
		return path
	}
	container, field, _ := strings.Cut(rest, "].")
	for _, name := range []string{"image", "args", "command"} {
		if field == name || strings.HasPrefix(field, name+"[") {
			return name + " of " + container
		}
	}
	return path
}

// env adds a difference of a variable, once, however many of its fields differ.
func (d *differ) env(one Difference) {
	if one.This == one.Other {
		one.This, one.Other = "another value", "a value"
	}
	d.once(one)
}

// once adds a difference, unless there is one of that name.
func (d *differ) once(one Difference) {
	if !slices.ContainsFunc(d.found, func(f Difference) bool { return f.Name == one.Name }) {
		d.found = append(d.found, one)
	}
}

func setOr(value any) string { return set(value != nil) }

func set(is bool) string {
	if is {
		return "set"
	}
	return "not set"
}

// envOf takes the path of a variable apart: spec.containers[app].env[X].value.
func envOf(path string) (container, name string, ok bool) {
	before, after, ok := strings.Cut(path, "].env[")
	if !ok {
		return "", "", false
	}
	_, container, _ = strings.Cut(before, "[")
	name, _, _ = strings.Cut(after, "]")
	return kube.Sanitize(container), kube.Sanitize(name), true
}

// step is how a path goes on.
func step(in any, key string) string {
	if _, list := in.([]any); list {
		return "[" + key + "]"
	}
	return "." + key
}

// byName is a list of things that have names, by these; false: it is none.
func byName(list []any) (map[string]any, bool) {
	named := map[string]any{}
	for i, one := range list {
		key := fmt.Sprint(i)
		if m, ok := one.(map[string]any); ok {
			for _, by := range []string{"mountPath", "name"} {
				if name, ok := m[by].(string); ok {
					key = name
					break
				}
			}
		}
		if _, twice := named[key]; twice {
			key += fmt.Sprintf(" %d", i)
		}
		named[key] = one
	}
	return named, true
}

func named(value any) any {
	list, _ := value.([]any)
	m, _ := byName(list)
	return m
}

func keysOf(a, b map[string]any) []string {
	var keys []string
	for key := range a {
		keys = append(keys, key)
	}
	for key := range b {
		if _, both := a[key]; !both {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return keys
}

// words are a value in one line.
func words(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	data, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(data)
}
