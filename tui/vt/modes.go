package vt

import (
	"fmt"
	"slices"
	"strings"
)

// ModeTracker notes what a program has turned on in its terminal, so that a terminal that shows the program later can be told. It only
// listens: what it is given is not changed. What it knows is what a program asks for once, when it begins, and takes for granted
// from there on; everything else is drawn anew when the program is told another size.
type ModeTracker struct {
	filter Filter
	Alt    int      // the private mode by which the alternate screen is on, or 0
	on     []int    // private modes that are on, and off by nature
	off    []int    // and the other way round
	keypad bool     // in application mode
	kitty  [2][]int // the stacks of the keyboard's flags, of the main and of the alternate screen
	other  int      // modifyOtherKeys
	shape  int      // of the cursor
}

// NewModeTracker begins with a terminal that has been reset.
func NewModeTracker() *ModeTracker {
	b := &ModeTracker{}
	pass := func(*control) ruling { return rulePass }
	b.filter.Rules = rules{
		csi: b.csi, esc: b.esc, dcs: pass,
		osc: func(*control, bool) ruling { return rulePass },
	}
	return b
}

// Listen takes the next output of the program.
func (b *ModeTracker) Listen(p []byte) { b.filter.Pass(p) }

const kittyDepth = 16 // of the stack; terminals bound it too

func (b *ModeTracker) csi(c *control) ruling {
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
func (b *ModeTracker) keyboard() *[]int {
	if b.Alt != 0 {
		return &b.kitty[1]
	}
	return &b.kitty[0]
}

// setKeyboard changes the flags on top of the stack: 1 sets them, 2 adds them, 3 takes them away.
func (b *ModeTracker) setKeyboard(flags, how int) {
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

func (b *ModeTracker) esc(final byte) ruling {
	switch final {
	case '=', '>':
		b.keypad = final == '='
	case 'c':
		b.Alt = 0
		b.kitty = [2][]int{}
		b.reset()
	}
	return rulePass
}

// reset is what a soft reset of a terminal does.
func (b *ModeTracker) reset() { b.on, b.off, b.keypad, b.other, b.shape = nil, nil, false, 0, 0 }

func (b *ModeTracker) set(mode int, on bool) {
	switch mode {
	case 47, 1047, AltScreen:
		b.Alt = 0
		if on {
			b.Alt = mode
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

// Restore is what tells a terminal that has been reset how it was.
func (b *ModeTracker) Restore() string {
	var s strings.Builder
	for i, stack := range b.kitty {
		if i == 1 && b.Alt != 0 {
			fmt.Fprintf(&s, "\x1b[?%dh", b.Alt)
		}
		if i == 1 && b.Alt == 0 {
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
