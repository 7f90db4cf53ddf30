package vt

import "slices"

// hold keeps one more byte of an undecided sequence. When there are too many, those go that do nothing in it, and when it
// still is endless, all of it.
func (f *Filter) hold(b byte) {
	f.held = append(f.held, b)
	if len(f.held) <= maxUndecided {
		return
	}
	f.held = slices.DeleteFunc(f.held, ignored)
	if len(f.held) > maxUndecided/2 {
		f.drop()
		f.state = (*Filter).dropping
		if f.csi {
			f.state = (*Filter).droppingCSI
		}
	}
}

// again is for a byte that ends a sequence without belonging to it: the sequence passes, the byte is looked at afresh.
func (f *Filter) again(b byte) {
	f.release()
	f.fresh(b)
}

func (f *Filter) fresh(b byte) {
	switch {
	case introduces(b):
		f.begin(b)
	case b == 0xc2:
		f.held = append(f.held, b)
	default:
		f.out = append(f.out, b)
	}
}

// conclude carries a ruling out on a sequence that ends with b.
func (f *Filter) conclude(r ruling, b byte) {
	if r == ruleDrop {
		f.drop()
		return
	}
	f.held = append(f.held, b)
	f.release()
}

// ignored reports whether a terminal executes b, or does nothing, in the middle of a sequence and goes on with it.
func ignored(b byte) bool { return b < 0x20 && b != esc && b != can && b != sub || b == 0x7f }

func (f *Filter) afterEsc(b byte) {
	switch {
	case b == '[':
		f.state, f.csi = (*Filter).inCSI, true
		f.hold(b)
	case b == ']':
		f.state = (*Filter).inOSC
		f.hold(b)
	case b == 'P':
		f.state = (*Filter).inDCS
		f.hold(b)
	case ignored(b):
		f.hold(b)
	case b == esc, b >= 0x80:
		f.again(b)
	default:
		ruling := f.Rules.esc(b)
		f.conclude(ruling, b)
		if ruling == ruleDrop && b == '_' {
			f.state = (*Filter).dropping
		}
	}
}

func (f *Filter) inCSI(b byte) {
	switch {
	case introduces(b):
		f.again(b)
	case b == can, b == sub:
		f.conclude(rulePass, b)
	case b >= 0x40 && b <= 0x7e:
		f.ctl.final, f.ctl.n = b, max(f.ctl.n, 1)
		f.conclude(f.Rules.csi(&f.ctl), b)
	default:
		switch {
		case b >= 0x30 && b <= 0x3f:
			f.ctl.parameter(b)
		case b >= 0x20 && b <= 0x2f:
			f.ctl.inter = b
		}
		f.hold(b)
	}
}

func (f *Filter) inDCS(b byte) {
	switch {
	case b == esc, b >= 0x80, b == can, b == sub:
		f.again(b)
	case ignored(b):
		f.hold(b)
	case b >= 0x40:
		f.ctl.final = b
		if f.Rules.dcs(&f.ctl) == ruleDrop {
			f.drop()
			f.state = (*Filter).dropping
			return
		}
		f.conclude(rulePass, b)
	default:
		if b <= 0x2f {
			f.ctl.inter = b
		} else {
			f.ctl.parameter(b)
		}
		f.hold(b)
	}
}

func (f *Filter) inOSC(b byte) {
	switch {
	case b == can, b == sub:
		f.conclude(rulePass, b)
		return
	case b == bel, b == st8:
		f.conclude(f.Rules.osc(&f.ctl, true), b)
		return
	case b == esc:
		dropped := f.Rules.osc(&f.ctl, true) == ruleDrop
		if dropped {
			f.drop()
			f.begin(b)
			f.state = (*Filter).afterDropped
			return
		}
		f.again(b)
		return
	case ignored(b):
		f.hold(b)
		return
	}
	f.ctl.oscByte(b)
	switch f.Rules.osc(&f.ctl, false) {
	case rulePass:
		f.held = append(f.held, b)
		f.release()
	case ruleDrop:
		f.drop()
		f.state = (*Filter).dropping
	case ruleWait:
		f.hold(b)
	}
}

// dropping swallows the rest of a string.
func (f *Filter) dropping(b byte) {
	switch b {
	case bel, can, sub, st8:
		f.forget()
	case esc:
		f.begin(b)
		f.state = (*Filter).afterDropped
	}
}

// droppingCSI swallows the rest of a control sequence.
func (f *Filter) droppingCSI(b byte) {
	switch {
	case introduces(b):
		f.again(b)
	case b >= 0x40 && b <= 0x7e, b == can, b == sub:
		f.forget()
	}
}

// afterDropped has seen an ESC that ended a dropped string: with a backslash it was part of it.
func (f *Filter) afterDropped(b byte) {
	if b == '\\' {
		f.forget()
		return
	}
	f.state = (*Filter).afterEsc
	f.afterEsc(b)
}
