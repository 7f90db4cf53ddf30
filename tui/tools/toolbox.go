package tools

import (
	"slices"

	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
)

// tool is one line of the choice: a preset, or an image that a person composed or typed.
type tool struct {
	presets.Preset
	reason string // why it is offered before others; empty: none
	own    bool   // of no preset
	fixed  bool   // the image stays as it is, whatever the node: a person has checked or typed it so
}

// same reports whether two are the same choice. A preset is its name: its image may have been written anew.
func (t tool) same(o tool) bool {
	return t.own == o.own && t.Name == o.Name && (t.Image == o.Image || !t.own)
}

// The names of tools that are of no preset.
const (
	composedName = "composed"
	typedName    = "image"
	fallbackName = "fallback"
	earlierName  = "earlier"
)

// toolbox is what a person can choose from for a pod: what they have made here, what is recommended, what they made before, their presets, those of dayfly.
func toolbox(own []tool, list []presets.Preset, advice []presets.Advice, earlier []tool) []tool {
	tools := slices.Clone(own)
	for _, a := range advice {
		if i := slices.IndexFunc(list, func(p presets.Preset) bool { return p.Name == a.Preset }); i >= 0 {
			tools = append(tools, tool{Preset: list[i], reason: a.Reason})
		}
	}
	const mostEarlier = 3
	for i, e := range earlier {
		if i < mostEarlier && !slices.ContainsFunc(tools, func(t tool) bool { return t.Image == e.Image }) {
			tools = append(tools, e)
		}
	}
	for _, theirs := range []bool{true, false} { // a person's own presets before the shipped ones; those for many pods have no session
		for _, p := range list {
			if theirs == (p.Origin != presets.Shipped) && !p.Many && !slices.ContainsFunc(tools, func(t tool) bool { return !t.own && t.Name == p.Name }) {
				tools = append(tools, tool{Preset: p})
			}
		}
	}
	return tools
}

// composedTool is a Nixery image as a tool.
func composedTool(image nixery.Image, c *nixery.Catalogue) tool {
	p := presets.OfComposed(image, c)
	p.Name = composedName
	return tool{Preset: p, own: true, fixed: true}
}

// typedTool is any image as a tool: it starts what the image itself starts.
func typedTool(image string) tool {
	p := presets.OfImage(image)
	p.Name = typedName
	return tool{Preset: p, own: true, fixed: true}
}

// earlierTools are the images of no preset that were used before.
func earlierTools(images []string, host string, c *nixery.Catalogue) []tool {
	var tools []tool
	for _, image := range images {
		t := typedTool(image)
		if composed, ok := presets.ParseComposed(image, host); ok {
			t = composedTool(composed, c)
		}
		t.Name, t.fixed = earlierName, false // it may have been for another node
		tools = append(tools, t)
	}
	return tools
}
