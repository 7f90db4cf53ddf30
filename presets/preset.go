// Package presets holds the tools that can be put into a pod, as data: one YAML file a preset, the shipped ones
// embedded, the user's own read from a folder. A user's preset of a shipped one's name takes its place.
package presets

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

// Preset is one tool: an image and how to start it.
type Preset struct {
	Name          string   `yaml:"name"`
	Purpose       string   `yaml:"purpose"` // one line
	Image         string   `yaml:"image"`
	Command       []string `yaml:"command"`       // instead of the image's own; empty keeps that
	ArgumentsOnly bool     `yaml:"argumentsOnly"` // Command are arguments to the image's entrypoint
	Profile       string   `yaml:"profile"`       // security profile; empty means general
	NoTarget      bool     `yaml:"noTarget"`      // the tool needs no view of the target's processes
	PullPolicy    string   `yaml:"pullPolicy"`    // Always, IfNotPresent or Never; empty means IfNotPresent
	Env           []Var    `yaml:"env"`
	Custom        string   `yaml:"custom"` // file of a partial container, as kubectl debug --custom; relative to the preset
	Try           []string `yaml:"try"`    // what to type first

	custom kube.Custom
}

// Var is a variable of the tool's environment.
type Var struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

// Request is what the preset asks for, about a target container (empty: none) and under a new name.
func (p Preset) Request(name, target string) kube.Request {
	if p.NoTarget {
		target = ""
	}
	r := kube.Request{
		Name: name, Target: target, Image: p.Image, Command: p.Command, ArgumentsOnly: p.ArgumentsOnly,
		Profile: kube.Profile(p.Profile), PullPolicy: p.PullPolicy, Custom: p.custom,
	}
	for _, v := range p.Env {
		r.Env = append(r.Env, kube.EnvVar(v))
	}
	return r
}

// parse reads a preset from a file of folder.
func parse(file string, data []byte) (Preset, error) {
	var p Preset
	if err := strictyaml.Decode(file, data, &p); err != nil {
		return Preset{}, err
	}
	switch {
	case p.Name == "":
		return Preset{}, fmt.Errorf("%s: name is missing: write name: and a short word", file)
	case p.Image == "":
		return Preset{}, fmt.Errorf("%s: image is missing: write image: and an image name", file)
	}
	if p.Profile == "" {
		p.Profile = string(kube.General)
	}
	if _, err := kube.ParseProfile(p.Profile); err != nil {
		return Preset{}, fmt.Errorf("%s: %w", file, err)
	}
	switch p.PullPolicy {
	case "", "Always", "IfNotPresent", "Never":
	default:
		return Preset{}, fmt.Errorf("%s: pullPolicy %q: use Always, IfNotPresent or Never", file, p.PullPolicy)
	}
	return p.withCustom(file)
}

func (p Preset) withCustom(file string) (Preset, error) {
	if p.Custom == "" {
		return p, nil
	}
	source := p.Custom
	if !filepath.IsAbs(source) {
		source = filepath.Join(filepath.Dir(file), source)
	}
	data, err := os.ReadFile(source)
	if err != nil {
		return Preset{}, fmt.Errorf("%s: custom: %w", file, err)
	}
	p.custom, err = kube.ParseCustom(source, data)
	if err != nil {
		return Preset{}, fmt.Errorf("%s: custom: %w", file, err)
	}
	return p, nil
}
