package kit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/kube"
)

// helpWords are the words for a [kube.Help]: with the key that does it, and for a screen on which no key does.
type helpWords struct {
	press   string // behind "press r to"
	keyless string // empty: nothing is said
}

// wordsOf are the words for what helps.
func wordsOf(h kube.Help) helpWords {
	switch h {
	case kube.Retry:
		return helpWords{"retry", ""}
	case kube.SwitchContext:
		return helpWords{"choose another context", "choose another context"}
	case kube.SwitchNamespace:
		return helpWords{"choose another namespace", "choose another namespace"}
	case kube.AllNamespaces:
		return helpWords{"list the pods of all namespaces", ""}
	case kube.SwitchKubeconfig:
		return helpWords{"", "start dayfly with another kubeconfig"}
	case kube.TryDemo:
		return helpWords{"", "run dayfly demo for a practice cluster"}
	case kube.ListPods:
		return helpWords{"go back", ""}
	case kube.ClearFilter:
		return helpWords{"clear the filter", "clear the filter"}
	case kube.ChangeTimeout:
		return helpWords{"", "start dayfly with a longer --request-timeout"}
	case kube.ChooseTool:
		return helpWords{"choose another tool", "choose another tool"}
	case kube.ChooseImage:
		return helpWords{"use another image", "use another image"}
	case kube.ChooseProfile:
		return helpWords{"choose another profile", "choose another profile"}
	case kube.AdmittedProfile:
		return helpWords{"use the strongest profile that the cluster admits", ""}
	case kube.ChooseTarget:
		return helpWords{"choose another target", "choose another target"}
	case kube.ChooseWay:
		return helpWords{"debug it in another way", "debug it in another way"}
	case kube.LimitTool:
		return helpWords{"", "give the tool's container requests and limits"}
	case kube.ConfirmPod:
		return helpWords{"", "type the pod's name to go on"}
	case kube.Attach:
		return helpWords{"attach again", "attach again from the pod's containers"}
	case kube.CurrentLog:
		return helpWords{"show the current log", ""}
	}
	return helpWords{}
}

// helping are the bindings that do what helps wherever there is one of them.
func (k KeyMap) helping(h kube.Help) []key.Binding {
	switch h { //nolint:exhaustive // what else helps is done by keys of one room ([Helper]), or by none
	case kube.Retry:
		return []key.Binding{k.Retry}
	case kube.SwitchContext:
		return []key.Binding{k.Context}
	case kube.SwitchNamespace:
		return []key.Binding{k.Namespace}
	case kube.AllNamespaces:
		return []key.Binding{k.AllNamespaces}
	case kube.ListPods:
		return []key.Binding{k.Back, k.Leave}
	case kube.ClearFilter:
		return []key.Binding{k.FilterClear}
	case kube.Attach:
		return []key.Binding{k.Attach}
	}
	return nil
}

// say puts words for a [kube.Help] together, with the key among those that do it which does something now.
func say(words helpWords, doing, now []key.Binding) string {
	for _, b := range doing {
		if slices.ContainsFunc(now, func(n key.Binding) bool {
			return n.Enabled() && slices.Equal(n.Keys(), b.Keys()) && n.Help().Desc == b.Help().Desc
		}) {
			return fmt.Sprintf("press %s to %s", strings.Fields(b.Help().Key)[0], words.press)
		}
	}
	return words.keyless
}

// keysOn are the bindings that do something on a screen now: its own, and those of everywhere that it has no other use for.
func (k *Kit) keysOn(s Screen) []key.Binding {
	now := s.Keys()
	if t, ok := s.(Typist); ok && t.Typing() {
		return now
	}
	own := slices.Clone(now)
	for _, b := range []key.Binding{k.Bindings.Context, k.Bindings.Namespace, k.Bindings.Back} {
		if !slices.ContainsFunc(own, func(o key.Binding) bool {
			return slices.ContainsFunc(o.Keys(), func(name string) bool { return slices.Contains(b.Keys(), name) })
		}) {
			now = append(now, b)
		}
	}
	return now
}

// Advised is p with what helps in its hint, by the keys that do it on this screen; without are those that the screen tells otherwise.
func (k *Kit) Advised(s Screen, p *kube.Problem, without ...kube.Help) *kube.Problem {
	now, told := k.keysOn(s), *p
	told.Hint = p.Advice(func(h kube.Help) string {
		if slices.Contains(without, h) {
			return ""
		}
		doing, words := k.Bindings.helping(h), wordsOf(h)
		if own, ok := s.(HelpNamer); ok {
			words.press = cmp.Or(own.NameOf(h), words.press)
		}
		if own, ok := s.(Helper); ok {
			if b, ok := own.Helps(h); ok {
				doing = append(doing, b)
			}
		}
		return say(words, doing, now)
	})
	told.Help = nil
	return &told
}
