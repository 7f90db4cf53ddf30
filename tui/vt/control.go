package vt

// control is one control sequence of a program's output, as far as it has been read. Numbers and text are what a terminal
// makes of them: leading zeros and control characters in between do not count.
type control struct {
	prefix byte    // CSI: one of < = > ?, or 0
	inter  byte    // CSI, DCS: the last intermediate, or 0
	final  byte    // CSI, DCS
	params [16]int // CSI: numbers, an absent one is 0
	n      int     // of params; at least 1 when the sequence is complete
	number int     // OSC: the number before the first semicolon, or noNumber
	inText bool    // OSC: the number is complete
	text   []byte  // OSC: what follows the first semicolon
}

const (
	maxNumber = 1 << 20 // more is as good as that
	noNumber  = -1
)

func (c *control) reset() { *c = control{text: c.text[:0], number: noNumber} }

// oscByte takes one byte of an OSC.
func (c *control) oscByte(b byte) {
	switch {
	case c.inText:
		c.text = append(c.text, b)
	case b >= '0' && b <= '9':
		c.number = min(max(c.number, 0)*10+int(b-'0'), maxNumber)
	default:
		c.inText = true
		if b != ';' {
			c.number = noNumber
		}
	}
}

// parameter takes one of 0x30 to 0x3f.
func (c *control) parameter(b byte) {
	switch {
	case b >= '<':
		if c.n == 0 {
			c.prefix = b
		}
	case b >= ':': // ; and :
		c.n = min(max(c.n, 1)+1, len(c.params))
	default:
		c.n = max(c.n, 1)
		c.params[c.n-1] = min(c.params[c.n-1]*10+int(b-'0'), maxNumber)
	}
}

// is compares what makes a CSI sequence the one that it is.
func (c *control) is(prefix, inter, final byte) bool {
	return c.prefix == prefix && c.inter == inter && c.final == final
}

// has reports whether one of the parameters is v.
func (c *control) has(values ...int) bool {
	for _, p := range c.params[:c.n] {
		for _, v := range values {
			if p == v {
				return true
			}
		}
	}
	return false
}

// ruling is what becomes of a sequence.
type ruling int

const (
	rulePass ruling = iota
	ruleDrop
	ruleWait // ask again when there is more of it
)

// rules decide about sequences.
type rules struct {
	csi func(*control) ruling
	esc func(final byte) ruling // of two bytes; with '_', a whole string
	// osc is asked after each byte, and with end set when the sequence is complete; then it must decide.
	osc func(c *control, end bool) ruling
	// dcs is asked when the introducing part is complete; what follows is a string.
	dcs func(*control) ruling
}
