package document

import (
	"charm.land/bubbles/v2/key"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Keys are the keys of a document.
type Keys struct {
	kit.KeyMap
	YAML, Section, NextMatch, MatchBefore key.Binding
}

// NewKeys binds them.
func NewKeys(common kit.KeyMap) Keys {
	return Keys{
		KeyMap:      common,
		YAML:        kit.Bind("v", "YAML", "v"),
		Section:     kit.Bind("tab", "next section", "tab"),
		NextMatch:   kit.Bind("n", "next match", "n"),
		MatchBefore: kit.Bind("N", "previous match", "N"),
	}
}
