package presets

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// How much room the screens give to the words of a preset, in characters.
const (
	maxName    = 40
	maxPurpose = 60
	maxTag     = 20
	maxTakes   = 40
)

// check finds the first thing in a preset that makes no sense, and says what to write instead.
func (p Preset) check() error {
	for _, check := range []func() error{p.checkName, p.checkWords, p.checkImage, p.checkMany, p.checkBrings, p.checkRights, p.checkMounts, p.checkEnv} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (p Preset) checkName() error {
	switch {
	case p.Name == "":
		return errors.New("name is missing: write name: and a short word")
	case !isWord(p.Name, "-"):
		return at(fmt.Errorf("name %q: use lower-case letters, digits and dashes, such as my-tools", p.Name), "name")
	case len(p.Name) > maxName:
		return at(fmt.Errorf("name %.20q… has %d characters: use %d at most", p.Name, len(p.Name), maxName), "name")
	}
	return nil
}

// checkWords holds what people read to one clean line each.
func (p Preset) checkWords() error {
	if p.Purpose != kube.Sanitize(p.Purpose) {
		return at(fmt.Errorf("purpose %q: write one line, without control characters", p.Purpose), "purpose")
	}
	if n := utf8.RuneCountInString(p.Purpose); n > maxPurpose {
		return at(fmt.Errorf("purpose has %d characters: use %d at most", n, maxPurpose), "purpose")
	}
	if p.User != kube.Sanitize(p.User) || strings.ContainsAny(p.User, " \t") {
		return at(fmt.Errorf("user %q: write the image's USER, such as root, 1000 or 1000:1000", p.User), "user")
	}
	for i, tag := range p.Tags {
		if !isWord(tag, ".+-") || len(tag) > maxTag {
			return at(fmt.Errorf("tag %q: use one short word of lower-case letters, digits, dots and dashes", tag), "tags", i)
		}
	}
	for i, line := range p.Try {
		if line == "" || line != kube.Sanitize(line) {
			return at(fmt.Errorf("try %q: write one line, without control characters", line), "try", i)
		}
	}
	return nil
}

func (p Preset) checkImage() error {
	if p.Image == "" {
		return errors.New("image is missing: write image: and an image name")
	}
	if err := debug.CheckImage(p.Image); err != nil {
		problem := kube.Explain(err)
		return at(fmt.Errorf("image: %w: %s", err, problem.Hint), "image")
	}
	for i, platform := range p.Platforms {
		if !isPlatform(platform) {
			return at(fmt.Errorf("platform %q: write system and architecture, such as linux/arm64", platform), "platforms", i)
		}
	}
	if p.ArgumentsOnly && len(p.Command) == 0 {
		return at(errors.New("argumentsOnly without a command: write the arguments as command, or take argumentsOnly out"), "argumentsOnly")
	}
	return nil
}

func (p Preset) checkMany() error {
	switch {
	case p.Many && len(p.Command) == 0:
		return at(errors.New("many without a command: write the command that prints the answer, or take many out"), "many")
	case p.Takes == "":
		return nil
	case p.Takes != kube.Sanitize(p.Takes) || strings.TrimSpace(p.Takes) == "" || utf8.RuneCountInString(p.Takes) > maxTakes:
		return at(fmt.Errorf("takes %q: write words for the arguments in %d characters, such as SERVICE[:PORT]", p.Takes, maxTakes), "takes")
	case !p.Many && p.Brings == nil:
		return at(errors.New("takes without many: add many: true, or take takes out"), "takes")
	case p.Many && p.Optional():
		return at(fmt.Errorf("takes %q: only what brings may have arguments in brackets, which can be left out", p.Takes), "takes")
	}
	return nil
}

func (p Preset) checkRights() error {
	if _, err := kube.ParseProfile(p.Profile); err != nil {
		return at(err, "profile")
	}
	switch p.Node {
	case "", NodeTools, NodeHost:
	default:
		return at(fmt.Errorf("node %q: use tools (those of the image) or host (the node's own programs), or leave it out for a tool that is for pods", p.Node), "node")
	}
	switch p.PullPolicy {
	case "", "Always", "IfNotPresent", "Never":
		return nil
	}
	return at(fmt.Errorf("pullPolicy %q: use Always, IfNotPresent or Never", p.PullPolicy), "pullPolicy")
}

func (p Preset) checkMounts() error {
	if p.NoTarget && len(p.Mounts) > 0 {
		return at(errors.New("noTarget and mounts do not go together: the volumes are those of the target"), "mounts")
	}
	for i, m := range p.Mounts {
		if m.Volume == "" {
			return at(errors.New("mounts: volume is missing: write the name of a volume of the pod, or all"), "mounts", i, "volume")
		}
	}
	return nil
}

// checkEnv takes the names that every version of Kubernetes takes
// (https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/).
func (p Preset) checkEnv() error {
	seen, form := map[string]bool{}, regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)
	for i, v := range p.Env {
		var err error
		switch {
		case v.Name == "":
			err = errors.New("env: name is missing: write the name of the variable")
		case !form.MatchString(v.Name), v.Name == ".", strings.HasPrefix(v.Name, ".."):
			err = fmt.Errorf("env: name %q: use letters, digits, underscores, dashes and dots, and no digit first, such as LOG_LEVEL", kube.Sanitize(v.Name))
		case seen[v.Name]:
			err = fmt.Errorf("env: %s is there twice: keep one", v.Name)
		}
		if err != nil {
			return at(err, "env", i, "name")
		}
		seen[v.Name] = true
	}
	return nil
}

// isWord reports whether a text is of lower-case letters and digits, with some others between or behind them.
func isWord(text, others string) bool {
	if text == "" || strings.ContainsRune(others, rune(text[0])) {
		return false
	}
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789"+others) == ""
}

// isPlatform reports whether a text is system/architecture, with a variant or without.
func isPlatform(text string) bool {
	parts := strings.Split(text, "/")
	return (len(parts) == 2 || len(parts) == 3) && !slices.ContainsFunc(parts, func(part string) bool { return !isWord(part, "") })
}
