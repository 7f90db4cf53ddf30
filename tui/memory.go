package tui

import "slices"

// Memory is what the interface remembers from one start to the next: what a person chose on a screen, not what they configured.
type Memory struct {
	Theme    string          `json:"theme,omitempty"`
	Contexts map[string]View `json:"contexts,omitempty"` // by the name of the kubeconfig's context
	Images   []string        `json:"images,omitempty"`   // of no preset, that were used; the last one first

	Used map[string][]string `json:"used,omitempty"` // presets by context, the one that was used last first
}

// View is how the list of pods is looked at.
type View struct {
	Order    string `json:"order,omitempty"`    // see order; empty: by need
	OnlySick bool   `json:"onlySick,omitempty"` // healthy and finished pods are left out
	Filter   string `json:"filter,omitempty"`   // what the filter's line says
}

// view is how the list was looked at last in a context.
func (m *Memory) view(context string) View { return m.Contexts[context] }

// keep remembers how the list of a context is looked at. A view that shows everything in the usual order is not kept.
func (m *Memory) keep(context string, v View) {
	if v == (View{}) {
		delete(m.Contexts, context)
		return
	}
	if m.Contexts == nil {
		m.Contexts = map[string]View{}
	}
	m.Contexts[context] = v
}

// used remembers a tool that was put into a pod of a context.
func (m *Memory) used(context string, t tool) {
	const mostImages, mostPresets = 12, 5
	if t.own {
		m.Images = inFront(m.Images, t.Image, mostImages)
		return
	}
	if m.Used == nil {
		m.Used = map[string][]string{}
	}
	m.Used[context] = inFront(m.Used[context], t.Name, mostPresets)
}

// inFront is a list with a word in front, in which it is once.
func inFront(list []string, word string, most int) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == word })
	list = append([]string{word}, list...)
	return list[:min(len(list), most)]
}
