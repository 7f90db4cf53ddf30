package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// whyStopped is of a container that ends again and again, or cannot be started at all.
func (c *Container) whyStopped(pod *corev1.Pod, now time.Time) (Why, bool) {
	if c.Kind == DebugContainer {
		return Why{}, false
	}
	name := c.Kind.word() + " " + c.Name
	reason, waits := c.waits()
	switch {
	case waits && slices.Contains(terminalWaitReasons(), reason):
		return c.whyCannotStart(name, reason), true
	case c.failed() && (waits || c.ended() || c.freshly(now)):
		w := Why{CrashLoop, fmt.Sprintf("%s %s; %s", name, c.Exit.did(), c.restarted())}
		if c.Exit.Reason == "OOMKilled" {
			w = Why{OutOfMemory, fmt.Sprintf("%s was killed: out of memory%s%s; %s", name, limitOf(pod, c.Name), c.Exit.after(), c.restarted())}
		}
		switch {
		case w.Severity == CrashLoop && c.ended() && c.Restarts == 0:
			w.Severity = PodFailed
		case c.Exit.lost() && reason != "CrashLoopBackOff" && !c.ended(): // its node is at fault, and starts it again
			w.Severity = Restarted
		}
		return w, true
	case waits && reason == "CrashLoopBackOff" && c.Exit != nil: // it ends well, and must not end
		return Why{CrashLoop, fmt.Sprintf("%s exits with code 0%s, but is expected to keep running; %s", name, c.Exit.after(), c.restarted())}, true
	case waits && reason == "CrashLoopBackOff":
		return Why{CrashLoop, name + " keeps exiting" + colon(c.Message)}, true
	}
	return Why{}, false
}

func (c *Container) whyCannotStart(name, reason string) Why {
	switch reason {
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
		"SignatureValidationFailed", "ImageInspectError":
		cause := pullCause(c.Message)
		if !tellsCause(c.Message) || cause == "" {
			cause = reason
		}
		return Why{ImageError, fmt.Sprintf("cannot pull image %s of %s: %s", c.Image, name, cause)}
	}
	return Why{ConfigError, fmt.Sprintf("%s cannot be created: %s%s", name, reason, colon(c.Message))}
}

// pullCause is what a runtime says at last of an image: before it stands who has asked whom for it, with its name each time.
func pullCause(message string) string {
	for {
		before := message
		for _, asked := range []string{"Back-off pulling image ", "failed to pull and unpack image ", "failed to resolve reference ", "failed to pull image ", "Failed to pull image "} {
			if rest, ok := strings.CutPrefix(message, asked); ok {
				if _, cause, ok := strings.Cut(rest, `": `); ok {
					message = cause
				}
			}
		}
		message = strings.TrimPrefix(message, "ErrImagePull: ")
		if rest, ok := strings.CutPrefix(message, "rpc error: code = "); ok {
			if _, cause, ok := strings.Cut(rest, " desc = "); ok {
				message = cause
			}
		}
		if message == before {
			return message
		}
	}
}

// whyInit is of an init container that runs: all others wait for it.
func (c *Container) whyInit(now time.Time) (Why, bool) {
	if c.Kind != InitContainer || !c.Running {
		return Why{}, false
	}
	w := Why{Changing, fmt.Sprintf("waiting for init container %s (started %s ago)", c.Name, ago(now, c.Since))}
	if now.Sub(c.Since) > longInit {
		w.Severity = StuckInit
	}
	return w, true
}

// whyUnready is of a pod whose containers run, and which gets no traffic.
func (p *Pod) whyUnready(events []PodEvent, now time.Time) (Why, bool) {
	ready, known := p.condition(corev1.PodReady)
	if known && ready.Status == corev1.ConditionTrue {
		return Why{}, false
	}
	since := ready.LastTransitionTime.Time
	w := Why{Severity: Changing}
	if now.Sub(since) > longUnready {
		w.Severity = Unready
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if !c.Running || c.Ready || c.Kind == DebugContainer || c.Kind == InitContainer {
			continue
		}
		w.Text = fmt.Sprintf("%s %s not ready for %s: %s", c.Kind.word(), c.Name, ago(now, since), p.probeWords(c.Name, events))
		return w, true
	}
	for _, gate := range p.object.Spec.ReadinessGates {
		c, ok := p.condition(gate.ConditionType)
		if !ok || c.Status != corev1.ConditionTrue {
			w.Text = fmt.Sprintf("not ready for %s: readiness gate %s has not passed%s", ago(now, since), Clean(string(gate.ConditionType)), colon(Clean(c.Message)))
			return w, true
		}
	}
	if !known {
		return Why{}, false
	}
	w.Text = fmt.Sprintf("not ready for %s%s", ago(now, since), colon(Clean(ready.Message)))
	return w, true
}

// probeWords says which probe of a container fails, and what it answers, if an event has told.
func (p *Pod) probeWords(name string, events []PodEvent) string {
	for _, e := range events {
		if e.Reason == "Unhealthy" && (e.Container == name || e.Container == "") {
			return lowerFirst(e.Message)
		}
	}
	for _, list := range [][]corev1.Container{p.object.Spec.InitContainers, p.object.Spec.Containers} {
		for i := range list {
			switch c := &list[i]; {
			case c.Name != name:
			case c.StartupProbe != nil && c.ReadinessProbe == nil:
				return "startup probe has not passed"
			case c.ReadinessProbe != nil:
				return "readiness probe failing"
			}
		}
	}
	return "its node gives no reason"
}

func (k Kind) word() string {
	switch k {
	case InitContainer:
		return "init container"
	case Sidecar:
		return "sidecar"
	case DebugContainer:
		return "debug container"
	case AppContainer:
	}
	return "container"
}

// limitOf is how much memory a container may have.
func limitOf(pod *corev1.Pod, name string) string {
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if limit, ok := list[i].Resources.Limits[corev1.ResourceMemory]; ok && list[i].Name == name {
				return " (limit " + limit.String() + ")"
			}
		}
	}
	return ""
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
