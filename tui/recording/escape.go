package recording

// What a character is to the parser.
type meaning int

const (
	text     meaning = iota // it is the line's
	within                  // it belongs to a sequence
	sequence                // it ends a control sequence
	restart                 // it ends the sequence that resets the terminal
)

const (
	bel, can, sub, esc = 0x07, 0x18, 0x1a, 0x1b
	dcs8, sos8, csi8   = 0x90, 0x98, 0x9b // in 8 bits
	st8, osc8, apc8    = 0x9c, 0x9d, 0x9f
	mostParameters     = 64 // characters; no sequence that matters here has as many
)

// parser finds escape sequences in what a program prints.
type parser struct {
	state   func(*parser, rune) meaning // nil: text
	params  []byte
	private bool // a control sequence with a ?
	set     bool // an escape sequence of three characters
	final   byte
}

// next says what a character is.
func (p *parser) next(r rune) meaning {
	if p.state == nil && r != esc && (r < 0x80 || r > apc8) {
		return text
	}
	switch r {
	case esc:
		p.state, p.set = (*parser).escape, false
		return within
	case csi8:
		p.begin()
		return within
	case dcs8, sos8, osc8, apc8 - 1, apc8:
		p.state = (*parser).inString
		return within
	case can, sub, st8:
		p.state = nil
		return within
	}
	if p.state == nil {
		return within // another of C1
	}
	return p.state(p, r)
}

func (p *parser) begin() { p.state, p.params, p.private = (*parser).inCSI, p.params[:0], false }

func (p *parser) escape(r rune) meaning {
	switch {
	case r == '[':
		p.begin()
	case r == ']', r == 'P', r == 'X', r == '^', r == '_':
		p.state = (*parser).inString
	case r >= 0x20 && r < 0x30: // of a character set: one more follows
		p.set = true
	case r < 0x20:
		return text // it is done all the same, in the middle of a sequence
	default:
		p.state = nil
		if r == 'c' && !p.set {
			return restart
		}
	}
	return within
}

func (p *parser) inCSI(r rune) meaning {
	switch {
	case r < 0x20:
		return text
	case r >= 0x40 && r < 0x7f:
		p.state, p.final = nil, byte(r)
		return sequence
	case r == '?' && len(p.params) == 0:
		p.private = true
	case r >= 0x20 && r < 0x40:
		if len(p.params) < mostParameters {
			p.params = append(p.params, byte(r))
		}
	}
	return within
}

func (p *parser) inString(r rune) meaning {
	if r == bel {
		p.state = nil
	}
	return within
}

// numbers are the parameters of a control sequence.
func (p *parser) numbers() []int {
	all := []int{0}
	for _, b := range p.params {
		last := len(all) - 1
		switch {
		case b == ';':
			all = append(all, 0)
		case b >= '0' && b <= '9' && all[last] < longestText*2:
			all[last] = all[last]*10 + int(b-'0')
		}
	}
	return all
}

// number is the i-th parameter, or 0.
func (p *parser) number(i int) int {
	if all := p.numbers(); i < len(all) {
		return all[i]
	}
	return 0
}
