package kube

import (
	"fmt"
	"slices"
	"strings"
)

// checkNode finds that the node is in no state to start a container.
func checkNode(_ Plan, f Facts) []Finding {
	if f.Node == nil {
		return nil
	}
	var found []Finding
	switch {
	case f.Node.Silent:
		found = append(found, Finding{Weight: Stops, Text: fmt.Sprintf(
			"node %s has fallen silent%s: nothing starts on it before it reports again", f.Node.Name, because(f.Node.Reason))})
	case !f.Node.Ready:
		found = append(found, Finding{Weight: Warns, Text: fmt.Sprintf(
			"node %s is not ready%s: a new container may not start on it", f.Node.Name, because(f.Node.Reason))})
	}
	for _, condition := range f.Node.Pressure {
		text := fmt.Sprintf("node %s reports %s: %s", f.Node.Name, condition, pressureWords(condition))
		if condition == "DiskPressure" && f.Image != nil && f.Image.Size > 0 {
			text += fmt.Sprintf("; this one has %s, compressed", mebibytes(f.Image.Size))
		}
		found = append(found, Finding{Weight: Warns, Text: text})
	}
	return found
}

func pressureWords(condition string) string {
	switch condition {
	case "DiskPressure":
		return "it evicts pods to get its disk free, and an image that has to be pulled makes it worse"
	case "MemoryPressure":
		return "it evicts pods to get memory free, and a debug container takes some"
	case "PIDPressure":
		return "it evicts pods to have fewer processes, and a debug container brings some"
	}
	return "its network is not set up"
}

// checkPlatform finds that the image has no program that the node could run.
func checkPlatform(p Plan, f Facts) []Finding {
	os, arch := f.platform()
	made := f.Image.platforms()
	if os == "windows" && len(made) == 0 {
		return []Finding{{Weight: Stops, Text: "the node is a Windows node: tools for Linux do not start on it"}}
	}
	if os == "" || arch == "" || len(made) == 0 {
		return nil
	}
	wanted := os + "/" + arch
	fits := func(platform string) bool { return platform == wanted || strings.HasPrefix(platform, wanted+"/") }
	if slices.ContainsFunc(made, fits) {
		return nil
	}
	return []Finding{{Weight: Stops, Text: fmt.Sprintf("%s is made for %s, and the node is %s: it will not start there",
		Clean(p.Image), Clean(strings.Join(made, ", ")), wanted)}}
}

// platform is that of the pod's node, or else what the pod itself asks for; both as images name them.
func (f *Facts) platform() (os, arch string) {
	if f.Node != nil && f.Node.OS != "" {
		return f.Node.OS, f.Node.Arch
	}
	spec := &f.Pod.object.Spec
	os, arch = Clean(spec.NodeSelector[osLabel]), Clean(spec.NodeSelector[archLabel])
	if spec.OS != nil {
		os = Clean(string(spec.OS.Name))
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
