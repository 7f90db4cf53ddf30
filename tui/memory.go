package tui

import (
	"maps"
	"slices"

	"github.com/dayfly-k8s/dayfly/tui/podlist"
)

// Memory is what the interface remembers from one start to the next: what a person chose on a screen, not what they configured.
type Memory struct {
	Theme    string                  `json:"theme,omitempty"`
	Contexts map[string]podlist.View `json:"contexts,omitempty"` // by the name of the kubeconfig's context
	Images   []string                `json:"images,omitempty"`   // of no preset, that were used; the last one first

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

// View is how the list was looked at last in a context.
func (m *Memory) View(context string) podlist.View { return m.Contexts[context] }

// KeepView remembers how the list of a context is looked at. A view that shows everything in the usual order is not kept.
func (m *Memory) KeepView(context string, v podlist.View) {
	if m.View(context) == v {
		return
	}
	m.Change(func(m *Memory) {
		contexts := maps.Clone(m.Contexts)
		if contexts == nil {
			contexts = map[string]podlist.View{}
		}
		if contexts[context] = v; v == (podlist.View{}) {
			delete(contexts, context)
		}
		m.Contexts = contexts
	})
}

// wear remembers a theme.
func (m *Memory) wear(theme string) { m.Change(func(m *Memory) { m.Theme = theme }) }

// EarlierImages are images of no preset that were used, the last one first.
func (m *Memory) EarlierImages() []string { return m.Images }

// EarlierPresets are the names of presets that were used in a context, the last one first.
func (m *Memory) EarlierPresets(context string) []string { return m.Used[context] }

// UseImage remembers an image of no preset that was put into a pod.
func (m *Memory) UseImage(image string) {
	const most = 12
	m.Change(func(m *Memory) { m.Images = inFront(m.Images, image, most) })
}

// UsePreset remembers a preset that was put into a pod of a context.
func (m *Memory) UsePreset(context, name string) {
	const most = 5
	m.Change(func(m *Memory) {
		used := maps.Clone(m.Used)
		if used == nil {
			used = map[string][]string{}
		}
		used[context] = inFront(used[context], name, most)
		m.Used = used
	})
}

// inFront is a list with a word in front, in which it is once.
func inFront(list []string, word string, most int) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == word })
	list = append([]string{word}, list...)
	return list[:min(len(list), most)]
}
