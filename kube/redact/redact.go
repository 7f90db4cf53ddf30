// Package redact takes secrets out of what is given away: out of objects (Redactor.Object) and out of text such as logs (Redactor.Text). In the
// place of each stands what it was, never the value: ‹redacted: env DB_PASSWORD›.
//
// Objects tell where values are: all of env, of Secrets and of ConfigMaps are taken out. Text does not: what looks like a secret is, which finds more
// than there is, and misses what looks like nothing. So a value that an object has under the name of a secret is taken out of all text
// and all objects that come after it, too: let it learn of all objects first (Redactor.Learn).
package redact

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Redactor takes secrets out, and knows what it has taken. Make one with [New] for all that is given away together; a nil one takes
// nothing out. It is not for several goroutines at once.
type Redactor struct {
	known map[string]string // what each value is that objects have under the name of a secret
	taken map[Taken]int

	shapes                []shape
	names, assigned, flag *regexp.Regexp
}

// Taken is one kind of secret that was taken out of one place.
type Taken struct {
	Where string // "log of app", "pod.yaml"
	What  string // "env DB_PASSWORD", "bearer token"
	Count int
}

// New is a Redactor that has taken nothing yet.
func New() *Redactor {
	return &Redactor{known: map[string]string{}, taken: map[Taken]int{}, shapes: shapes(), names: secretNames(), assigned: assignments(), flag: flags()}
}

// Taken is what was taken out: where, what and how often, and never the value.
func (r *Redactor) Taken() []Taken {
	if r == nil {
		return nil
	}
	list := make([]Taken, 0, len(r.taken))
	for t, n := range r.taken {
		t.Count = n
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Taken) int {
		return cmp.Or(strings.Compare(a.Where, b.Where), strings.Compare(a.What, b.What))
	})
	return list
}

// Placeholder is what stands in the place of a secret.
func Placeholder(what string) string { return placeholderStart + what + "›" }

const placeholderStart = "‹redacted: "

// take counts a secret, and is what stands in its place.
func (r *Redactor) take(where, what string) string {
	r.taken[Taken{Where: where, What: what}]++
	return Placeholder(what)
}

// knownLeast is how long a value has to be to be looked for in text: shorter ones are in every other word.
const knownLeast = 4

// learn has a value looked for in all text from now on.
func (r *Redactor) learn(value, what string) {
	value = strings.TrimSpace(value)
	if len(value) < knownLeast || strings.HasPrefix(value, placeholderStart) || plainWord(value) {
		return
	}
	if _, ok := r.known[value]; !ok {
		r.known[value] = what
	}
}

// plainWord reports whether a value is one of those that settings have which are no secret, whatever they are called.
func plainWord(value string) bool {
	return slices.Contains([]string{"true", "false", "none", "null", "default", "disabled", "enabled", "required"}, strings.ToLower(value))
}

// String is the line of a list: "env DB_PASSWORD, 2 times, in pod.yaml".
func (t Taken) String() string {
	times := ""
	if t.Count > 1 {
		times = fmt.Sprintf(", %d times", t.Count)
	}
	return fmt.Sprintf("%s%s, in %s", t.What, times, t.Where)
}
