package detail

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// whyStopped is of a container that ends again and again, or cannot be started at all.
func whyStopped(c *kube.Container, pod *corev1.Pod, now time.Time) (Why, bool) {
	if c.Kind == kube.DebugContainer {
		return Why{}, false
	}
	name := word(c.Kind) + " " + c.Name
	reason, waits := waits(c)
	switch {
	case waits && slices.Contains(kube.TerminalWaitReasons(), reason):
		return whyCannotStart(c, name, reason), true
	case failed(c) && (waits || c.Ended() || freshly(c, now)):
		w := Why{lists.CrashLoop, fmt.Sprintf("%s %s; %s", name, c.Exit.Did(), restarted(c))}
		if c.Exit.Reason == "OOMKilled" {
			w = Why{lists.OutOfMemory, fmt.Sprintf("%s was killed: out of memory%s%s; %s", name, limitOf(pod, c.Name), c.Exit.After(), restarted(c))}
		}
		switch {
		case w.Severity == lists.CrashLoop && c.Ended() && c.Restarts == 0:
			w.Severity = lists.PodFailed
		case c.Exit.Lost() && reason != "CrashLoopBackOff" && !c.Ended(): // its node is at fault, and starts it again
			w.Severity = lists.Restarted
		}
		return w, true
	case waits && reason == "CrashLoopBackOff" && c.Exit != nil: // it ends well, and must not end
		return Why{lists.CrashLoop, fmt.Sprintf("%s exits with code 0%s, but is expected to keep running; %s", name, c.Exit.After(), restarted(c))}, true
	case waits && reason == "CrashLoopBackOff":
		return Why{lists.CrashLoop, name + " keeps exiting" + kube.Colon(c.Message)}, true
	}
	return Why{}, false
}

func whyCannotStart(c *kube.Container, name, reason string) Why {
	switch reason {
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
		"SignatureValidationFailed", "ImageInspectError":
		cause := pullCause(c.Message)
		if !kube.TellsCause(c.Message) || cause == "" {
			cause = reason
		}
		return Why{lists.ImageError, fmt.Sprintf("cannot pull image %s of %s: %s", c.Image, name, cause)}
	}
	return Why{lists.ConfigError, fmt.Sprintf("%s cannot be created: %s%s", name, reason, kube.Colon(c.Message))}
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
func whyInit(c *kube.Container, now time.Time) (Why, bool) {
	if c.Kind != kube.InitContainer || !c.Running {
		return Why{}, false
	}
	w := Why{lists.Changing, fmt.Sprintf("waiting for init container %s (started %s ago)", c.Name, ago(now, c.Since))}
	if now.Sub(c.Since) > lists.LongInit {
		w.Severity = lists.StuckInit
	}
	return w, true
}

// whyUnready is of a pod whose containers run, and which gets no traffic.
func whyUnready(p *kube.Pod, events []kube.PodEvent, now time.Time) (Why, bool) {
	ready, known := p.Condition(corev1.PodReady)
	if known && ready.Status == corev1.ConditionTrue {
		return Why{}, false
	}
	since := ready.LastTransitionTime.Time
	w := Why{Severity: lists.Changing}
	if now.Sub(since) > lists.LongUnready {
		w.Severity = lists.Unready
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if !c.Running || c.Ready || c.Kind == kube.DebugContainer || c.Kind == kube.InitContainer {
			continue
		}
		w.Text = fmt.Sprintf("%s %s not ready for %s: %s", word(c.Kind), c.Name, ago(now, since), probeWords(p, c.Name, events))
		return w, true
	}
	for _, gate := range p.Object().Spec.ReadinessGates {
		c, ok := p.Condition(gate.ConditionType)
		if !ok || c.Status != corev1.ConditionTrue {
			w.Text = fmt.Sprintf("not ready for %s: readiness gate %s has not passed%s", ago(now, since), kube.Sanitize(string(gate.ConditionType)), kube.Colon(kube.Sanitize(c.Message)))
			return w, true
		}
	}
	if !known {
		return Why{}, false
	}
	w.Text = fmt.Sprintf("not ready for %s%s", ago(now, since), kube.Colon(kube.Sanitize(ready.Message)))
	return w, true
}

// probeWords says which probe of a container fails, and what it answers, if an event has told.
func probeWords(p *kube.Pod, name string, events []kube.PodEvent) string {
	for _, e := range events {
		if e.Reason == "Unhealthy" && (e.Container == name || e.Container == "") {
			return lowerFirst(e.Message)
		}
	}
	for _, list := range [][]corev1.Container{p.Object().Spec.InitContainers, p.Object().Spec.Containers} {
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

func word(k kube.Kind) string {
	switch k {
	case kube.InitContainer:
		return "init container"
	case kube.Sidecar:
		return "sidecar"
	case kube.DebugContainer:
		return "debug container"
	case kube.AppContainer:
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
