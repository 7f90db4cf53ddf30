package batch

import (
	"cmp"
	"slices"
	"strings"
)

// grouped collects items of which the same is said. A pod's own name does not make a sentence another.
func grouped(items []Item, says func(Item) []string) []Group {
	var groups []Group
	place := map[string]int{}
	for _, item := range items {
		for _, words := range says(item) {
			words = general(words, item)
			at, known := place[words]
			if !known {
				at = len(groups)
				place[words] = at
				groups = append(groups, Group{Words: words})
			}
			groups[at].Names = append(groups[at].Names, item.Name())
		}
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(len(b.Names), len(a.Names)) })
	return groups
}

// general is a sentence without the name of the item that it is about.
func general(words string, item Item) string {
	switch {
	case item.Pod != nil && item.Pod.Name != "":
		words = strings.ReplaceAll(words, "pod "+item.Pod.Name, "the pod")
		if item.OnNode != "" {
			words = strings.ReplaceAll(words, "node "+item.OnNode, "the node")
		}
		return words
	case item.Node != "":
		return strings.ReplaceAll(words, "node "+item.Node, "the node")
	}
	return words
}
