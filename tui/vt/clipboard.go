package vt

import (
	"bytes"
	"sync/atomic"
)

// Clipboard is what a session's program may do with the clipboard of the person's terminal: never read it, and write to it unless that is
// denied. A program in a container that has been broken into can leave a command there, which a paste would run elsewhere.
type Clipboard struct {
	Denied  bool
	Writes  atomic.Int64 // that reached the terminal
	Refused atomic.Int64
}

// iTermCopies begin the sequences with which programs write to the clipboard in iTerm2.
func iTermCopies() [][]byte {
	return [][]byte{[]byte("Copy="), []byte("CopyToClipboard"), []byte("EndCopy")}
}

// rule decides about a sequence that no program is refused as such. The zero value, nil, lets all pass and counts nothing.
func (b *Clipboard) rule(c *control, end bool) ruling {
	if b == nil {
		return rulePass
	}
	switch writesClipboard(c, end) {
	case rulePass:
		return rulePass
	case ruleWait:
		return ruleWait
	}
	if b.Denied {
		b.Refused.Add(1)
		return ruleDrop
	}
	b.Writes.Add(1)
	return rulePass
}

// writesClipboard finds what changes the clipboard: ruleDrop is yes, rulePass no, and ruleWait that more of it must be known.
func writesClipboard(c *control, end bool) ruling {
	switch c.number {
	case oscClipboard:
		return ruleDrop
	case oscKittyClipboard:
		meta, _, known := bytes.Cut(c.text, []byte(";"))
		switch {
		case !known && !end:
			return ruleWait
		case bytes.Contains(meta, []byte("type=w")): // write, wdata, walias
			return ruleDrop
		}
	case oscITerm:
		for _, begin := range iTermCopies() {
			switch {
			case bytes.HasPrefix(c.text, begin):
				return ruleDrop
			case !end && bytes.HasPrefix(begin, c.text):
				return ruleWait
			}
		}
	}
	return rulePass
}
