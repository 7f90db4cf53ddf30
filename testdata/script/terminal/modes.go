package terminal

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// modeSwitch is a change of private modes, of kitty's keyboard flags, of modifyOtherKeys or of the cursor's shape.
var modeSwitch = regexp.MustCompile(`\x1b\[(?:\?([0-9;]+)([hl])|([<>=])([0-9;]*)u|>4(?:;([0-9]+))?m|([0-9]*) q)`)

// Leftovers lists what an ended program has changed in its terminal and not changed back: modes of the line, the alternate screen, a
// hidden cursor, mouse reports, a keyboard protocol. It is empty for a well-behaved one.
func (t *Terminal) Leftovers() []string {
	var left []string
	if !t.hasEnded() {
		return []string{"the program still runs"}
	}
	if !reflect.DeepEqual(t.before, t.after) {
		left = append(left, fmt.Sprintf("modes of the line: %+v before, %+v after", t.before, t.after))
	}
	s := t.Screen()
	if s.Alt {
		left = append(left, "the alternate screen")
	}
	if s.NoCursor {
		left = append(left, "a hidden cursor")
	}
	return append(left, switchedOn(t.Output(0))...)
}

// switchedOn are the modes that output turns on and not off again, or the other way round for those that are on by default.
func switchedOn(output []byte) []string {
	on := map[string]bool{}
	kitty := 0
	for _, m := range modeSwitch.FindAllSubmatch(output, -1) {
		switch {
		case len(m[2]) > 0:
			for mode := range strings.SplitSeq(string(m[1]), ";") {
				byDefault := mode == "7" || mode == "25"
				on["private mode "+mode] = (m[2][0] == 'h') != byDefault
			}
		case len(m[3]) > 0:
			kitty = kittyFlags(kitty, m[3][0], string(m[4]))
		case strings.HasSuffix(string(m[0]), "m"):
			on["modifyOtherKeys"] = len(m[5]) > 0 && string(m[5]) != "0"
		default:
			on["the cursor's shape"] = len(m[6]) > 0 && string(m[6]) != "0"
		}
	}
	on["kitty's keyboard flags"] = kitty > 0
	var left []string
	for name, is := range on {
		if is {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	return left
}

// kittyFlags counts how deep the stack of flags is; flags that are set without it count as one.
func kittyFlags(depth int, kind byte, params string) int {
	first, _, _ := strings.Cut(params, ";")
	n, err := strconv.Atoi(first)
	switch {
	case kind == '>':
		return depth + 1
	case kind == '<' && err != nil:
		return max(depth-1, 0)
	case kind == '<':
		return max(depth-n, 0)
	case n == 0:
		return 0
	}
	return max(depth, 1)
}
