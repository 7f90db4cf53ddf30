// Package presets holds the tools that can be put into a pod, as data: one YAML file a preset, the shipped ones
// embedded, the user's own read from a folder. A user's preset of a shipped one's name takes its place.
//
// [Load] reads them once, [Watch] again whenever a file changes, [Save] writes one of the user's, and [Recommend] says which
// fit a pod.
package presets

import (
	"fmt"
	"path/filepath"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/presets/strictyaml"
)

// Shipped is the Origin of the presets that come with dayfly.
const Shipped = "shipped"

// What a preset for nodes works with ([Preset.Node]).
const (
	NodeTools = "tools" // the image's programs, and what of the node the profile gives
	NodeHost  = "host"  // the node's own programs
)

// Preset is one tool: an image and how to start it.
type Preset struct {
	Name          string   `yaml:"name" json:"name"`
	Purpose       string   `yaml:"purpose,omitempty" json:"purpose,omitempty"` // one line
	Tags          []string `yaml:"tags,omitempty,flow" json:"tags,omitempty"`
	Image         string   `yaml:"image" json:"image"`
	User          string   `yaml:"user,omitempty" json:"user,omitempty"`                   // that the image runs as, USER of its Dockerfile; empty: not known
	Command       []string `yaml:"command,omitempty,flow" json:"command,omitempty"`        // instead of the image's own; empty keeps that
	ArgumentsOnly bool     `yaml:"argumentsOnly,omitempty" json:"argumentsOnly,omitempty"` // Command are arguments to the image's entrypoint
	Platforms     []string `yaml:"platforms,omitempty,flow" json:"platforms,omitempty"`    // that there is an image for, as linux/arm64; empty: all
	Profile       string   `yaml:"profile,omitempty" json:"profile,omitempty"`             // security profile; empty means general
	NoTarget      bool     `yaml:"noTarget,omitempty" json:"noTarget,omitempty"`           // the tool needs no view of the target's processes
	Node          string   `yaml:"node,omitempty" json:"node,omitempty"`                   // it is for nodes: tools (those of the image), or host (the node's own programs)
	Many          bool     `yaml:"many,omitempty" json:"many,omitempty"`                   // it prints one answer and ends, so that it can be run in many pods at once
	Takes         string   `yaml:"takes,omitempty" json:"takes,omitempty"`                 // the arguments of its command, for people, as SERVICE[:PORT]; empty: none
	Mounts        []Mount  `yaml:"mounts,omitempty" json:"mounts,omitempty"`               // volumes of the target to bring along
	PullPolicy    string   `yaml:"pullPolicy,omitempty" json:"pullPolicy,omitempty"`       // Always, IfNotPresent or Never; empty means IfNotPresent
	Env           []Var    `yaml:"env,omitempty" json:"env,omitempty"`
	Custom        string   `yaml:"custom,omitempty" json:"custom,omitempty"` // file of a partial container, as kubectl debug --custom; relative to the preset
	Brings        *Brings  `yaml:"brings,omitempty" json:"brings,omitempty"` // the file that it brings home; nil: none
	Try           []string `yaml:"try,omitempty" json:"try,omitempty"`       // what to type first

	Origin string `yaml:"-" json:"origin"` // Shipped, or the file it was read from

	custom debug.Custom
}

// Var is a variable of the tool's environment.
type Var struct {
	Name  string `yaml:"name" json:"name"`
	Value string `yaml:"value" json:"value"`
}

// Mount is a volume of the target, at the paths where the target has it.
type Mount struct {
	Volume   string `yaml:"volume" json:"volume"`                         // its name in the pod, or all
	Writable bool   `yaml:"writable,omitempty" json:"writable,omitempty"` // otherwise it is read-only
}

// Request is what the preset asks for, about a target container (empty: none) and under a new name.
func (p Preset) Request(name, target string) debug.Request {
	if p.NoTarget {
		target = ""
	}
	r := debug.Request{
		Name: name, Target: target, Image: p.Image, Command: p.Command, ArgumentsOnly: p.ArgumentsOnly,
		Profile: kube.Profile(p.Profile), PullPolicy: p.PullPolicy, Custom: p.custom,
	}
	r.Node.Shell = p.Node == NodeHost
	if p.Brings != nil {
		r.Command, r.NoTTY, r.NoStdin = waits(), true, true
	}
	for _, v := range p.Env {
		r.Env = append(r.Env, debug.EnvVar(v))
	}
	for _, m := range p.Mounts {
		r.Mounts = append(r.Mounts, debug.Mount(m))
	}
	return r
}

// Facts returns what the preset itself tells about its image, for [debug.Check] where no registry has answered; nil when it tells nothing.
func (p Preset) Facts() *debug.ImageFacts {
	if p.User == "" {
		return nil
	}
	return &debug.ImageFacts{User: p.User}
}

// parse reads a preset from a file of folder. With a mistake comes what could be read.
func parse(file string, data []byte) (Preset, error) {
	var p Preset
	if err := strictyaml.Decode(file, data, &p); err != nil {
		return p, err
	}
	if p.Profile == "" {
		p.Profile = string(kube.General)
	}
	if err := p.check(); err != nil {
		return p, located(file, data, err)
	}
	if err := p.readCustom(file); err != nil {
		return p, located(file, data, at(fmt.Errorf("custom: %w", err), "custom"))
	}
	return p, nil
}

// customFile is where the partial container is that the preset of a file names; empty when it names none.
func (p Preset) customFile(file string) string {
	if p.Custom == "" || filepath.IsAbs(p.Custom) {
		return p.Custom
	}
	return filepath.Join(filepath.Dir(file), p.Custom)
}

func (p *Preset) readCustom(file string) error {
	source := p.customFile(file)
	switch {
	case source == "":
		return nil
	case p.Custom != kube.Sanitize(p.Custom):
		return fmt.Errorf("%q: write the name of a file, without control characters", p.Custom)
	}
	data, err := readFile(disk{}, source)
	if err == nil {
		p.custom, err = debug.ParseCustom(source, data)
	}
	return err
}
