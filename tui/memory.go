package tui

// Memory is what the interface remembers from one start to the next: what a person chose on a screen, not what they configured.
type Memory struct {
	Theme    string          `json:"theme,omitempty"`
	Contexts map[string]View `json:"contexts,omitempty"` // by the name of the kubeconfig's context
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
