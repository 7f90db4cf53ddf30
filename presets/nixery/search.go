package nixery

import (
	"cmp"
	"slices"
	"strings"
)

// Hit is a package that a search has found, and by what.
type Hit struct {
	Package *Package
	Command string // the command that matched; empty when the name or the purpose did
	Marks   []int  // bytes that matched, of Command or else of the name; none when only the purpose matched
}

// The ways in which a word matches, from the best; within one way, the cost says how well.
const (
	exact    = 0 // 0 name and command, 1 a command, 2 the name
	prefix   = 1000
	inside   = 2000
	letters  = 3000 // all of its letters in their order, close together
	purpose  = 4000 // begins a word of the purpose
	category = 5000 // begins a word of the group
)

// Loose ways of matching need a few letters, or they match nearly everything: so many for a word of the purpose, and so
// many for scattered letters ("tls" is in "tools").
const (
	few  = 3
	some = 4
)

// entry is a package made ready for searching: everything in lower case.
type entry struct {
	pkg      *Package
	commands []string
	purpose  []string // words
	group    []string // words
}

func newEntry(p *Package) entry {
	e := entry{pkg: p, purpose: words(p.Purpose), group: words(p.Group)}
	for _, command := range p.Commands {
		e.commands = append(e.commands, strings.ToLower(command))
	}
	return e
}

// words splits a text into words of lower case letters and digits.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r < 0x80 && !alphanumeric(byte(r))
	})
}

// Search finds packages by command, name and purpose, the best first: whole commands before whole names, then beginnings,
// parts, scattered letters, and words of the purpose and the group last. Of several words each must match. Without a word
// it is all packages in the order of the catalogue.
func (c *Catalogue) Search(query string) []Hit {
	wanted := strings.Fields(strings.ToLower(query))
	type ranked struct {
		Hit
		cost int
	}
	found := make([]ranked, 0, len(c.entries))
	for i := range c.entries {
		if hit, cost, ok := c.entries[i].match(wanted); ok {
			found = append(found, ranked{hit, cost})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.cost, b.cost) })
	hits := make([]Hit, len(found))
	for i, f := range found {
		hits[i] = f.Hit
	}
	return hits
}

// match tells how well all words match together. What is shown is where the best of them has matched.
func (e *entry) match(wanted []string) (Hit, int, bool) {
	hit := Hit{Package: e.pkg}
	total, least, best, at := 0, category*2, "", -1
	for _, word := range wanted {
		cost, command := e.cost(word)
		if cost < 0 {
			return Hit{}, 0, false
		}
		total += cost
		if cost < least {
			least, best, at = cost, word, command
		}
	}
	switch {
	case least >= purpose:
	case at >= 0:
		hit.Command = e.pkg.Commands[at]
		hit.Marks = marks(e.commands[at], best)
	default:
		hit.Marks = marks(e.pkg.Name, best)
	}
	return hit, total, true
}

// cost tells how well one word matches, -1 when it does not, and by which command, -1 when by another part.
func (e *entry) cost(word string) (cost, command int) {
	cost, command = grade(e.pkg.Name, word), -1
	named := cost == exact
	if named {
		cost = exact + 2
	}
	for i, text := range e.commands {
		switch c := grade(text, word); {
		case c == exact && named:
			return exact, -1
		case c == exact:
			c++
			fallthrough
		case c >= 0 && (cost < 0 || c < cost):
			cost, command = c, i
		}
	}
	if cost >= 0 || len(word) < few {
		return cost, command
	}
	if rest := begun(e.purpose, word); rest >= 0 {
		return purpose + min(rest, 1), -1
	}
	if begun(e.group, word) >= 0 {
		return category, -1
	}
	return -1, -1
}

// begun is how many letters a word lacks to be one of some words, at the least; -1 when none of them begins with it.
func begun(list []string, word string) int {
	least := -1
	for _, w := range list {
		if rest := len(w) - len(word); strings.HasPrefix(w, word) && (least < 0 || rest < least) {
			least = rest
		}
	}
	return least
}

// grade tells how well a word matches a text, -1 when it does not.
func grade(text, word string) int {
	extra := len(text) - len(word)
	if extra < 0 {
		return -1
	}
	switch at := strings.Index(text, word); {
	case at == 0 && extra == 0:
		return exact
	case at == 0:
		return prefix + extra
	case at > 0:
		return inside + 10*at + extra
	}
	if first, span := scattered(text, word); first >= 0 {
		return letters + 10*(span-len(word)) + extra
	}
	return -1
}

// scattered finds the letters of a word in their order, from where a part of the text begins and with fewer foreign
// letters between them than there are of its own: where it begins and how far it goes, -1 when it is not there.
func scattered(text, word string) (first, span int) {
	if len(word) < some {
		return -1, 0
	}
	for first := range len(text) {
		if first > 0 && alphanumeric(text[first-1]) {
			continue
		}
		next := 0
		for i := first; i < len(text) && i-first <= 2*len(word); i++ {
			if text[i] != word[next] {
				continue
			}
			if next++; next == len(word) {
				return first, i + 1 - first
			}
		}
	}
	return -1, 0
}

// marks are the bytes of a text that a word has matched, as grade found them.
func marks(text, word string) []int {
	list := make([]int, 0, len(word))
	if at := strings.Index(text, word); at >= 0 {
		for i := range len(word) {
			list = append(list, at+i)
		}
		return list
	}
	first, span := scattered(text, word)
	for i := first; i >= 0 && i < first+span && len(list) < len(word); i++ {
		if text[i] == word[len(list)] {
			list = append(list, i)
		}
	}
	return list
}
