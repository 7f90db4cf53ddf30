package shell

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Choose returns the container of a pod's own that a shell can be opened in: the named one, or without a name the pod's default, or the first that runs. The
// error is a [*kube.Problem].
func Choose(pod *kube.Pod, name string) (string, error) {
	var running, states []string
	for _, c := range pod.Containers {
		if c.Kind == kube.DebugContainer {
			continue
		}
		if states = append(states, c.Name+" "+c.State); c.Running {
			running = append(running, c.Name)
		}
	}
	if name == "" {
		if c, ok := pod.Container(pod.Default); ok && c.Running {
			return c.Name, nil
		}
		if len(running) == 0 {
			return "", &kube.Problem{Message: fmt.Sprintf("no container of pod %s is running: %s", pod.Name, strings.Join(states, ", ")), Hint: "a debug container, or a copy of the pod, has a shell", Help: []kube.Help{kube.ChooseTool}}
		}
		return running[0], nil
	}
	switch c, ok := pod.Container(name); {
	case !ok:
		return "", &kube.Problem{Message: fmt.Sprintf("pod %s has no container %s", pod.Name, kube.Sanitize(name)), Hint: "it has " + strings.Join(states, ", ")}
	case c.Kind == kube.DebugContainer:
		return "", &kube.Problem{Message: fmt.Sprintf("%s is a debug container of pod %s", c.Name, pod.Name), Hint: "attach to it, or open another shell in it"}
	case !c.Running:
		return "", &kube.Problem{Message: fmt.Sprintf("%s in pod %s is not running: %s", c.Name, pod.Name, c.State), Hint: "a debug container, or a copy of the pod, has a shell", Help: []kube.Help{kube.ChooseTool}}
	}
	return name, nil
}
