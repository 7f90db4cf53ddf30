// Package tools is the choice of a tool for a pod: presets, images that are composed or typed, what each would add to the pod exactly, and what
// the rules, the cluster and the registry say of it. What is chosen is asked of App as a plan ([Start]).
package tools

import (
	"cmp"
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
	"github.com/dayfly-k8s/dayfly/presets"
	"github.com/dayfly-k8s/dayfly/presets/choice"
	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/pod"
)

// Screen is the choice of a tool for a pod. It shows exactly what would be added before anything is.
type Screen struct {
	*kit.Kit
	pod.Watch
	with          Options
	keys          toolsKeys
	ctx           context.Context       //nolint:containedctx // of the screen's life: commands run in it
	target        string                // the container to look at; empty: none
	asked         bool                  // target has been chosen by a person, or from the pod
	name          string                // of the debug container to be
	around        *debug.PodEnvironment // nil: not read yet
	reading       bool
	readingCopy   bool
	confirmed     string // the plan of which a person was told that it is known to fail
	profileChosen bool   // the profile has been chosen by a person
	touched       bool   // a person has chosen in the list
	own           []tool // composed and typed here
	tools         []tool
	chosen        tool // under the cursor
	profile       kube.Profile
	way           debug.Way
	choices       podcopy.Choices // of a copy
	host          nodeChoice      // of a pod on the node
	wayChosen     bool            // the way has been chosen by a person
	wayReason     string          // why the way is offered first; empty: it is the usual one
	node          string          // that is debugged itself; empty: a pod is
	readHostAt    string          // the node and the namespace of which what is around them is being read, or has been
	filter        kit.Filter
	cursor        kit.Cursor
	passed        []kit.Match
	plan          debug.Plan
	rule          *registry.Rule // the mirror that the plan's image comes from
	refused       *kube.Problem  // why there is no plan
	look          *look
	preflight     *preflight
	fixes         []func(debug.Request) debug.Request // remedies that were taken
	loses         string                              // what will not work under the profile that the cluster admits
	listed        struct{ wide, high int }            // the cells of the list, from the top left
	mode          Mode                                // how the session is to be
}

// Options are what a choice of tools works with.
type Options struct {
	Presets    func() []presets.Preset                       // as they are now
	Mistakes   func() []string                               // in the user's files, a line each
	Catalogue  func() (*nixery.Catalogue, error)             // of the composer
	Registries func(context string) registry.Settings        // nil: there are none
	Registry   choice.Looker                                 // nil: images are not looked at before they are used
	SavePreset func(presets.Preset) (file string, err error) // nil: there is no place
	NewName    func() string                                 // names a debug container
	Mode       func(*kube.Cluster) Mode                      // how sessions are unless a person wants it otherwise
	Namespace  func(context string) string                   // that pods on nodes are created in, by the configuration; nil or empty: dayfly chooses
	Memory     Memory
}

// Memory knows which tools were used before.
type Memory interface {
	EarlierImages() []string                // of no preset, the last one first
	EarlierPresets(context string) []string // the last one first
	UseImage(image string)
	UsePreset(context, name string)
}

// Close ends what is read.
func (s *Screen) Close() {
	s.Watch.Close()
	s.look.Close()
	s.preflight.Close()
}

// Place is which lines are on the screen.
func (s *Screen) Place() string { return s.cursor.Place }

// Title is where one is.
func (s *Screen) Title() string {
	if s.node != "" {
		return "node › " + s.node + " › tools"
	}
	title := s.Key.Namespace + " › " + s.Key.Name
	if s.target != "" {
		title += " › " + s.target
	}
	return title + " › tools"
}

// Hint is for newcomers.
func (s *Screen) Hint() string {
	return "Choose a tool, and see what would be sent. ↵ sends it."
}

// HoldsBack reports whether the key that leaves the screen clears the filter first.
func (s *Screen) HoldsBack() bool { return s.filter.Text() != "" }

// Helps is the key that does what helps.
func (s *Screen) Helps(h kube.Help) (key.Binding, bool) {
	switch h { //nolint:exhaustive // of nothing else
	case kube.ChooseImage:
		return s.keys.AnyImage, true
	case kube.ChooseProfile:
		return s.keys.Profile, true
	case kube.AdmittedProfile:
		return s.keys.Weaker, true
	case kube.ChooseTarget:
		return s.keys.Target, true
	case kube.ChooseWay:
		return s.keys.Way, true
	}
	return key.Binding{}, false
}

// NameOf names the way that the next press of its key leads to.
func (s *Screen) NameOf(h kube.Help) string {
	if h != kube.ChooseWay {
		return ""
	}
	return "debug it " + next(s.ways(), s.way).Words()
}

// Typing reports whether letters are text.
func (s *Screen) Typing() bool { return s.filter.Typing() }

// Claims the key by which an image is composed, which is the context's everywhere else.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool { return key.Matches(msg, s.keys.Compose) }

// ready reports whether the pod and what is around it have been read, so that all a choice depends on is known.
func (s *Screen) ready() bool {
	return s.Pod != nil && s.around != nil && (!s.way.Copies() || s.around.Copy != nil) && (!s.way.FromNode() || s.around.Host != nil)
}

// ways are those by which it can be debugged.
func (s *Screen) ways() []debug.Way {
	if s.node != "" {
		return []debug.Way{debug.Node}
	}
	return debug.Ways()
}

// launchKey offers what can be: in read-only mode the key only tells why not.
func (s *Screen) launchKey() key.Binding {
	launch := s.keys.Launch
	if s.Cluster.Guard().Closed() != nil {
		launch.SetHelp(launch.Help().Key, "read-only")
	}
	return launch
}

// environmentMsg is what was read around the pod of a screen.
type environmentMsg struct {
	screen *Screen
	around debug.PodEnvironment
}

// copyMsg is what was read around the pod of a screen for a copy of it.
type copyMsg struct {
	screen *Screen
	around debug.CopyEnvironment
}

// hostMsg is what was read around a node.
type hostMsg struct {
	screen *Screen
	at     string // of which node and namespace; what comes late of others is dropped
	around debug.NodeEnvironment
}

// PresetsChanged tells that the kit has other presets.
type PresetsChanged struct{}

// readAround reads once what is around the pod.
func (s *Screen) readAround() tea.Cmd {
	if s.Pod == nil || s.reading {
		return nil
	}
	s.reading = true
	ctx, cluster, pod := s.ctx, s.Cluster, s.Pod
	return func() tea.Msg { return environmentMsg{s, debug.ReadPodEnvironment(ctx, cluster, pod)} }
}

// readCopy reads once what a way with a pod of its own depends on.
func (s *Screen) readCopy() tea.Cmd {
	if !s.way.Copies() || s.Pod == nil || s.around == nil || s.around.Copy != nil || s.readingCopy {
		return nil
	}
	s.readingCopy = true
	ctx, cluster, pod := s.ctx, s.Cluster, s.Pod
	return func() tea.Msg { return copyMsg{s, debug.ReadCopyEnvironment(ctx, cluster, pod)} }
}

// readHost reads once what a way from a node depends on.
func (s *Screen) readHost() tea.Cmd {
	if !s.way.FromNode() || s.Pod == nil || s.around == nil {
		return nil
	}
	ctx, cluster, node, namespace := s.ctx, s.Cluster, s.Pod.OnNode(), s.nodeChoice().Namespace
	at := node + "/" + namespace // rights differ by namespace, and a pod that waits has no node yet
	if at == s.readHostAt {
		return nil
	}
	s.readHostAt = at
	return func() tea.Msg { return hostMsg{s, at, debug.ReadNodeEnvironment(ctx, cluster, node, namespace)} }
}

// nodeChoice is how a pod on the node is to be: as a person has chosen it, or else in the namespace that the configuration says.
func (s *Screen) nodeChoice() nodeChoice {
	c := s.host
	if c.Namespace == "" && s.with.Namespace != nil {
		c.Namespace = s.with.Namespace(s.Cluster.Context)
	}
	c.Namespace = cmp.Or(c.Namespace, debug.UsualNamespace)
	return c
}

// lookAt turns the look to the image of the plan.
func (s *Screen) lookAt() tea.Cmd {
	if s.around == nil || s.refused != nil || s.settings().Silent {
		return s.look.at("", registry.Platform{})
	}
	return s.look.at(s.plan.Image, s.platform())
}

// platform is what the image has to be made for. Without a word of the node it is what nearly all of them are.
func (s *Screen) platform() registry.Platform {
	p := registry.Platform{OS: "linux", Arch: "amd64"}
	if s.around != nil && s.around.OS != "" {
		p.OS = s.around.OS
	}
	if s.around != nil && s.around.Arch != "" {
		p.Arch = s.around.Arch
	}
	return p
}
