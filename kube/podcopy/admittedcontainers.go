package podcopy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// pair is a container that is in both.
type pair struct{ sent, answered *corev1.Container }

// pairs are those, init containers first.
func (a *admission) pairs() []pair {
	var all []pair
	for _, lists := range [][2][]corev1.Container{
		{a.sent.Spec.InitContainers, a.answered.Spec.InitContainers}, {a.sent.Spec.Containers, a.answered.Spec.Containers},
	} {
		for i := range lists[1] {
			if one := containerOf(lists[0], lists[1][i].Name); one != nil {
				all = append(all, pair{one, &lists[1][i]})
			}
		}
	}
	return all
}

// containerOf is the container of a name; nil: there is none.
func containerOf(list []corev1.Container, name string) *corev1.Container {
	if i := slices.IndexFunc(list, func(c corev1.Container) bool { return c.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// alike are containers of which the same is to be said.
type alike struct {
	what string
	who  []string
}

// grouped are the containers of which something is to be said, together where it is the same.
func (a *admission) grouped(say func(p pair) string) []alike {
	var groups []alike
	for _, p := range a.pairs() {
		what := say(p)
		if what == "" {
			continue
		}
		if i := slices.IndexFunc(groups, func(g alike) bool { return g.what == what }); i >= 0 {
			groups[i].who = append(groups[i].who, p.answered.Name)
			continue
		}
		groups = append(groups, alike{what, []string{p.answered.Name}})
	}
	return groups
}

// admittedUsers tells of users that are chosen by the cluster.
func admittedUsers(a *admission) []Finding {
	var found []Finding
	for _, g := range a.grouped(func(p pair) string {
		before, after := userOf(&a.sent.Spec, p.sent), userOf(&a.answered.Spec, p.answered)
		if before == after {
			return ""
		}
		return cmp.Or(after, "the image's own user")
	}) {
		found = append(found, Finding{Info, fmt.Sprintf("the cluster runs %s as %s", kube.List(g.who), g.what), nil})
	}
	return found
}

// userOf is the user of a container in words; empty: that of its image.
func userOf(spec *corev1.PodSpec, c *corev1.Container) string {
	if s := c.SecurityContext; s != nil && s.RunAsUser != nil {
		return fmt.Sprintf("user %d", *s.RunAsUser)
	}
	if s := spec.SecurityContext; s != nil && s.RunAsUser != nil {
		return fmt.Sprintf("user %d", *s.RunAsUser)
	}
	return ""
}

// admittedImages tells of images that are replaced.
func admittedImages(a *admission) []Finding {
	var found []Finding
	for _, g := range a.grouped(func(p pair) string {
		if p.sent.Image == p.answered.Image {
			return ""
		}
		return fmt.Sprintf("%s instead of %s", p.answered.Image, p.sent.Image)
	}) {
		found = append(found, Finding{Info, fmt.Sprintf("the cluster replaces the image of %s: %s", kube.List(g.who), g.what), nil})
	}
	return found
}

// admittedResources tells of requests and limits that are not those that are sent. Where only a limit is sent, every API server makes it the request.
func admittedResources(a *admission) []Finding {
	who := "the cluster"
	const ranger = "kubernetes.io/limit-ranger"
	if says := a.answered.Annotations[ranger]; says != "" && says != a.sent.Annotations[ranger] {
		who = "a LimitRange"
	}
	var found []Finding
	for _, g := range a.grouped(func(p pair) string {
		requests, limits := p.sent.Resources.Requests.DeepCopy(), p.sent.Resources.Limits
		for name, limit := range limits {
			if _, ok := requests[name]; !ok {
				if requests == nil {
					requests = corev1.ResourceList{}
				}
				requests[name] = limit
			}
		}
		var parts []string
		if words := differing(requests, p.answered.Resources.Requests); len(words) > 0 {
			parts = append(parts, "requests of "+kube.List(words))
		}
		if words := differing(limits, p.answered.Resources.Limits); len(words) > 0 {
			parts = append(parts, "limits of "+kube.List(words))
		}
		return strings.Join(parts, ", ")
	}) {
		finding := Finding{Info, fmt.Sprintf("%s gives %s %s", who, kube.List(g.who), g.what), nil}
		if _, limits, _ := strings.Cut(g.what, "limits of "); strings.Contains(limits, "memory") {
			finding.Severity, finding.Text = Warning, finding.Text+": what uses more memory is killed"
		}
		found = append(found, finding)
	}
	return found
}

// differing are the amounts that are not as before, in words.
func differing(before, after corev1.ResourceList) []string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		now := after[name]
		if was, ok := before[name]; ok && was.Cmp(now) == 0 {
			continue
		}
		noun := string(name)
		if name == corev1.ResourceCPU {
			noun = "CPU"
		}
		words = append(words, amount(name, now, true)+" "+noun)
	}
	return words
}

// admittedVariables tells of variables that are set or changed.
func admittedVariables(a *admission) []Finding {
	var found []Finding
	for _, g := range a.grouped(func(p pair) string {
		var set []string
		for _, v := range p.answered.Env {
			// Where a value comes from has defaults of its own, and so is not compared.
			if !slices.ContainsFunc(p.sent.Env, func(was corev1.EnvVar) bool { return was.Name == v.Name && was.Value == v.Value }) {
				set = append(set, v.Name)
			}
		}
		if len(set) == 0 {
			return ""
		}
		return counted("variable", set)
	}) {
		found = append(found, Finding{Info, fmt.Sprintf("the cluster sets %s in %s", g.what, kube.List(g.who)), nil})
	}
	return found
}

// accountPath is where every API server mounts the service account's token.
const accountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// admittedMounts tells of what is mounted into the copy's own containers. Volumes that only injected containers have go with those.
func admittedMounts(a *admission) []Finding {
	var found []Finding
	for _, g := range a.grouped(func(p pair) string {
		mounts := added(p.sent.VolumeMounts, p.answered.VolumeMounts, func(m corev1.VolumeMount) string {
			if m.MountPath == accountPath {
				return ""
			}
			return m.Name + " at " + m.MountPath
		})
		if len(mounts) == 0 {
			return ""
		}
		return counted("volume", mounts)
	}) {
		found = append(found, Finding{Info, fmt.Sprintf("the cluster mounts %s into %s", g.what, kube.List(g.who)), nil})
	}
	return found
}
