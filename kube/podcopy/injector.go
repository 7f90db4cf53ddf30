package podcopy

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// injector is a service mesh whose webhook adds containers to pods, and leaves out those that say so.
type injector struct {
	name       string
	containers []string // that it adds
	label      bool     // a label says so, otherwise an annotation
	key, value string
}

// injectors are those of which it is documented how a pod is left out:
// https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
// https://linkerd.io/2/features/proxy-injection/
func injectors() []injector {
	return []injector{
		{"Istio", []string{"istio-proxy", "istio-init", "istio-validation"}, true, "sidecar.istio.io/inject", "false"},
		{"Linkerd", []string{"linkerd-proxy", "linkerd-init", "linkerd-network-validator"}, false, "linkerd.io/inject", "disabled"},
	}
}

// optOuts are the remedies against containers that are added: to tell who adds them that the copy is to be left out.
func optOuts(added []string) []Remedy {
	var remedies []Remedy
	for _, i := range injectors() {
		if !slices.ContainsFunc(added, func(name string) bool { return slices.Contains(i.containers, name) }) {
			continue
		}
		how := "annotation "
		if i.label {
			how = "label "
		}
		remedies = append(remedies, Remedy{"leave the copy out of " + i.name + " (" + how + i.key + ": " + i.value + ")", func(c Choices) Choices {
			if !slices.Contains(c.OptOut, i.name) { // a remedy may be applied again
				c.OptOut = slices.Concat(c.OptOut, []string{i.name})
			}
			return c
		}})
	}
	return remedies
}

// MarkOptOuts writes on a copy whose webhooks leave it out.
func (c Choices) MarkOptOuts(meta *metav1.ObjectMeta) {
	set := func(in map[string]string, key, value string) map[string]string {
		in = maps.Clone(in)
		if in == nil {
			in = map[string]string{}
		}
		in[key] = value
		return in
	}
	for _, i := range injectors() {
		switch {
		case !slices.Contains(c.OptOut, i.name):
		case i.label:
			meta.Labels = set(meta.Labels, i.key, i.value)
		default:
			meta.Annotations = set(meta.Annotations, i.key, i.value)
		}
	}
}
