package batch

import (
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// keys are those that do something now.
func (p *plan) keys() []key.Binding {
	k := p.Ask.keys
	var keys []key.Binding
	if p.batch != nil && len(p.batch.Runs()) > 0 {
		run := k.Run
		run.SetHelp(run.Help().Key, fmt.Sprintf("run %s %d", p.in(), len(p.batch.Runs())))
		keys = append(keys, run)
	}
	if p.asks {
		run := k.Run
		run.SetHelp(run.Help().Key, "ask the cluster")
		keys = append(keys, run)
	}
	if p.problem != nil {
		keys = append(keys, k.Retry)
	}
	if !p.ofNodes() {
		keys = append(keys, k.Way, k.PerWorkload)
	}
	keys = append(keys, k.Limits, k.Timeout)
	if p.question.own && p.way != byExec {
		keys = append(keys, k.Tool)
	}
	return append(keys, k.Back)
}

func (p *plan) press(msg tea.KeyPressMsg) tea.Cmd {
	k := p.Ask.keys
	switch {
	case key.Matches(msg, k.Run) && p.asks:
		p.sure = true
		return p.prepare()
	case key.Matches(msg, k.Run):
		return p.run()
	case key.Matches(msg, k.Way) && !p.ofNodes():
		p.way = (p.way + 1) % ways
		return p.prepare()
	case key.Matches(msg, k.PerWorkload) && !p.ofNodes():
		p.perWorkload = !p.perWorkload
		return p.prepare()
	case key.Matches(msg, k.Limits):
		p.limits = (p.limits + 1) % len(limits())
	case key.Matches(msg, k.Timeout):
		p.timeout = (p.timeout + 1) % len(timeouts())
	case key.Matches(msg, k.Tool) && p.question.own && p.way != byExec:
		return p.chooseTool()
	case key.Matches(msg, k.Retry) && p.problem != nil:
		p.subjects = nil
		return p.prepare()
	default:
		p.top = kit.Scrolled(k.KeyMap, msg, p.top, p.lines, p.page)
	}
	return nil
}

// chooseTool offers the presets for what was typed.
func (p *plan) chooseTool() tea.Cmd {
	var list []kit.Choice
	for _, preset := range p.with.Presets() {
		if (preset.Node != "") == p.ofNodes() && !preset.Many && preset.Brings == nil {
			list = append(list, kit.Choice{Name: preset.Name, Note: preset.Purpose})
		}
	}
	read := func(context.Context) ([]kit.Choice, error) { return list, nil }
	return p.Kit.Ask(kit.Show{Screen: kit.NewPicker(p.ctx, p.Kit, p.Title()+" › tool", p.tool.Name, read, func(name string) tea.Msg {
		return kit.Return{Result: toolMsg{p, name}}
	})})
}

func (p *plan) useTool(name string) tea.Cmd {
	list := p.with.Presets()
	if i := slices.IndexFunc(list, func(preset presets.Preset) bool { return preset.Name == name }); i >= 0 {
		p.tool = list[i]
		return p.prepare()
	}
	return nil
}
