package apitest

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Listen opens a listener for the time of a test.
func Listen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// PodTable is a table as the API server writes it: rows are the JSON of each row.
func PodTable(version, columns string, rows ...string) json.RawMessage {
	return json.RawMessage(`{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"` + version + `"},` +
		`"columnDefinitions":` + columns + `,"rows":[` + strings.Join(rows, ",") + `]}`)
}

// PodColumns are those of a v1.34 API server, without the descriptions.
const PodColumns = `[
	{"name":"Name","type":"string","format":"name","description":"Name must be unique within a namespace.","priority":0},
	{"name":"Ready","type":"string","format":"","description":"","priority":0},
	{"name":"Status","type":"string","format":"","description":"","priority":0},
	{"name":"Restarts","type":"string","format":"","description":"","priority":0},
	{"name":"Age","type":"string","format":"","description":"","priority":0},
	{"name":"IP","type":"string","format":"","description":"","priority":1},
	{"name":"Node","type":"string","format":"","description":"","priority":1},
	{"name":"Nominated Node","type":"string","format":"","description":"","priority":1},
	{"name":"Readiness Gates","type":"string","format":"","description":"","priority":1}
]`

// WithMetadata is a row that was asked for with its metadata.
func WithMetadata(namespace, name string) string {
	return `{"cells":["` + name + `","1/1","Running","0","5m","","","",""],
		"object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"` + name + `","namespace":"` + namespace + `",
		"managedFields":[{"manager":"{[x","fieldsV1":{"f:metadata":{}}}],"creationTimestamp":"2026-03-01T11:50:39Z"}}}`
}

// WantClean wants text that can be drawn as it is. It looks for what is dangerous by itself, in the words of Unicode.
func WantClean(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is invalid UTF-8", text)
	}
	for _, r := range text {
		switch {
		case unicode.IsControl(r): // C0, DEL, C1
			t.Errorf("%q has the control character %U", text, r)
		case unicode.Is(unicode.Bidi_Control, r):
			t.Errorf("%q has %U, which turns the direction of what is behind it", text, r)
		case strings.ContainsRune("\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u2060\u2061\u2062\u2063\u2064\u2028\u2029\u3164\ufeff\uffa0", r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			t.Errorf("%q has %U, which is not seen", text, r)
		}
		if width := ansi.StringWidth(string(r)); width < 0 || width > 2 {
			t.Errorf("%q: %U has %d columns", text, r, width)
		}
	}
	if ansi.Strip(text) != text {
		t.Errorf("%q has a sequence: without it %q", text, ansi.Strip(text))
	}
}
