package kube

import (
	"regexp"
	"strings"
)

// pluginSays is the end of what a credential plugin has said, as the beginning of a hint; it often says how to log in. Empty: nothing.
func (c *Cluster) pluginSays() string {
	if c.spoken == nil {
		return ""
	}
	const most = 300 // characters

	// A screen has colours of its own.
	plain := regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]`).ReplaceAllString(c.spoken(), "")
	words := []rune(strings.Join(strings.Fields(Clean(withoutSecrets(plain, c.config))), " "))
	switch {
	case len(words) == 0:
		return ""
	case len(words) > most:
		words = append([]rune("…"), words[len(words)-most:]...)
	}
	return "it says: " + string(words) + "; "
}
