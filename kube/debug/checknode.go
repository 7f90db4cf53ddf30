package debug

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// checkNode finds that the node is in no state to start a container.
func checkNode(_ Plan, f Facts) []Finding {
	if f.Node == nil {
		return nil
	}
	var found []Finding
	switch {
	case f.Node.Silent:
		found = append(found, Finding{Severity: Blocking, Text: fmt.Sprintf(
			"%s%s: nothing starts on it until it reports again", kube.NotResponding(f.Node.Name), kube.Because(f.Node.Reason))})
	case !f.Node.Ready:
		found = append(found, Finding{Severity: Warning, Text: fmt.Sprintf(
			"node %s is not ready%s: a new container may not start on it", f.Node.Name, kube.Because(f.Node.Reason))})
	}
	for _, condition := range f.Node.Pressure {
		text := fmt.Sprintf("node %s reports %s: %s", f.Node.Name, condition, pressureWords(condition))
		if condition == "DiskPressure" && f.Image != nil && f.Image.Size > 0 {
			text += fmt.Sprintf("; this one is %s, compressed", mebibytes(f.Image.Size))
		}
		found = append(found, Finding{Severity: Warning, Text: text})
	}
	return found
}

func pressureWords(condition string) string {
	switch condition {
	case "DiskPressure":
		return "it evicts pods to free disk space, and pulling an image makes it worse"
	case "MemoryPressure":
		return "it evicts pods to free memory, and a debug container uses some"
	case "PIDPressure":
		return "it evicts pods to free process IDs, and a debug container uses some"
	}
	return "its network is not set up"
}

// checkPlatform finds that the image has no program that the node could run.
func checkPlatform(_ Plan, f Facts) []Finding {
	os, arch := f.platform()
	made := f.Image.platforms()
	switch {
	case os == "windows" && len(made) == 0:
		return []Finding{{Severity: Blocking, Text: "the node runs Windows: an image for Linux cannot start on it, and nothing says that this one is made for Windows"}}
	case os == "" || len(made) == 0:
		return nil
	}
	has := func(platform string) bool {
		return slices.ContainsFunc(made, func(m string) bool { return m == platform || strings.HasPrefix(m, platform+"/") })
	}
	wanted := os
	if arch != "" {
		wanted += "/" + arch
	}
	if has(wanted) {
		return nil
	}
	found := Finding{Severity: Blocking, Text: fmt.Sprintf("the image is made for %s, and the node is %s: ", kube.Sanitize(strings.Join(made, ", ")), wanted)}
	// What runtimes also take, though not every machine of 64 bits runs it (https://pkg.go.dev/github.com/containerd/platforms#Only).
	if small := map[string]string{"amd64": "386", "arm64": "arm"}[arch]; small != "" && has(os+"/"+small) {
		found.Severity = Warning
		found.Text += "it starts only if the node runs those too"
	} else {
		found.Text += "it will not start there"
	}
	return []Finding{found}
}

// platform is that of the pod's node, or else what the pod itself asks for; both as images name them.
func (f *Facts) platform() (os, arch string) {
	if f.Node != nil && f.Node.OS != "" {
		return f.Node.OS, f.Node.Arch
	}
	spec := &f.Pod.Object().Spec
	os, arch = kube.Sanitize(spec.NodeSelector[osLabel]), kube.Sanitize(spec.NodeSelector[archLabel])
	if spec.OS != nil {
		os = kube.Sanitize(string(spec.OS.Name))
	}
	return os, arch
}

// platforms are all that the image is made for; none: not known.
func (i *ImageFacts) platforms() []string {
	switch {
	case i == nil:
		return nil
	case len(i.Platforms) > 0:
		return i.Platforms
	case i.OS != "" && i.Arch != "":
		return []string{i.OS + "/" + i.Arch}
	}
	return nil
}
