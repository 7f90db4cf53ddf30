package vt

import "bytes"

// What no program may ask of the terminal, be it live or in a log. A terminal answers by typing, and the one to whom it types is
// often not the one who asked: a file that is shown with cat asks, and the shell gets the answer. So what goes is every
// question whose answer can hold words that others have chosen, or what is the person's own; every order by which a terminal types
// later, or does more than show; and whatever could bring such a thing past this filter. What programs need and what is
// answered by numbers alone passes: device attributes, modes, the cursor's position, sizes, colours.
//
// Writing to the clipboard passes while a session is live, unless it is denied (see clipboard.go). Copying out of a remote editor is what
// people do, nothing comes back from it, and terminals have a setting of their own for it: some ask, some have it off. In a log it goes.

// refusedCSI finds them among control sequences.
func refusedCSI(c *control) bool {
	switch {
	case c.is(0, 0, 't'):
		return c.params[0] == 20 || c.params[0] == 21 // titles, which other programs may have set
	case c.is(0, 0, 'n'):
		return c.params[0] == 7 // rxvt: the name of the display
	case c.is(0, 0, 'i'), c.is('?', 0, 'i'):
		return true // prints, or sends all that follows to a printer
	case c.is(0, '*', 'y'):
		return true // DECRQCRA: a checksum of one cell is what is in it
	case c.is(0, '*', 'z'):
		return true // DECINVM: runs a macro
	}
	return false
}

// refusedEsc finds them among sequences of two bytes. rxvt answers ESC G Q with a line end (CVE-2021-33477).
func refusedEsc(final byte) bool { return final == 'G' }

// refusedDCS finds them among device control strings by what introduces them.
func refusedDCS(c *control) bool {
	switch c.final {
	case 'q':
		return c.inter == '$' || c.inter == '+' // DECRQSS, XTGETTCAP: answers that repeat the question (CVE-2008-2383, CVE-2022-45872)
	case 'p':
		return c.inter == '+' || // XTSETTCAP: what keys type
			c.inter == 0 && c.has(1000) // tmux's control mode: the terminal types commands
	case '|':
		return c.inter == 0 // DECUDK: what keys type
	case 'z':
		return c.inter == '!' // DECDMAC: a macro, which may hold all of these
	case '@':
		return c.inter == 0 // remote control of kitty
	}
	return false
}

const (
	oscProperty       = 3 // of the window, in X
	oscFont           = 50
	oscEditor         = 51 // calls a function of the editor that the terminal is a part of
	oscClipboard      = 52
	oscFirstFont      = 710 // rxvt
	oscLastFont       = 713
	oscITerm          = 1337
	oscKittyClipboard = 5522
)

// iTermVariable begins a question for a variable of iTerm2's, such as the title or the command line.
const iTermVariable = "ReportVariable"

// refusedOSC finds them among operating system commands: as soon as it is sure, or at the end.
func refusedOSC(c *control, end bool) ruling {
	switch {
	case c.number == oscProperty, c.number == oscEditor:
		return ruleDrop
	case c.number == oscFont, c.number >= oscFirstFont && c.number <= oscLastFont:
		return c.rule(bytes.IndexByte(c.text, '?') >= 0, end) // the answer holds the name that was set before (CVE-2022-45063)
	case c.number == oscITerm:
		if n := len(iTermVariable); len(c.text) >= n || !bytes.HasPrefix([]byte(iTermVariable), c.text) {
			return drop(bytes.HasPrefix(c.text, []byte(iTermVariable)))
		}
		return c.rule(false, end)
	case c.number == oscClipboard:
		payload, known := lastField(c.text, 1)
		return c.rule(known && payload == '?', end || known)
	case c.number == oscKittyClipboard:
		meta, _, known := bytes.Cut(c.text, []byte(";"))
		return c.rule((known || end) && asksForClipboard(meta), end || known)
	}
	return rulePass
}

// rule drops what is refused; the rest passes when all is known, and waits before.
func (*control) rule(refused, known bool) ruling {
	switch {
	case refused:
		return ruleDrop
	case known:
		return rulePass
	}
	return ruleWait
}

// asksForClipboard reads the first part of kitty's sequence, behind which there may be half of an ST in UTF-8.
func asksForClipboard(meta []byte) bool {
	meta = bytes.TrimSuffix(meta, []byte{0xc2})
	for pair := range bytes.SplitSeq(meta, []byte(":")) {
		if string(bytes.TrimSpace(pair)) == "type=read" {
			return true
		}
	}
	return false
}
