// Package fold finds which of many outputs are equal: what one command has printed in many pods is shown once, and where a pod differs, as a diff. It
// knows no cluster.
//
//	masks, err := fold.NewMasks(now, patterns) // what differs harmlessly
//	folded := fold.Fold(members, masks)        // the largest group first
//	for i, g := range folded.Groups {
//		fmt.Println(g.Outcome, g.Names(), folded.Diff(i))
//	}
//
// Outputs are compared as they are, and cleaned where they are shown: two that differ in control characters alone are not equal.
package fold

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"unicode/utf8"
)

// Member is what one of many has brought.
type Member struct {
	Name    string // by which it is shown, and which no other has
	Own     []Own  // what only it prints: its pod's name, its IP addresses
	Outcome string // how it ended, in words: only members with the same outcome are equal
	Output  []byte // not changed, and kept by the groups
	Cut     bool   // there was more of it
}

// Own is a text that stands for a member, such as its pod's name, and by what it is masked: "<pod>".
type Own struct{ Text, Mask string }

// Group are members whose outcome and output are equal, by name.
type Group struct {
	Outcome string // of the first
	Members []Member
}

// Names are those of its members.
func (g Group) Names() []string {
	names := make([]string, len(g.Members))
	for i := range g.Members {
		names[i] = g.Members[i].Name
	}
	return names
}

// Output is the one of its first member.
func (g Group) Output() []byte { return g.Members[0].Output }

// Cut reports whether the output is known in part only.
func (g Group) Cut() bool { return g.Members[0].Cut }

// Binary reports whether the output is no text.
func (g Group) Binary() bool { return !IsText(g.Output(), g.Cut()) }

// Folded are the groups of all members: the largest first, those of a size by the name of their first member.
type Folded struct {
	Groups  []Group
	masks   Masks
	largest string // the first one's output as it is compared
}

// Fold groups members by their outcome and their masked output. It keeps their outputs, and no copies of them.
func Fold(members []Member, masks Masks) Folded {
	sorted := slices.Clone(members)
	slices.SortStableFunc(sorted, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	var groups []Group
	place := map[[sha256.Size]byte]int{}
	var scratch []byte
	for _, m := range sorted {
		var digest [sha256.Size]byte
		digest, scratch = digestOf(m, masks, scratch)
		at, known := place[digest]
		if !known {
			at = len(groups)
			place[digest] = at
			groups = append(groups, Group{Outcome: m.Outcome})
		}
		groups[at].Members = append(groups[at].Members, m)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(len(b.Members), len(a.Members)) })
	f := Folded{Groups: groups, masks: masks}
	if len(groups) > 0 {
		f.largest = f.masked(0)
	}
	return f
}

// digestOf is what two members have in common when they are equal. The scratch space is given back, as it may have grown.
func digestOf(m Member, masks Masks, scratch []byte) (digest [sha256.Size]byte, grown []byte) {
	hash := sha256.New()
	kind := "text"
	scratch = masks.apply(scratch[:0], []byte(m.Outcome), m.Own)
	hash.Write(scratch)
	if IsText(m.Output, m.Cut) {
		scratch = masks.apply(scratch[:0], m.Output, m.Own)
	} else {
		kind, scratch = "bytes", append(scratch[:0], m.Output...)
	}
	if m.Cut {
		kind += " cut"
	}
	hash.Write([]byte("\x00" + kind + "\x00"))
	hash.Write(scratch)
	hash.Sum(digest[:0])
	return digest, scratch
}

// IsText reports whether an output can be shown as text: UTF-8, whose last character may be cut off, without NUL.
func IsText(output []byte, cut bool) bool {
	if bytes.IndexByte(output, 0) >= 0 {
		return false
	}
	if cut {
		for range utf8.UTFMax - 1 {
			if r, size := utf8.DecodeLastRune(output); r != utf8.RuneError || size != 1 {
				break
			}
			output = output[:len(output)-1]
		}
	}
	return utf8.Valid(output)
}

// masked is the output of a group as it is compared: its beginning, and a little more where it is longer, which tells that it is.
func (f Folded) masked(i int) string {
	const more = 1 << 10
	m := f.Groups[i].Members[0]
	return string(f.masks.apply(nil, m.Output[:min(len(m.Output), mostCompared+more)], m.Own))
}
