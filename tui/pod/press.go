package pod

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Keys are those that do something now.
func (s *Screen) Keys() []key.Binding {
	if s.Pod == nil || s.Gone {
		return []key.Binding{s.Bindings.Back}
	}
	k := s.Bindings
	if s.quarantined() != "" {
		k.Quarantine.SetHelp(k.Quarantine.Help().Key, "restore")
	}
	ofPod := []key.Binding{k.Logs, k.Files, k.Inspect, k.Quarantine, k.Evict, k.Capture, k.Back, k.Compare, k.Report}
	switch c, ok := s.chosen(); {
	case ok && attachable(c):
		return append([]key.Binding{k.Attach, k.Shell}, ofPod...)
	case ok && c.Kind == kube.DebugContainer:
		return ofPod
	case ok && c.Running:
		return append([]key.Binding{k.Debug, k.Enter}, ofPod...)
	}
	return append([]key.Binding{k.Debug}, ofPod...)
}

// attachable are debug containers that run.
func attachable(c kube.Container) bool {
	return c.Kind == kube.DebugContainer && c.Running
}

// Claims the key of another shell on debug containers. It is the namespace's everywhere else.
func (s *Screen) Claims(msg tea.KeyPressMsg) bool {
	c, ok := s.chosen()
	return ok && c.Kind == kube.DebugContainer && key.Matches(msg, s.Bindings.Shell)
}

func (s *Screen) press(msg tea.KeyPressMsg) tea.Cmd {
	c, ok := s.chosen()
	switch {
	case !ok && s.State() != nil && s.Needs(msg):
		return s.Flash(s.State().Message)
	case s.Pod == nil, s.cursor.Move(s.Bindings, msg, s.count(), s.page):
		return nil
	case key.Matches(msg, s.Bindings.Compare) && !s.Gone:
		return s.Ask(kit.Compare{Cluster: s.Cluster, Pod: s.Key})
	case key.Matches(msg, s.Bindings.Report) && !s.Gone:
		return s.Ask(kit.OpenReport{Cluster: s.Cluster, Pod: s.Key})
	case key.Matches(msg, s.Bindings.Capture) && !s.Gone:
		return s.Ask(kit.OpenCapture{Cluster: s.Cluster, Pods: []kube.PodKey{s.Key}})
	case key.Matches(msg, s.Bindings.Quarantine) && !s.Gone:
		return s.Ask(kit.Quarantine{Cluster: s.Cluster, Pod: s.Key})
	case key.Matches(msg, s.Bindings.Evict) && !s.Gone:
		return s.Ask(kit.Evict{Cluster: s.Cluster, Pod: s.Key})
	case !ok:
		return s.pressFolded(msg)
	}
	switch {
	case attachable(c) && key.Matches(msg, s.Bindings.Attach, s.Bindings.Open):
		return s.Ask(kit.Attach{Cluster: s.Cluster, Target: s.target(c), Container: c})
	case key.Matches(msg, s.Bindings.Shell):
		return s.shell(c)
	case key.Matches(msg, s.Bindings.Logs):
		return s.Ask(kit.OpenLogs{Cluster: s.Cluster, Pod: s.Key, Container: c.Name})
	case key.Matches(msg, s.Bindings.Inspect):
		return s.Ask(kit.Inspect{Cluster: s.Cluster, Pod: s.Key})
	case key.Matches(msg, s.Bindings.Files):
		return s.files(c)
	case key.Matches(msg, s.Bindings.Enter):
		return s.enter(c)
	case key.Matches(msg, s.Bindings.Attach):
		return s.Flash(c.Name + " cannot be attached to: it is not a running debug container")
	case key.Matches(msg, s.Bindings.Debug, s.Bindings.Open):
		if c.Kind == kube.DebugContainer {
			return s.Flash(c.Name + " is a debug container (" + c.State + "): choose one of the app's containers to debug")
		}
		return s.Ask(kit.OpenTools{Cluster: s.Cluster, Pod: s.Key, Target: c.Name})
	}
	return nil
}

// pressFolded is for the row of debug containers that have ended.
func (s *Screen) pressFolded(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, s.Bindings.Open):
		s.all = true
	case key.Matches(msg, s.Bindings.Inspect):
		return s.Ask(kit.Inspect{Cluster: s.Cluster, Pod: s.Key})
	}
	return nil
}

// Needs reports whether a key is about a container of the pod.
func (s *Screen) Needs(msg tea.KeyPressMsg) bool {
	k := s.Bindings
	return key.Matches(msg, append(k.Moves(), k.Open, k.Debug, k.Enter, k.Attach, k.Logs, k.Files, k.Inspect, k.Compare, k.Report, k.Quarantine, k.Evict, k.Capture)...)
}

func (s *Screen) target(c kube.Container) kube.Target {
	return kube.Target{Namespace: s.Key.Namespace, Pod: s.Key.Name, Container: c.Name}
}

// enter opens a shell in a container of the pod's own.
func (s *Screen) enter(c kube.Container) tea.Cmd {
	switch {
	case c.Kind == kube.DebugContainer && c.Running:
		return s.Flash(c.Name + " is a debug container: " + s.Bindings.Shell.Help().Key + " opens another shell in it")
	case c.Kind == kube.DebugContainer:
		return s.Flash(c.Name + " is a debug container that has ended: choose one of the app's containers")
	case !c.Running:
		return s.Flash(c.Name + " is not running (" + c.State + "): " + s.Bindings.Debug.Help().Key + " offers what can be done")
	}
	return s.Ask(kit.EnterContainer{Cluster: s.Cluster, Pod: s.Key, Container: c.Name})
}

// files shows the files of a container; those of a debug container are its image's, so its target's are meant.
func (s *Screen) files(c kube.Container) tea.Cmd {
	name := c.Name
	if c.Kind == kube.DebugContainer && c.Looks != "" {
		name = c.Looks
	}
	return s.Ask(kit.OpenFiles{Cluster: s.Cluster, Pod: s.Key, Container: name})
}

// shell opens one more shell in a debug container.
func (s *Screen) shell(c kube.Container) tea.Cmd {
	switch {
	case c.Kind != kube.DebugContainer:
		return nil
	case !c.Running:
		return s.Flash(c.Name + " is not running: a shell needs a running container")
	}
	return s.Ask(kit.OpenShell{Cluster: s.Cluster, Target: s.target(c), Container: c})
}
