package podcopy

import corev1 "k8s.io/api/core/v1"

// EndSoon has a copy end a second after it is asked to: a shell as first process does not heed SIGTERM. A hook that only sleeps before would take
// longer, which the API server refuses.
func EndSoon(spec *corev1.PodSpec) {
	spec.TerminationGracePeriodSeconds = new(int64(1))
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			if hooks := list[i].Lifecycle; hooks != nil && hooks.PreStop != nil && hooks.PreStop.Sleep != nil {
				hooks.PreStop = nil
			}
		}
	}
}
