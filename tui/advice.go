package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
)

// helpWords are the words for a [kube.Help]: with the key that does it, and for a screen on which no key does.
type helpWords struct {
	keys    []key.Binding // that do it, one or the other
	press   string        // behind "press r to"
	keyless string        // empty: nothing is said
}

func (k keyMap) helpWords(h kube.Help) helpWords {
	one := func(b key.Binding) []key.Binding { return []key.Binding{b} }
	switch h {
	case kube.Retry:
		return helpWords{[]key.Binding{k.Retry, k.Again}, "retry", ""}
	case kube.SwitchContext:
		return helpWords{one(k.Context), "choose another context", "choose another context"}
	case kube.SwitchNamespace:
		return helpWords{one(k.Namespace), "choose another namespace", "choose another namespace"}
	case kube.AllNamespaces:
		return helpWords{one(k.AllNamespaces), "list the pods of all namespaces", ""}
	case kube.SwitchKubeconfig:
		return helpWords{nil, "", "start dayfly with another kubeconfig"}
	case kube.TryDemo:
		return helpWords{nil, "", "run dayfly demo for a practice cluster"}
	case kube.ListPods:
		return helpWords{[]key.Binding{k.Back, k.Leave}, "go back", ""}
	case kube.ClearFilter:
		return helpWords{one(k.FilterClear), "clear the filter", "clear the filter"}
	case kube.ChangeTimeout:
		return helpWords{nil, "", "start dayfly with a longer --request-timeout"}
	case kube.ChooseTool:
		return helpWords{one(k.AnyTool), "choose another tool", "choose another tool"}
	case kube.ChooseImage:
		return helpWords{one(k.AnyImage), "use another image", "use another image"}
	case kube.ChooseProfile:
		return helpWords{one(k.Profile), "choose another profile", "choose another profile"}
	case kube.AdmittedProfile:
		return helpWords{one(k.Weaker), "use the strongest profile that the cluster admits", ""}
	case kube.ChooseTarget:
		return helpWords{one(k.Target), "choose another target", "choose another target"}
	case kube.ConfirmPod:
		return helpWords{nil, "", "type the pod's name to go on"}
	case kube.Attach:
		return helpWords{one(k.Attach), "attach again", "attach again from the pod's containers"}
	case kube.CurrentLog:
		return helpWords{one(k.Previous), "show the current log", ""}
	}
	return helpWords{}
}

// say puts a [kube.Help] into words, with the key among those that do something now.
func (k keyMap) say(h kube.Help, now []key.Binding) string {
	words := k.helpWords(h)
	for _, b := range words.keys {
		if slices.ContainsFunc(now, func(n key.Binding) bool {
			return n.Enabled() && slices.Equal(n.Keys(), b.Keys()) && n.Help().Desc == b.Help().Desc
		}) {
			return fmt.Sprintf("press %s to %s", strings.Fields(b.Help().Key)[0], words.press)
		}
	}
	return words.keyless
}

// keysOn are the bindings that do something on a screen now: its own, and those of everywhere that it has no other use for.
func (k *kit) keysOn(s screen) []key.Binding {
	now := s.Keys()
	if t, ok := s.(typist); ok && t.Typing() {
		return now
	}
	own := slices.Clone(now)
	for _, b := range []key.Binding{k.keys.Context, k.keys.Namespace, k.keys.Back} {
		if !slices.ContainsFunc(own, func(o key.Binding) bool {
			return slices.ContainsFunc(o.Keys(), func(name string) bool { return slices.Contains(b.Keys(), name) })
		}) {
			now = append(now, b)
		}
	}
	return now
}

// advised is p with what helps in its hint, by the keys that do it on this screen; without are those that the screen tells otherwise.
func (k *kit) advised(s screen, p *kube.Problem, without ...kube.Help) *kube.Problem {
	now, told := k.keysOn(s), *p
	told.Hint = p.Advice(func(h kube.Help) string {
		if slices.Contains(without, h) {
			return ""
		}
		return k.keys.say(h, now)
	})
	told.Help = nil
	return &told
}
