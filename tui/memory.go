package tui

import (
	"maps"
	"slices"
)

// Memory is what the interface remembers from one start to the next: what a person chose on a screen, not what they configured.
type Memory struct {
	Theme    string          `json:"theme,omitempty"`
	Contexts map[string]View `json:"contexts,omitempty"` // by the name of the kubeconfig's context
	Images   []string        `json:"images,omitempty"`   // of no preset, that were used; the last one first

	Used map[string][]string `json:"used,omitempty"` // presets by context, the one that was used last first

	changes []func(*Memory) // what has been chosen since it was read
}

// Changed reports whether something has been chosen since the memory was read.
func (m *Memory) Changed() bool { return len(m.changes) > 0 }

// Onto is another memory with the choices that were made in this one. Two that were read at the same time both keep theirs: each is written
// onto what the other has written.
func (m *Memory) Onto(latest Memory) Memory {
	for _, change := range m.changes {
		change(&latest)
	}
	return latest
}

// Change makes a choice, and notes it for [Memory.Onto].
func (m *Memory) Change(choice func(*Memory)) {
	choice(m)
	m.changes = append(m.changes, choice)
}

// View is how the list of pods is looked at.
type View struct {
	Order    string `json:"order,omitempty"`    // see order; empty: by need
	OnlySick bool   `json:"onlySick,omitempty"` // healthy and finished pods are left out
}

// view is how the list was looked at last in a context.
func (m *Memory) view(context string) View { return m.Contexts[context] }

// keep remembers how the list of a context is looked at. A view that shows everything in the usual order is not kept.
func (m *Memory) keep(context string, v View) {
	if m.view(context) == v {
		return
	}
	m.Change(func(m *Memory) {
		contexts := maps.Clone(m.Contexts)
		if contexts == nil {
			contexts = map[string]View{}
		}
		if contexts[context] = v; v == (View{}) {
			delete(contexts, context)
		}
		m.Contexts = contexts
	})
}

// wear remembers a theme.
func (m *Memory) wear(theme string) { m.Change(func(m *Memory) { m.Theme = theme }) }

// used remembers a tool that was put into a pod of a context.
func (m *Memory) used(context string, t tool) {
	const mostImages, mostPresets = 12, 5
	m.Change(func(m *Memory) {
		if t.own {
			m.Images = inFront(m.Images, t.Image, mostImages)
			return
		}
		used := maps.Clone(m.Used)
		if used == nil {
			used = map[string][]string{}
		}
		used[context] = inFront(used[context], t.Name, mostPresets)
		m.Used = used
	})
}

// inFront is a list with a word in front, in which it is once.
func inFront(list []string, word string, most int) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == word })
	list = append([]string{word}, list...)
	return list[:min(len(list), most)]
}
