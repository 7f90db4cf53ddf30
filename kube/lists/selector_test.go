package lists_test

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// A selector is as long as the grammar says, spaces or not; what is behind it is for others.
func TestSelectorPrefix(t *testing.T) {
	for line, want := range map[string]string{
		"": "", "app=web": "app=web", "app=web cra": "app=web", "app in (web,cart)": "app in (web,cart)",
		"app in (web, cart) status:crash": "app in (web, cart)", "app notin (web),!tier node:n-2": "app notin (web),!tier",
		"app = web, tier != db  web": "app = web, tier != db", "!canary web": "!canary", "! canary": "! canary",
		"app web": "app", "app= status:crash": "app=", "app= -l tier=db": "app=", "app=web -l tier=db": "app=web", "app=web --selector=tier": "app=web",
		"app in(a)": "app in(a)", "app in (a,,b) deploy/web": "app in (a,,b)", "replicas>2 x": "replicas>2", "in in (a) b": "in in (a)",
		"example.com/app=web web": "example.com/app=web", "app==web": "app==web", "app=in web": "app=in",
		// With a mistake all is meant.
		"app in (web cart": "app in (web cart", "app=web tier=db": "app=web tier=db", "app=web (x)": "app=web (x)",
	} {
		got := line[:lists.SelectorPrefix(line)]
		if got != want {
			t.Errorf("the selector of %q is %q, want %q", line, got, want)
		}
	}
}

// What is wrong is said with the place, and what to write.
func TestParseSelector(t *testing.T) {
	for selector, want := range map[string]struct {
		at            int
		problem, hint string
	}{
		"app in":             {6, `"in" needs a list in parentheses`, "app in (web,cart)"},
		"app in web":         {7, `"in" needs a list in parentheses`, "app in (web,cart)"},
		"app in (web":        {11, `")" is missing`, "app in (web,cart)"},
		"app in (web cart)":  {12, "a comma is missing", "app in (web,cart)"},
		"app notin (a=b)":    {12, "a comma is missing", "app notin (web,cart)"},
		"app=web tier=db":    {8, "a comma is missing", "app=web,tier!=db"},
		"app=web !tier":      {8, "a comma is missing", "app=web,tier!=db"},
		"app=web,":           {8, "a label key is missing", "app=web"},
		",app=web":           {0, "a label key is missing", "app=web"},
		"=web":               {0, "a label key is missing", "app=web"},
		"!app=web":           {4, "!app takes no value", "app!=VALUE"},
		"app=web=cart":       {7, "a comma is missing", ""},
		"app=-web":           {4, `"-web" is not a label value`, "letters, digits"},
		"app=a:b":            {4, `"a:b" is not a label value`, "letters, digits"},
		"a/b/c=d":            {0, `"a/b/c" is not a label key`, "prefix"},
		"replicas>two":       {9, "a number is missing", "whole number"},
		"app=\x1b[31m":       {4, "is not a label value", "letters"},
		"app in (web)) -l x": {12, "a comma is missing", ""},
	} {
		var wrong *lists.SelectorError
		err := lists.ParseSelector(selector)
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", selector, err)
			continue
		}
		if wrong.At != want.at || !strings.Contains(wrong.Problem, want.problem) || !strings.Contains(wrong.Hint, want.hint) || wrong.Text != selector {
			t.Errorf("%q is wrong at %d, %q, %q; want %+v", selector, wrong.At, wrong.Problem, wrong.Hint, want)
		}
		if err.Error() != kube.Sanitize(err.Error()) {
			t.Errorf("%q is told as %q", selector, err)
		}
	}
}

// What passes here is what the API server takes, and the other way round.
func FuzzParseSelector(f *testing.F) {
	for _, seed := range []string{"", "app=web", "app in (a,b),!x", "tier!=db", "a>1,b<2", "x in (foo,,baz),y,z notin ()", "app= web", "in,notin", "app in", "a==b , c", "!a=b", "a in (,)", "(", "a=b c", "\x00", "a=b\x00c", "0\r ", "\f", "a=b\f", "a in\n(b,\r\nc)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, selector string) {
		_, err := labels.Parse(selector)
		ours, cut := lists.ParseSelector(selector), strings.Contains(selector, "\x00") // behind which the API server reads no more
		if (ours == nil) != (err == nil && !cut) {
			t.Errorf("%q: %v, and the API server: %v", selector, ours, err)
		}
		if n := lists.SelectorPrefix(selector); n < 0 || n > len(selector) {
			t.Errorf("%q: %d", selector, n)
		}
	})
}
