package crashloop

import corev1 "k8s.io/api/core/v1"

// Container is what is known of the container that cannot stay up.
type Container struct {
	Spec            corev1.Container // as in the pod, with its command and its probes
	Entrypoint, Cmd []string         // of its image
	Known           bool             // Entrypoint and Cmd are what a registry says: either may be empty
	LastExit        string           // in words, such as "exit code 1 (Error) after 2s"; may be empty
	LastLog         []string         // its last lines; may be empty
}

// Tools is an image that has a shell and a static busybox in its PATH.
type Tools struct {
	Image      string
	PullPolicy corev1.PullPolicy
}

// probe is one of a container's probes, by the name that a session has for it.
type probe struct {
	name, title string
	*corev1.Probe
}

// probesOf are the probes that a container has, in the order in which a session tries them.
func probesOf(c *corev1.Container) []probe {
	var all []probe
	for _, p := range []probe{
		{"ready", "Readiness probe", c.ReadinessProbe},
		{"live", "Liveness probe", c.LivenessProbe},
		{"startup", "Startup probe", c.StartupProbe},
	} {
		if p.Probe != nil {
			all = append(all, p)
		}
	}
	return all
}
