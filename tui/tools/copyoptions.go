package tools

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// copyOptions is where a person chooses how the copy of a pod is, each choice beside what follows from it. It returns the choices and does not
// know what becomes of them.
type copyOptions struct {
	*kit.Kit
	keys    copyOptionsKeys
	title   string
	pod     *kube.Pod
	around  podcopy.Environment
	idle    bool // the copy is
	choices podcopy.Choices
	cursor  kit.Cursor
	page    int
	done    func(podcopy.Choices) tea.Msg
}

// imageMsg brings the image that was typed for a container of a copy, and nameMsg the copy's name.
type (
	imageMsg struct {
		options          *copyOptions
		container, image string
	}
	nameMsg struct {
		options *copyOptions
		name    string
	}
)

// copyChosenMsg brings how a copy is to be.
type copyChosenMsg struct {
	screen  *Screen
	choices podcopy.Choices
}

func newCopyOptions(k *kit.Kit, title string, pod *kube.Pod, c podcopy.Choices, around podcopy.Environment, idle bool, done func(podcopy.Choices) tea.Msg) *copyOptions {
	return &copyOptions{Kit: k, keys: newCopyOptionsKeys(k.Bindings), title: title, pod: pod, choices: c, around: around, idle: idle, done: done}
}

// chooseCopy opens the options of the copy that the plan makes.
func (s *Screen) chooseCopy() tea.Cmd {
	switch {
	case !s.way.OwnPod():
		return s.Flash("these are options of a copy: press " + s.keys.Way.Help().Key + " to debug the pod " + debug.Copy.Words())
	case s.State() != nil:
		return s.Flash(s.State().Message)
	case !s.ready():
		return s.Flash("still reading the pod")
	case s.way.FromNode():
		return s.chooseNode()
	}
	return s.Ask(kit.Show{Screen: newCopyOptions(s.Kit, s.Title()+" › options", s.Pod, s.choices, s.around.Copy.Around, s.plan.Inside(), func(c podcopy.Choices) tea.Msg {
		return kit.Return{Result: copyChosenMsg{s, c}}
	})})
}

// Place is which lines are on the screen.
func (s *copyOptions) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *copyOptions) Title() string { return s.title }

// Init begins.
func (s *copyOptions) Init() tea.Cmd { return nil }

// Keys are those that do something now.
func (s *copyOptions) Keys() []key.Binding {
	turn := s.keys.Turn
	switch o, ok := s.option(); {
	case !ok:
	case o.Image != "":
		turn = s.keys.Image
	case o.Name:
		turn = s.keys.Name
	}
	return []key.Binding{s.keys.Take, turn, s.keys.Up, s.keys.Down, s.keys.Back}
}

func (s *copyOptions) options() []podcopy.Option {
	return podcopy.Options(s.pod.Object(), s.choices, s.around, s.idle)
}

// option is the one under the cursor.
func (s *copyOptions) option() (podcopy.Option, bool) {
	all := s.options()
	s.cursor.Clamp(len(all))
	if len(all) == 0 {
		return podcopy.Option{}, false
	}
	return all[s.cursor.At], true
}

// Update takes messages and keys.
func (s *copyOptions) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case imageMsg:
		if msg.options == s {
			s.choices = s.choices.WithImage(msg.container, msg.image)
		}
	case nameMsg:
		if msg.options == s {
			s.choices = s.choices.WithName(msg.name)
		}
	case tea.KeyPressMsg:
		switch {
		case s.cursor.Move(s.keys.KeyMap, msg, len(s.options()), s.page):
		case key.Matches(msg, s.keys.Take):
			return s.Ask(s.done(s.choices))
		case key.Matches(msg, s.keys.Turn):
			return s.turn()
		}
	}
	return nil
}

// turn turns the option under the cursor, or asks for what is typed.
func (s *copyOptions) turn() tea.Cmd {
	o, ok := s.option()
	switch {
	case !ok:
		return nil
	case o.Turn != nil:
		s.choices = o.Turn(s.choices)
		return nil
	case o.Name && o.On:
		s.choices = s.choices.WithName("")
		return nil
	case o.Name:
		return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
			Title: s.title + " › name", Takes: s.keys.Choose, Asks: "a name for the copy of pod " + s.pod.Name,
			Check: func(text string) error {
				if problem := debug.CheckCopyName(s.pod, text); problem != nil {
					return problem
				}
				return nil
			},
			Done: func(text string) tea.Msg { return kit.Return{Result: nameMsg{s, text}} },
		})})
	case o.On:
		s.choices = s.choices.WithImage(o.Image, "")
		return nil
	}
	asks := "an image for container " + o.Words + " of the copy, instead of " + o.Means
	if o.Image == podcopy.All {
		asks = "an image for all containers of the copy for which none is chosen"
	}
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.title + " › image", Takes: s.keys.Choose, Asks: asks,
		Check: func(text string) error { return mistake(debug.CheckImage(text)) },
		Done:  func(text string) tea.Msg { return kit.Return{Result: imageMsg{s, o.Image, text}} },
	})})
}

// View draws the options in their groups.
func (s *copyOptions) View(width, height int) string {
	all := s.options()
	items := make([]kit.CheckItem, len(all))
	for i, o := range all {
		items[i] = kit.CheckItem{Group: o.Group, Words: o.Words, Means: o.Means, On: o.On, Box: o.Turn != nil}
	}
	s.page = max(height, 1)
	return kit.DrawCheckList(s.Kit, &s.cursor, items, width, height)
}
