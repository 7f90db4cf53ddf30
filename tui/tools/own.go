package tools

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// ownToolMsg brings a tool that was composed or typed for a screen.
type ownToolMsg struct {
	screen *Screen
	tool   tool
}

// takeOwn puts the tool under the cursor, in front of all others. There is one composed and one typed tool at a time.
func (s *Screen) takeOwn(t tool) tea.Cmd {
	s.own = slices.DeleteFunc(s.own, func(o tool) bool { return o.Name == t.Name })
	s.filter.Clear()
	s.replace(t)
	return s.check()
}

// compose opens the composer: with the packages of the tool under the cursor, if it is a Nixery image, or those of the last composition.
func (s *Screen) compose() tea.Cmd {
	catalogue, err := s.with.Catalogue()
	if err != nil {
		return s.Flash(err.Error())
	}
	host := s.settings().Nixery
	c := compose{catalogue: s.with.Catalogue, title: s.Title() + " › ", image: plainImage(host, catalogue), arm: "for nodes with ARM processors", recent: s.composed(host)}
	for _, t := range append(slices.Clone(s.own), s.chosen) {
		if image, ok := presets.ParseComposed(t.Image, host); ok && (t.Name == composedName || t.same(s.chosen)) {
			c.image = image
		}
	}
	if s.around != nil && s.around.Arch != "" {
		c.arm = "the pod's node has " + s.around.Arch
		c.image.ARM64 = c.image.ARM64 || s.around.Arch == "arm64"
	}
	if s.look.problem != nil {
		c.missing = s.look.problem.Missing
	}
	return s.Ask(kit.Show{Screen: newComposer(s.Kit, c, func(image nixery.Image) tea.Msg {
		return kit.Return{Result: ownToolMsg{s, composedTool(image, catalogue)}}
	})})
}

// composed are the images of before that were composed.
func (s *Screen) composed(host string) []nixery.Image {
	const most = 3
	var images []nixery.Image
	for _, text := range s.with.Memory.EarlierImages() {
		if image, ok := presets.ParseComposed(text, host); ok && len(images) < most {
			images = append(images, image)
		}
	}
	return images
}

// typeImage asks for the name of any image.
func (s *Screen) typeImage() tea.Cmd {
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › any image", Takes: s.keys.Choose, Asks: "an image, such as busybox:1.37 or quay.io/team/tool@sha256:…", Earlier: slices.Clone(s.with.Memory.EarlierImages()),
		Check: func(text string) error {
			_, err := registry.ParseReference(text)
			return mistake(err)
		},
		Done: func(text string) tea.Msg {
			if image, ok := presets.ParseComposed(text, s.settings().Nixery); ok {
				if catalogue, err := s.with.Catalogue(); err == nil {
					return kit.Return{Result: ownToolMsg{s, composedTool(image, catalogue)}}
				}
			}
			return kit.Return{Result: ownToolMsg{s, typedTool(text)}}
		},
	})})
}

// fallback is the image that the settings name for when another cannot be had; empty: there is none, or it is the one that cannot.
func (s *Screen) fallback() string {
	if image := s.settings().Fallback; image != s.plan.Image && !s.plan.Inside() {
		return image
	}
	return ""
}

// fallBack takes the image that the settings name for when another cannot be had. It keeps the profile: what the tool was to do is the same.
func (s *Screen) fallBack() tea.Cmd {
	image := s.fallback()
	if s.look.problem == nil || image == "" {
		return nil
	}
	profile := s.profile
	t := typedTool(image)
	instead := s.chosen.Name
	if s.chosen.own {
		instead = s.chosen.Purpose
	}
	t.Name, t.Purpose, t.Command, t.Profile = fallbackName, image+" instead of "+instead, []string{"sh"}, string(profile)
	return s.takeOwn(t)
}

// save asks for a name and makes a preset of the tool under the cursor.
func (s *Screen) save() tea.Cmd {
	t := s.chosen
	switch {
	case t.Name == "":
		return nil
	case !t.own:
		return s.Flash(t.Name + " is a preset already")
	}
	if s.with.SavePreset == nil {
		return s.Flash("there is no folder for presets")
	}
	p := t.Preset
	p.Profile, p.Origin = string(s.profile), ""
	named := func(name string) presets.Preset {
		p := p
		p.Name = strings.TrimSpace(name)
		return p
	}
	var file string
	return s.Ask(kit.Show{Screen: kit.NewPrompt(s.Kit, kit.PromptOptions{
		Title: s.Title() + " › save", Takes: s.keys.SaveDone, Asks: "a name for " + p.Image,
		Check: func(name string) (err error) {
			file, err = s.with.SavePreset(named(name))
			return mistake(err)
		},
		Done: func(name string) tea.Msg {
			return kit.Return{Result: kit.Flash{Text: fmt.Sprintf("preset %s is saved in %s", named(name).Name, file)}}
		},
	})})
}
