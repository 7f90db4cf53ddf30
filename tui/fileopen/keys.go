package fileopen

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keyMap are the keys on the way to files.
type keyMap struct {
	kit.KeyMap
	Add, Profile, Root, Tools, Answer, GoOn key.Binding
}

func newKeyMap(common kit.KeyMap) keyMap {
	return keyMap{
		KeyMap:  common,
		Add:     kit.Bind("↵", "add it", "enter"),
		Profile: kit.Bind("p", "profile", "p"),
		Root:    kit.Bind("R", "as root", "R"),
		Tools:   kit.Bind("d", "other tools", "d"),
		Answer:  kit.Bind("↵", "answer", "enter"),
		GoOn:    kit.Bind("↵", "go on", "enter"),
	}
}

// KeyGroup is what is told of them outside the interface.
func KeyGroup() kit.KeyGroup {
	k := newKeyMap(kit.NewKeyMap())
	return kit.NewKeyGroup("files by a debug container", k.Add, k.Profile, k.Root, k.Whole, k.Tools)
}

// Keys are those that do something now.
func (w *Way) Keys() []key.Binding {
	k := w.keys
	switch o := w.opening; {
	case o.phase == asking:
		return []key.Binding{k.Answer, k.Back}
	case o.phase == offering && o.offer.plan.Image != "":
		return []key.Binding{k.Add, k.Profile, k.Root, k.Whole, k.Tools, k.Back}
	case o.phase == offering:
		return []key.Binding{k.Profile, k.Root, k.Tools, k.Back}
	case o.phase == stuck:
		return []key.Binding{k.Retry, k.Tools, k.Back}
	}
	return []key.Binding{k.Back}
}

// Helps is the key that does what helps.
func (w *Way) Helps(h kube.Help) (key.Binding, bool) {
	switch h { //nolint:exhaustive // of nothing else
	case kube.ChooseTool, kube.ChooseTarget, kube.ChooseWay:
		return w.keys.Tools, true
	case kube.ChooseProfile, kube.AdmittedProfile:
		return w.keys.Profile, w.opening.phase == offering
	}
	return key.Binding{}, false
}

// NameOf says what the keys lead to that help.
func (w *Way) NameOf(h kube.Help) string {
	if h == kube.ChooseTool {
		return "choose a tool"
	}
	return ""
}

// CopyCommand adds the debug container that is offered.
func (w *Way) CopyCommand() string {
	if w.opening.phase != offering {
		return ""
	}
	return w.opening.offer.plan.Command
}

// Update takes messages and keys.
func (w *Way) Update(msg tea.Msg) tea.Cmd {
	o := w.opening
	switch msg := msg.(type) {
	case podMsg:
		if msg.of == o {
			return w.takePod(msg)
		}
	case agreedMsg:
		if msg.of == o {
			o.found.Access = msg.access
			return w.enter()
		}
	case placeMsg:
		if msg.of == o {
			return w.takePlace(msg)
		}
	case aroundMsg:
		if msg.of == o {
			o.offer.around = &msg.around
			return w.replan()
		}
	case preflightMsg:
		if msg.of == o && msg.asked == o.offer.asked {
			w.takeAnswer(msg)
		}
	case startedMsg:
		if msg.of == o {
			return w.takeStarted(msg)
		}
	case tea.KeyPressMsg:
		return w.press(msg)
	}
	return nil
}

func (w *Way) press(msg tea.KeyPressMsg) tea.Cmd {
	k, o := w.keys, w.opening
	planned := o.phase == offering && o.offer.around != nil
	switch {
	case key.Matches(msg, k.Back) && o.before != nil:
		w.goBack()
	case key.Matches(msg, k.Answer) && o.phase == asking:
		return w.enter()
	case key.Matches(msg, k.Add) && o.phase == offering:
		return w.add()
	case key.Matches(msg, k.Profile) && planned:
		return w.nextProfile()
	case key.Matches(msg, k.Root) && planned:
		o.offer.root = !o.offer.root
		return w.replan()
	case key.Matches(msg, k.Whole) && planned:
		return w.whole()
	case key.Matches(msg, k.Tools) && (o.phase == offering || o.phase == stuck):
		return w.Ask(kit.OpenTools{Cluster: w.with.Cluster, Pod: w.with.Pod, Target: w.Container})
	case key.Matches(msg, k.Retry) && o.phase == stuck:
		return w.begin(o.beside)
	}
	return nil
}
