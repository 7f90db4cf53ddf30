package tools

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// New offers the tools for a pod.
func New(ctx context.Context, k *kit.Kit, about kit.OpenTools, with Options) *Screen {
	s := &Screen{
		Kit: k, with: with, keys: newToolsKeys(k.Bindings), Watch: pod.NewWatch(ctx, about.Cluster, about.Pod), ctx: ctx,
		target: about.Target, asked: about.Target != "", name: with.NewName(), filter: kit.NewFilter("/ "),
		look: newLook(ctx, k, with.Registry), preflight: newPreflight(ctx, k), mode: with.Mode(about.Cluster),
	}
	s.restock()
	return s
}

// NewForNode offers the tools for a node.
func NewForNode(ctx context.Context, k *kit.Kit, about kit.OpenNodeTools, with Options) *Screen {
	s := New(ctx, k, kit.OpenTools{Cluster: about.Cluster, Pod: kube.PodKey{Name: about.Node}}, with)
	s.Watch.Close()
	s.Watch = pod.NewNodeWatch(about.Cluster, about.Node)
	s.node, s.way, s.wayChosen, s.asked = about.Node, debug.Node, true, true
	return s
}

// Init begins to read.
func (s *Screen) Init() tea.Cmd { return tea.Batch(s.Watch.Init(), s.readAround(), s.check()) }

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	k := s.keys
	if s.Typing() {
		return []key.Binding{k.FilterDone, k.FilterClear}
	}
	if s.State() != nil {
		return []key.Binding{k.Back}
	}
	var keys []key.Binding
	if s.refused == nil && s.ready() {
		keys = append(keys, s.launchKey())
	}
	if s.look.problem != nil && s.fallback() != "" {
		keys = append(keys, k.Fallback)
	}
	if s.preflight.refusal() != nil && s.preflight.answer.Admission == kube.No && s.plan.Forbidden(s.Cluster.Guard()) == nil && s.way != debug.Join {
		keys = append(keys, k.Weaker)
	}
	if one, other := s.remedy(); one != nil {
		if keys = append(keys, k.Fix); other != nil {
			keys = append(keys, k.FixElse)
		}
	}
	keys = append(keys, k.Compose, k.AnyImage)
	if s.chosen.own {
		keys = append(keys, k.SaveTool, k.Command)
	}
	if keys = append(keys, k.Profile); s.node == "" {
		keys = append(keys, k.Target)
	}
	if keys = append(keys, k.Whole); len(s.ways()) > 1 {
		keys = append(keys, k.Way)
	}
	if s.way.OwnPod() {
		keys = append(keys, k.Options)
	}
	return append(keys, k.Filter, k.Life, k.Private, k.Record, k.Back)
}

// Update takes messages and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pod.News:
		cmd, mine := s.Take(msg)
		if !mine {
			return cmd
		}
		s.offerWay()
		s.replan()
		return tea.Batch(cmd, s.readAround(), s.check())
	case environmentMsg, copyMsg, hostMsg, nodeChosenMsg, copyChosenMsg:
		if s.know(msg) {
			s.replan()
			return s.check()
		}
	case kit.Tick:
		if s.preflight.stale() {
			return s.preflight.again()
		}
	case PresetsChanged:
		s.restock()
		s.replan()
		return s.check()
	case lookDueMsg, lookSpinMsg, lookNewsMsg:
		cmd := s.look.update(msg)
		s.replan() // what the image starts may be a part of the plan
		return tea.Batch(cmd, s.check())
	case preflightDueMsg, preflightMsg:
		return s.preflight.update(msg)
	case admittedMsg:
		s.takeAdmitted(msg)
		return s.check()
	case agreement:
		if msg.screen == s {
			return s.agree(msg)
		}
	case ownToolMsg:
		if msg.screen == s {
			return s.takeOwn(msg.tool)
		}
	case tea.KeyPressMsg:
		return tea.Batch(s.press(msg), s.check())
	default:
		if s.Typing() {
			return tea.Batch(s.typed(msg), s.check())
		}
	}
	return nil
}

// know takes what has been read around the pod, or chosen of a pod of the session's own, and reports whether it was for this screen.
func (s *Screen) know(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case environmentMsg:
		if msg.screen != s {
			return false
		}
		s.around = &msg.around
		if !s.touched {
			s.chosen, s.cursor = tool{}, kit.Cursor{} // what is recommended is first
		}
		s.restock()
	case copyMsg:
		if msg.screen != s {
			return false
		}
		s.around.Copy = &msg.around
	case hostMsg:
		if msg.screen != s || msg.at != s.readHostAt {
			return false
		}
		s.around.Host = &msg.around
	case copyChosenMsg:
		if msg.screen != s {
			return false
		}
		s.choices, s.fixes = msg.choices, nil
	case nodeChosenMsg:
		if msg.screen != s {
			return false
		}
		s.host, s.fixes = msg.choice, nil
	}
	return true
}

func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	before := s.filter.Text()
	cmd := s.filter.Update(s.keys.KeyMap, msg)
	if s.filter.Text() != before {
		s.refilter()
	}
	return cmd
}
