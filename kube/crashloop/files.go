package crashloop

import (
	"fmt"

	"github.com/dayfly-k8s/dayfly/kube"
)

// files are what the volume has beside busybox: the scripts, and what they are to know of the container, as words for a shell.
func files(c Container, image string, hostNetwork bool, dir string) []file {
	all := []file{
		{"lib.sh", script("lib", dir)},
		{"idle", script("idle", dir)},
		{"session", script("session", dir)},
		{"rc", script("rc", dir)},
		{"greeting", script("greeting", dir)},
		{"cmd/run-original", script("run-original", dir)},
		{"cmd/probe", script("probe", dir)},
		{"container", "name=" + word(c.Spec.Name)},
		{"banner", c.banner(image)},
	}
	for _, p := range probesOf(&c.Spec) {
		all = append(all, file{"probes/" + p.name, p.words(&c.Spec, hostNetwork)})
	}
	return all
}

// argumentMost is how long the kernel lets one argument of a program be, with the zero at its end (MAX_ARG_STRLEN).
const argumentMost = 128 << 10

// checkSize tells what is too long to be handed to the init container. That can only be the command of a probe.
func checkSize(container string, all []file) error {
	for _, f := range all {
		if len(f.text) >= argumentMost {
			return &kube.Problem{
				Message: fmt.Sprintf("%s of container %s is too long for a copy with a shell inside: %d bytes", f.name, container, len(f.text)),
				Hint:    "put the command of the probe into a file of the image or of a ConfigMap",
			}
		}
	}
	return nil
}
