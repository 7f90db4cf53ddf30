package kit

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// MarkSymbol stands before a line that is marked.
const MarkSymbol = "*"

// Marks are the lines of a list that a person has marked, by what tells the lines apart. The zero value has none.
type Marks[K comparable] struct {
	keys    map[K]bool
	from    K // where a range begins
	ranging bool
}

// MarkKeys are the keys that mark.
func (k KeyMap) MarkKeys() []key.Binding { return []key.Binding{k.Mark, k.MarkAll, k.MarkRange} }

// Press follows a key that marks through a list of n lines; false: it is none. Marking a line goes on to the next.
func (m *Marks[K]) Press(k KeyMap, msg tea.KeyPressMsg, cursor *Cursor, n int, of func(line int) K) bool {
	switch {
	case n == 0 || !key.Matches(msg, k.MarkKeys()...):
		return false
	case m.ranging && key.Matches(msg, k.Mark, k.MarkRange):
		m.EndRange(cursor.At, n, of)
	case key.Matches(msg, k.MarkAll):
		m.ranging = false
		m.all(n, of)
	case key.Matches(msg, k.MarkRange):
		m.from, m.ranging = of(cursor.At), true
	default:
		m.set(of(cursor.At), !m.Has(of(cursor.At)))
		cursor.At++
		cursor.Clamp(n)
	}
	return true
}

// all marks all lines, or takes the marks from them when all have one.
func (m *Marks[K]) all(n int, of func(line int) K) {
	every := true
	for i := 0; i < n && every; i++ {
		every = m.Has(of(i))
	}
	for i := range n {
		m.set(of(i), !every)
	}
}

func (m *Marks[K]) set(k K, marked bool) {
	switch {
	case !marked:
		delete(m.keys, k)
	case m.keys == nil:
		m.keys = map[K]bool{k: true}
	default:
		m.keys[k] = true
	}
}

// Set marks what has a key.
func (m *Marks[K]) Set(k K) { m.set(k, true) }

// Unset takes the mark from what has a key.
func (m *Marks[K]) Unset(k K) { m.set(k, false) }

// Has reports whether what has a key is marked.
func (m *Marks[K]) Has(k K) bool { return m.keys[k] }

// All are those that are marked, in no order.
func (m *Marks[K]) All() iter.Seq[K] { return maps.Keys(m.keys) }

// Len is how many are marked, whether the list shows them now or not.
func (m *Marks[K]) Len() int { return len(m.keys) }

// Ranging reports whether a range is being marked.
func (m *Marks[K]) Ranging() bool { return m.ranging }

// Range are the lines, from one to before another, that a range has which is being marked; none: 0 and 0. Where the line with which it has begun is gone, it
// begins with the cursor's.
func (m *Marks[K]) Range(at, n int, of func(line int) K) (from, to int) {
	if !m.ranging || n == 0 {
		return 0, 0
	}
	from, to = at, at
	for i := range n {
		if of(i) == m.from {
			from, to = min(i, at), max(i, at)
			break
		}
	}
	return from, to + 1
}

// EndRange marks the lines of the range that is being marked, if there is one.
func (m *Marks[K]) EndRange(at, n int, of func(line int) K) {
	from, to := m.Range(at, n, of)
	m.ranging = false
	for i := from; i < to; i++ {
		m.set(of(i), true)
	}
}

// Clear forgets the range that is being marked, or all marks when there is none; false: there was nothing.
func (m *Marks[K]) Clear() bool {
	switch {
	case m.ranging:
		m.ranging = false
	case len(m.keys) > 0:
		m.keys = nil
	default:
		return false
	}
	return true
}

// ClearWords is [Marks.Clear], and says what was cleared; empty: there was nothing.
func (m *Marks[K]) ClearWords() string {
	n, ranging := len(m.keys), m.ranging
	switch {
	case !m.Clear():
		return ""
	case ranging:
		return "no range is marked any more"
	}
	return fmt.Sprintf("%d unmarked", n)
}

// Keep takes the marks from what is not there any more.
func (m *Marks[K]) Keep(there func(K) bool) {
	for k := range m.keys {
		if !there(k) {
			delete(m.keys, k)
		}
	}
}

// Keys are the keys of a list when lines are marked: what is about these comes first. Where the list is narrowed, esc has another meaning;
// one runs something "in" pods, and "on" nodes.
func (m *Marks[K]) Keys(k KeyMap, keys []key.Binding, narrowed bool, where string) []key.Binding {
	run, unmark, end := k.Debug, k.Unmark, k.MarkRange
	without := func(b key.Binding) {
		keys = slices.DeleteFunc(keys, func(other key.Binding) bool { return slices.Equal(other.Keys(), b.Keys()) })
	}
	without(run)
	run.SetHelp(run.Help().Key, fmt.Sprintf("run %s %d", where, len(m.keys)))
	if m.ranging {
		without(end)
		run.SetHelp(run.Help().Key, "run "+where+" these")
		unmark.SetHelp(unmark.Help().Key, "no range")
		end.SetHelp(end.Help().Key, "end the range")
		return append([]key.Binding{end, run, unmark}, keys...)
	}
	without(k.Mark)
	front := []key.Binding{run, k.Mark}
	if !narrowed {
		front = append(front, unmark)
	}
	return append(front, keys...)
}

// Words are for the header, behind what else it says: how many are marked, and how many of these the list does not show.
func (m *Marks[K]) Words(hidden int) string {
	switch {
	case m.ranging:
		return " · marking a range"
	case len(m.keys) == 0:
		return ""
	case hidden > 0:
		return fmt.Sprintf(" · %d marked, %d of them not shown", len(m.keys), hidden)
	}
	return fmt.Sprintf(" · %d marked", len(m.keys))
}
