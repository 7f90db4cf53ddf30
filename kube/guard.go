package kube

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// ErrGuarded is the cause of every [*Problem] that a guard rail is, and not the cluster.
var ErrGuarded = errors.New("a guard rail of the configuration")

// Guard is what is not to be done in a cluster, whatever its API server allows. The zero value allows everything.
//
// It is enforced where requests leave ([Cluster] sends none that it forbids), so that no screen can forget it.
type Guard struct {
	ReadOnly   bool      // nothing is changed, and no session is opened
	Protected  bool      // a person has to type the pod's name before anything is changed: see [debug.Plan.Typed]
	Profiles   []Profile // not to be used, nor what they give by other means
	Ways       []string  // not to be used: how a person gets beside what is debugged, as [debug.Way] names it
	Images     []string  // globs of those that are allowed; empty: all
	AskReason  bool      // a person has to say why, for the journal; the cluster is not told
	DigestOnly bool      // images are to be named by what they contain
	Hidden     []string  // globs of namespaces that are not shown
	Why        string    // which rule of the configuration says so, for sentences: "config.yaml: contexts prod-*"

	context string // name of the context, for sentences
	// rules are the guards that this one was made of. Each is asked by itself: an image has to be in the list of each, and a sentence
	// names the one rule that counts.
	rules []Guard
}

// And is the stricter of both in everything.
func (g Guard) And(other Guard) Guard {
	rules := slices.Concat(g.all(), other.all())
	if len(rules) == 1 {
		return rules[0]
	}
	both := Guard{context: cmp.Or(g.context, other.context), rules: rules}
	var why []string
	for _, r := range rules {
		both.ReadOnly = both.ReadOnly || r.ReadOnly
		both.Protected = both.Protected || r.Protected
		both.AskReason = both.AskReason || r.AskReason
		both.DigestOnly = both.DigestOnly || r.DigestOnly
		both.Profiles = union(both.Profiles, r.Profiles)
		both.Ways = union(both.Ways, r.Ways)
		both.Images = union(both.Images, r.Images)
		both.Hidden = union(both.Hidden, r.Hidden)
		if r.Why != "" {
			why = union(why, []string{r.Why})
		}
	}
	both.Why = strings.Join(why, ", ")
	return both
}

// all are the rules of a guard that forbid something: those it was made of, and what it says itself.
func (g Guard) all() []Guard {
	if len(g.rules) > 0 {
		return g.rules
	}
	if !g.ReadOnly && !g.Protected && !g.AskReason && !g.DigestOnly && len(g.Profiles)+len(g.Ways)+len(g.Images)+len(g.Hidden) == 0 {
		return nil
	}
	return []Guard{g}
}

func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// Closed is why nothing is changed, and no session opened; nil: not every change is forbidden.
func (g Guard) Closed() *Problem {
	return g.first(func(rule Guard) *Problem {
		if !rule.ReadOnly {
			return nil
		}
		return rule.problem("read-only: nothing is changed "+rule.where(),
			"you can look at everything; to change something, lift that restriction")
	})
}

// CheckShown is why nothing of a namespace is read or sent; nil: it is not hidden.
func (g Guard) CheckShown(namespace string) *Problem {
	return g.first(func(rule Guard) *Problem {
		if !rule.Hides(namespace) {
			return nil
		}
		return rule.problem(fmt.Sprintf("namespace %s is not shown %s", Sanitize(namespace), rule.where()), "", SwitchNamespace)
	})
}

// CheckWay tells whether what is debugged may be reached by a way; nil: it may. Words name the way for a person.
func (g Guard) CheckWay(way, words string) *Problem {
	return g.first(func(rule Guard) *Problem {
		if !slices.Contains(rule.Ways, way) {
			return nil
		}
		return rule.problem(fmt.Sprintf("debugging %s (way %s) is not allowed %s", words, way, rule.where()), "", ChooseWay)
	})
}

// first is the first problem of a rule; the guard itself comes last, should somebody have changed it since.
func (g Guard) first(check func(Guard) *Problem) *Problem {
	for _, rule := range slices.Concat(g.all(), []Guard{g}) {
		if problem := check(rule); problem != nil {
			return problem
		}
	}
	return nil
}

// Hides reports whether a namespace is left out. Something that is in no namespace is not.
func (g Guard) Hides(namespace string) bool {
	if namespace == "" {
		return false
	}
	return slices.ContainsFunc(g.Hidden, func(glob string) bool {
		ok, err := path.Match(glob, namespace)
		return ok || err != nil // what cannot be understood hides rather than shows
	})
}

// CheckTyped tells whether the name of what is debugged, a pod or a node, has been typed where that is asked for; nil: it has, or need not be.
func (g Guard) CheckTyped(t Target, typed string) *Problem {
	return g.first(func(rule Guard) *Problem {
		if !rule.Protected || typed == t.Name() {
			return nil
		}
		return rule.problem(fmt.Sprintf("the name of %s has not been typed: nothing is changed %s without it", t.Words(), rule.where()),
			"", ConfirmPod)
	})
}

// where is the place of a sentence: "in context prod-eu".
func (g Guard) where() string {
	if g.context == "" {
		return "here"
	}
	return "in context " + g.context
}

func (g Guard) problem(what, hint string, help ...Help) *Problem {
	if g.Why != "" {
		what += " (" + Sanitize(g.Why) + ")" // cleaned again: a guard of no cluster has not been
	}
	return &Problem{Message: what, Hint: hint, Help: help, Err: ruleError(g.Why)}
}

// ruleError is the rule that forbids something: its Why.
type ruleError string

func (r ruleError) Error() string { return ErrGuarded.Error() + ": " + string(r) }

func (r ruleError) Is(target error) bool { return target == ErrGuarded }

// In is g with the name of its context in its sentences, ready to be drawn.
func (g Guard) In(context string) Guard {
	g.context, g.Why, g.rules = context, Sanitize(g.Why), slices.Clone(g.rules)
	for i := range g.rules {
		g.rules[i] = g.rules[i].In(context)
	}
	return g
}
