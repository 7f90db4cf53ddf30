package presets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Facts are what is known of a pod and of the container that is looked at. What is not known stays empty.
type Facts struct {
	CrashLooping bool
	Words        []string // of statuses, as the cluster writes them: OOMKilled, ImagePullBackOff, Completed
	PodSecurity  string   // the level that the namespace enforces: privileged, baseline or restricted
	Arch         string   // of the node: amd64, arm64
	Image        string   // of the container
	Command      []string // of the container, with its arguments
	Ports        []int    // that the container declares
	LastUsed     []string // presets that were used here, the last one first
}

// Advice is one preset to take first, and why.
type Advice struct {
	Preset string
	Reason string // a few words
}

// maxAdvice is how many presets are recommended: more would be a list again.
const maxAdvice = 3

// Recommend says which presets of the list fit a pod, the best first and each once: none when nothing speaks for one. What the pod itself
// speaks for counts before what was used with others. It never
// names one that the namespace would refuse or that there is no image of for the node.
func Recommend(list []Preset, f Facts) []Advice {
	var advice []Advice
	for _, a := range slices.Concat(f.byState(), f.byProgram(), f.byPort(), f.usedBefore(), f.byLevel(list)) {
		i := slices.IndexFunc(list, func(p Preset) bool { return p.Name == a.Preset })
		given := slices.ContainsFunc(advice, func(b Advice) bool { return b.Preset == a.Preset })
		if i >= 0 && !given && list[i].Node == "" && list[i].Admitted(f.PodSecurity) && list[i].For(f.Arch, "").RunsOn(f.Arch) {
			advice = append(advice, a)
		}
	}
	return advice[:min(len(advice), maxAdvice)]
}

// Admitted reports whether a level of Pod Security takes the preset's profile, as far as the profile says it; an empty level and
// one that nobody knows take all (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
func (p Preset) Admitted(level string) bool {
	switch level {
	case "restricted":
		return p.Profile == string(kube.Restricted)
	case "baseline":
		return slices.Contains([]kube.Profile{kube.Restricted, kube.Baseline, kube.Legacy}, kube.Profile(p.Profile))
	}
	return true
}

// RunsOn reports whether there is an image for nodes of an architecture; an empty one is not known and counts as any.
func (p Preset) RunsOn(arch string) bool {
	return arch == "" || len(p.Platforms) == 0 || slices.ContainsFunc(p.Platforms, func(platform string) bool {
		return platform == "linux/"+arch || strings.HasPrefix(platform, "linux/"+arch+"/")
	})
}

// usedBefore is what a person took here the last times.
func (f Facts) usedBefore() []Advice {
	var advice []Advice
	for i, name := range f.LastUsed {
		switch i {
		case 0:
			advice = append(advice, Advice{name, "used here last"})
		case 1:
			advice = append(advice, Advice{name, "used here before"})
		}
	}
	return advice
}

// down reports whether the container has no processes to look at.
func (f Facts) down() bool { return f.CrashLooping || f.has("CrashLoopBackOff") || f.pullFails() }

func (f Facts) pullFails() bool {
	return f.has("ImagePullBackOff") || f.has("ErrImagePull") || f.has("InvalidImageName")
}

func (f Facts) has(word string) bool { return slices.Contains(f.Words, word) }

// byState is what helps with a container that is not well.
func (f Facts) byState() []Advice {
	switch {
	case f.pullFails():
		return []Advice{{"busybox", "the target's image is not there: this one is small"}}
	case f.down():
		const why = "the target keeps crashing: its volumes can still be read"
		if f.PodSecurity == "restricted" {
			return []Advice{{"nonroot", why}}
		}
		return []Advice{{"volumes", why}}
	case f.has("OOMKilled"):
		return []Advice{{"busybox", "the target was out of memory: top shows what grows"}}
	}
	return nil
}

// byProgram knows the target by its image, or else by what is started in it.
func (f Facts) byProgram() []Advice {
	if f.down() {
		return nil
	}
	image := shortImage(f.Image)
	words := wordsOf(image)
	if slices.ContainsFunc(words, watches) {
		return nil // whatever it starts
	}
	for _, k := range known() {
		if k.isIn(words) && (!k.alone || isLanguage(f.Image)) {
			return []Advice{{k.preset, "the target runs " + kube.Sanitize(image)}}
		}
	}
	if len(f.Command) == 0 {
		return nil
	}
	program := f.Command[0][strings.LastIndex(f.Command[0], "/")+1:]
	for _, k := range known() {
		if k.isIn(wordsOf(program)) {
			return []Advice{{k.preset, "the target starts " + kube.Sanitize(program)}}
		}
	}
	return nil
}

// byPort knows the target by the ports it declares.
func (f Facts) byPort() []Advice {
	var advice []Advice
	for _, k := range known() {
		if k.port != 0 && slices.Contains(f.Ports, k.port) && !f.down() {
			advice = append(advice, Advice{k.preset, fmt.Sprintf("the target has port %d, as %s", k.port, k.title)})
		}
	}
	return advice
}

// byLevel is what a namespace admits that refuses most: the presets of just its own profile.
func (f Facts) byLevel(list []Preset) []Advice {
	if f.PodSecurity != "restricted" && f.PodSecurity != "baseline" {
		return nil
	}
	var advice []Advice
	for _, p := range list {
		if p.Profile == f.PodSecurity && !p.NoTarget {
			advice = append(advice, Advice{p.Name, "the namespace admits only " + f.PodSecurity})
		}
	}
	return advice
}
