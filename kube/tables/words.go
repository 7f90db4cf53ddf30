package tables

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Words keeps one copy of each word that comes again and again: of ten thousand pods most have one of a few statuses, nodes and counts.
type Words map[string]string

// Of is a value of JSON as text: of a string its content, cleaned, of a number its digits.
func (w *Words) Of(value jsontext.Value) string {
	if word, ok := (*w)[string(value)]; ok { // no copy is made for that
		return word
	}
	word := CellText(value)
	const most, longest = 50_000, 128 // hostile servers could send no word twice, and long ones
	if len(value) > longest {
		return word
	}
	if *w == nil || len(*w) >= most {
		*w = Words{}
	}
	(*w)[string(value)] = word
	return word
}

// CellText is a value of JSON as text, as [Words.Of] has it; one that does not come again is not kept.
func CellText(value jsontext.Value) string {
	switch value.Kind() {
	case '"':
		if s := unquoted(value); s != "<none>" {
			return kube.Sanitize(s)
		}
	case '0':
		whole, _, _ := strings.Cut(string(value), ".")
		return whole
	}
	return ""
}
