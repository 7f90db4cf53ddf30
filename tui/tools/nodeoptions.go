package tools

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// nodeChoice is how a pod on a node is chosen to be.
type nodeChoice struct {
	debug.NodeOptions
	Namespace string // that it is created in
}

// nodeOption is one thing that a person can choose about it.
type nodeOption struct {
	kit.CheckItem
	turn func(nodeChoice) nodeChoice // nil: it is typed
}

// nodeOptions is where a person chooses it, each choice beside what follows from it. It returns the choice and does not know what becomes of it.
type nodeOptions struct {
	*kit.Kit
	keys       copyOptionsKeys
	title      string
	pod        *kube.Pod
	way        debug.Way
	target     string
	isShell    bool     // the tool is the node's own shell
	namespaces []string // that may hold the pod, to choose from
	choice     nodeChoice
	cursor     kit.Cursor
	page       int
	done       func(nodeChoice) tea.Msg
}

// namespaceMsg brings the namespace that was typed.
type namespaceMsg struct {
	options *nodeOptions
	name    string
}

// nodeChosenMsg brings how a pod on a node is to be.
type nodeChosenMsg struct {
	screen *Screen
	choice nodeChoice
}

// chooseNode opens the options of the pod that the plan makes on a node.
func (s *Screen) chooseNode() tea.Cmd {
	o := &nodeOptions{
		Kit: s.Kit, keys: newCopyOptionsKeys(s.Bindings), title: s.Title() + " › options", pod: s.Pod, way: s.way, target: s.target, isShell: s.chosen.Node == presets.NodeHost,
		namespaces: s.around.Host.NamespacesFor(""), choice: s.nodeChoice(),
		done: func(c nodeChoice) tea.Msg { return kit.Return{Result: nodeChosenMsg{s, c}} },
	}
	return s.Ask(kit.Show{Screen: o})
}

// Place is which lines are on the screen.
func (s *nodeOptions) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *nodeOptions) Title() string { return s.title }

// Init begins.
func (s *nodeOptions) Init() tea.Cmd { return nil }

// Keys are those that do something now.
func (s *nodeOptions) Keys() []key.Binding {
	turn := s.keys.Turn
	if all := s.options(); s.cursor.At < len(all) && all[s.cursor.At].turn == nil {
		turn = s.keys.Name
	}
	return []key.Binding{s.keys.Take, turn, s.keys.Up, s.keys.Down, s.keys.Back}
}

// options are all that can be chosen, in the order in which a person reads them.
func (s *nodeOptions) options() []nodeOption {
	var list []nodeOption
	if s.way == debug.Join {
		list = append(s.joined(), s.user())
	} else {
		list = append(list, s.shell())
	}
	return append(list, nodeOption{CheckItem: kit.CheckItem{Group: "the pod", Words: "namespace " + s.choice.Namespace, Means: "that it is created in"}})
}

// joined are the namespaces of the container.
func (s *nodeOptions) joined() []nodeOption {
	some := nodepod.Usual()
	if s.choice.Namespaces != nil {
		some = *s.choice.Namespaces
	}
	var list []nodeOption
	for _, one := range nodepod.All() {
		on := one.In(some)
		means := one.Means
		if !on && one.Name != "mnt" {
			means = "not joined: you see those of the pod that dayfly creates, or the node's"
		}
		list = append(list, nodeOption{kit.CheckItem{Group: "join the container's", Words: one.Words, Means: means, On: on, Box: true}, func(c nodeChoice) nodeChoice {
			turned := one.Turn(some)
			c.Namespaces = &turned
			return c
		}})
	}
	return list
}

// user is as whom one is there.
func (s *nodeOptions) user() nodeOption {
	means := "off: root, who sees all of its files"
	if s.choice.AsTarget {
		means = "with its user and group, without its further groups"
	}
	return nodeOption{kit.CheckItem{Group: "run as", Words: "the user of " + s.target, Means: means, On: s.choice.AsTarget, Box: true}, func(c nodeChoice) nodeChoice {
		c.AsTarget = !c.AsTarget
		return c
	}}
}

// shell is whose programs one has on the node.
func (s *nodeOptions) shell() nodeOption {
	if s.isShell {
		return nodeOption{kit.CheckItem{Group: "on the node", Words: "its own shell", Means: "this tool is that; choose another for programs of an image", On: true, Box: true}, func(c nodeChoice) nodeChoice { return c }}
	}
	means := "off: the tool's programs, and what of the node its profile gives"
	if s.choice.Shell {
		means = "the node's programs and files, by nsenter; the tool's are out of reach"
	}
	return nodeOption{kit.CheckItem{Group: "on the node", Words: "its own shell", Means: means, On: s.choice.Shell, Box: true}, func(c nodeChoice) nodeChoice {
		c.Shell = !c.Shell
		return c
	}}
}

// Update takes messages and keys.
func (s *nodeOptions) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case namespaceMsg:
		if msg.options == s {
			s.choice.Namespace = msg.name
		}
	case tea.KeyPressMsg:
		all := s.options()
		switch {
		case s.cursor.Move(s.keys.KeyMap, msg, len(all), s.page):
		case key.Matches(msg, s.keys.Take):
			return s.Ask(s.done(s.choice))
		case key.Matches(msg, s.keys.Turn) && all[s.cursor.At].turn == nil:
			return s.askNamespace()
		case key.Matches(msg, s.keys.Turn):
			s.choice = all[s.cursor.At].turn(s.choice)
		}
	}
	return nil
}

func (s *nodeOptions) askNamespace() tea.Cmd {
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.title + " › namespace", Takes: s.keys.Choose, Asks: "a namespace that may hold a privileged pod", Earlier: slices.Clone(s.namespaces),
		Check: func(text string) error {
			if problem := debug.CheckNamespace(text); problem != nil {
				return problem
			}
			return nil
		},
		Done: func(text string) tea.Msg { return kit.Return{Result: namespaceMsg{s, text}} },
	})})
}

// View draws the options in their groups.
func (s *nodeOptions) View(width, height int) string {
	var items []kit.CheckItem
	for _, o := range s.options() {
		items = append(items, o.CheckItem)
	}
	s.page = max(height, 1)
	return kit.DrawCheckList(s.Kit, &s.cursor, items, width, height)
}
