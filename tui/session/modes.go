package session

import (
	"fmt"
	"slices"
	"strings"
)

// book notes what a program has turned on in its terminal, so that a terminal that shows the program later can be told. It only
// listens: what it is given is not changed. What it knows is what a program asks for once, when it begins, and takes for granted
// from there on; everything else is drawn anew when the program is told another size.
type book struct {
	filter filter
	alt    int      // the private mode by which the alternate screen is on, or 0
	on     []int    // private modes that are on, and off by nature
	off    []int    // and the other way round
	keypad bool     // in application mode
	kitty  [2][]int // the stacks of the keyboard's flags, of the main and of the alternate screen
	other  int      // modifyOtherKeys
	shape  int      // of the cursor
}

func newBook() *book {
	b := &book{}
	pass := func(*control) ruling { return rulePass }
	b.filter.rules = rules{
		csi: b.csi, esc: b.esc, dcs: pass,
		osc: func(*control, bool) ruling { return rulePass },
	}
	return b
}

// listen takes the next output of the program.
func (b *book) listen(p []byte) { b.filter.pass(p) }

const kittyDepth = 16 // of the stack; terminals bound it too

func (b *book) csi(c *control) ruling {
	switch {
	case c.is('?', 0, 'h'), c.is('?', 0, 'l'):
		for _, mode := range c.params[:c.n] {
			b.set(mode, c.final == 'h')
		}
	case c.is('>', 0, 'u'):
		stack := b.keyboard()
		if *stack = append(*stack, c.params[0]); len(*stack) > kittyDepth {
			*stack = (*stack)[1:]
		}
	case c.is('<', 0, 'u'):
		stack := b.keyboard()
		*stack = (*stack)[:max(0, len(*stack)-max(1, c.params[0]))]
	case c.is('=', 0, 'u'):
		b.setKeyboard(c.params[0], c.params[1])
	case c.is('>', 0, 'm') && c.params[0] == 4:
		b.other = c.params[1]
	case c.is(0, ' ', 'q'):
		b.shape = c.params[0]
	case c.is(0, '!', 'p'):
		b.reset()
	}
	return rulePass
}

// keyboard is the stack of the screen that the program is on.
func (b *book) keyboard() *[]int {
	if b.alt != 0 {
		return &b.kitty[1]
	}
	return &b.kitty[0]
}

// setKeyboard changes the flags on top of the stack: 1 sets them, 2 adds them, 3 takes them away.
func (b *book) setKeyboard(flags, how int) {
	const add, remove = 2, 3
	stack := b.keyboard()
	if len(*stack) == 0 {
		*stack = append(*stack, 0)
	}
	top := &(*stack)[len(*stack)-1]
	switch how {
	case add:
		*top |= flags
	case remove:
		*top &^= flags
	default:
		*top = flags
	}
}

func (b *book) esc(final byte) ruling {
	switch final {
	case '=', '>':
		b.keypad = final == '='
	case 'c':
		b.alt = 0
		b.kitty = [2][]int{}
		b.reset()
	}
	return rulePass
}

// reset is what a soft reset of a terminal does.
func (b *book) reset() { b.on, b.off, b.keypad, b.other, b.shape = nil, nil, false, 0, 0 }

func (b *book) set(mode int, on bool) {
	switch mode {
	case 47, 1047, altScreen:
		b.alt = 0
		if on {
			b.alt = mode
		}
	case 7, 25:
		b.off = with(b.off, mode, !on)
	case 1, 5, 9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004:
		b.on = with(b.on, mode, on)
	}
}

func with(list []int, mode int, in bool) []int {
	list = slices.DeleteFunc(list, func(m int) bool { return m == mode })
	if in {
		list = append(list, mode)
	}
	return list
}

// restore is what tells a terminal that has been reset how it was.
func (b *book) restore() string {
	var s strings.Builder
	for i, stack := range b.kitty {
		if i == 1 && b.alt != 0 {
			fmt.Fprintf(&s, "\x1b[?%dh", b.alt)
		}
		if i == 1 && b.alt == 0 {
			break
		}
		for _, flags := range stack {
			fmt.Fprintf(&s, "\x1b[>%du", flags)
		}
	}
	for _, mode := range b.on {
		fmt.Fprintf(&s, "\x1b[?%dh", mode)
	}
	for _, mode := range b.off {
		fmt.Fprintf(&s, "\x1b[?%dl", mode)
	}
	if b.keypad {
		s.WriteString("\x1b=")
	}
	if b.other != 0 {
		fmt.Fprintf(&s, "\x1b[>4;%dm", b.other)
	}
	if b.shape != 0 {
		fmt.Fprintf(&s, "\x1b[%d q", b.shape)
	}
	return s.String()
}
