package presets

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
)

// How much room the screens give to the words of a preset, in characters.
const (
	maxName    = 40
	maxPurpose = 60
	maxTag     = 20
)

// check finds the first thing in a preset that makes no sense, and says what to write instead.
func (p Preset) check() error {
	for _, check := range []func() error{p.checkName, p.checkWords, p.checkImage, p.checkRights, p.checkMounts, p.checkEnv} {
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
		return fmt.Errorf("name %q: use small letters, digits and dashes, as my-tools", p.Name)
	case len(p.Name) > maxName:
		return fmt.Errorf("name %.20q… has %d characters: use %d at most", p.Name, len(p.Name), maxName)
	}
	return nil
}

// checkWords holds what people read to one clean line each.
func (p Preset) checkWords() error {
	if p.Purpose != kube.Clean(p.Purpose) {
		return fmt.Errorf("purpose %q: write one line, without control characters", p.Purpose)
	}
	if n := utf8.RuneCountInString(p.Purpose); n > maxPurpose {
		return fmt.Errorf("purpose has %d characters: use %d at most", n, maxPurpose)
	}
	for _, tag := range p.Tags {
		if !isWord(tag, ".+-") || len(tag) > maxTag {
			return fmt.Errorf("tag %q: use one short word of small letters, digits, dots and dashes", tag)
		}
	}
	for _, line := range p.Try {
		if line == "" || line != kube.Clean(line) {
			return fmt.Errorf("try %q: write one line, without control characters", line)
		}
	}
	return nil
}

func (p Preset) checkImage() error {
	if p.Image == "" {
		return errors.New("image is missing: write image: and an image name")
	}
	if err := kube.CheckImage(p.Image); err != nil {
		problem := kube.Explain(err)
		return fmt.Errorf("image: %w: %s", err, problem.Hint)
	}
	for _, platform := range p.Platforms {
		if !isPlatform(platform) {
			return fmt.Errorf("platform %q: write system and architecture, as linux/arm64", platform)
		}
	}
	if p.ArgumentsOnly && len(p.Command) == 0 {
		return errors.New("argumentsOnly without a command: write the arguments as command, or take argumentsOnly out")
	}
	return nil
}

func (p Preset) checkRights() error {
	if _, err := kube.ParseProfile(p.Profile); err != nil {
		return err
	}
	switch p.PullPolicy {
	case "", "Always", "IfNotPresent", "Never":
		return nil
	}
	return fmt.Errorf("pullPolicy %q: use Always, IfNotPresent or Never", p.PullPolicy)
}

func (p Preset) checkMounts() error {
	if p.NoTarget && len(p.Mounts) > 0 {
		return errors.New("noTarget and mounts do not go together: the volumes are those of the target")
	}
	for _, m := range p.Mounts {
		if m.Volume == "" {
			return errors.New("mounts: volume is missing: write the name of a volume of the pod, or all")
		}
	}
	return nil
}

func (p Preset) checkEnv() error {
	seen := map[string]bool{}
	for _, v := range p.Env {
		switch {
		case v.Name == "":
			return errors.New("env: name is missing: write the name of the variable")
		case seen[v.Name]:
			return fmt.Errorf("env: %s is there twice: keep one", v.Name)
		}
		seen[v.Name] = true
	}
	return nil
}

// isWord tells whether a text is of small letters and digits, with some others between or behind them.
func isWord(text, others string) bool {
	if text == "" || strings.ContainsRune(others, rune(text[0])) {
		return false
	}
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789"+others) == ""
}

// isPlatform tells whether a text is system/architecture, with a variant or without.
func isPlatform(text string) bool {
	parts := strings.Split(text, "/")
	return (len(parts) == 2 || len(parts) == 3) && !slices.ContainsFunc(parts, func(part string) bool { return !isWord(part, "") })
}
