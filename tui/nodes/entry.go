package nodes

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// entry is a node in the list, with what the list has made of it.
type entry struct {
	nodes.Row
	severity nodes.Severity
	state    string
	words    string // see [wordsOf]
	version  nodes.Version
}

// field is a part of a node in lower case.
func (e *entry) field(name string) string {
	switch name {
	case "status":
		return strings.ToLower(e.state + " " + e.Status)
	case "role":
		return strings.ToLower(e.Roles)
	case "version":
		return strings.ToLower(e.Version)
	case "taint":
		return strings.ToLower(taintWords(e.Facts))
	}
	return ""
}

// wordsOf is all that a word can be found in, but for the name, which is in lower case anyway.
func wordsOf(e *entry) string {
	words := []string{e.state, e.Status, e.Roles, e.Version, e.System, e.Kernel, e.Runtime, e.Address, taintWords(e.Facts)}
	if e.Facts != nil {
		words = append(words, e.Facts.Host.String(), e.Facts.OS, e.Facts.Arch)
	}
	return strings.ToLower(strings.Join(words, "\n"))
}

func taintWords(f *nodes.Facts) string {
	if f == nil {
		return ""
	}
	words := make([]string, len(f.Taints))
	for i, t := range f.Taints {
		words[i] = t.String()
	}
	return strings.Join(words, "\n")
}

func taintCount(f *nodes.Facts) string {
	if f == nil || len(f.Taints) == 0 {
		return ""
	}
	return fmt.Sprint(len(f.Taints))
}

// runtimeWords is a runtime and its version: "containerd 1.6.20".
func runtimeWords(runtime string) string { return strings.Replace(runtime, "://", " ", 1) }
