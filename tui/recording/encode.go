package recording

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// The kinds of events.
const (
	codeOutput = 'o'
	codeInput  = 'i'
	codeResize = 'r'
	codeMark   = 'm'
)

// longest bounds what one event holds, in bytes: lines stay short enough for any player.
const longest = 64 << 10

// encoder makes lines of events. A UTF-8 character that is cut between two pieces goes whole with the second.
type encoder struct {
	out  []byte
	held [2]carry // of output, of input
}

// carry is the beginning of a character.
type carry struct {
	bytes [utf8.UTFMax]byte
	n     int
}

// event appends the lines of an event.
func (e *encoder) event(at time.Duration, code byte, data []byte) {
	var held *carry
	switch code {
	case codeOutput:
		held = &e.held[0]
	case codeInput:
		held = &e.held[1]
	default:
		e.line(at, code, nil, data)
		return
	}
	for len(data) > 0 {
		piece := data[:min(len(data), longest)]
		data = data[len(piece):]
		n := held.wants(piece)
		held.n += copy(held.bytes[held.n:], piece[:n])
		if piece = piece[n:]; len(piece) == 0 && !utf8.FullRune(held.bytes[:held.n]) {
			continue
		}
		end := len(piece) - cutOff(piece)
		if held.n+end > 0 {
			e.line(at, code, held.bytes[:held.n], piece[:end])
		}
		held.n = copy(held.bytes[:], piece[end:])
	}
}

// wants is how many bytes of the next piece belong to a character that was cut.
func (c *carry) wants(piece []byte) int {
	whole := c.bytes
	n := c.n
	for ; n > 0 && n-c.n < len(piece) && !utf8.FullRune(whole[:n]) && !utf8.RuneStart(piece[n-c.n]); n++ {
		whole[n] = piece[n-c.n]
	}
	return n - c.n
}

// cutOff is how many bytes at the end are the beginning of a character.
func cutOff(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if utf8.RuneStart(p[len(p)-n]) {
			if utf8.FullRune(p[len(p)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// rest appends what is held of characters that never became whole.
func (e *encoder) rest(at time.Duration) {
	for i, code := range [...]byte{codeOutput, codeInput} {
		if c := &e.held[i]; c.n > 0 {
			e.line(at, code, c.bytes[:c.n], nil)
			c.n = 0
		}
	}
}

// line appends [seconds, "code", "data"].
func (e *encoder) line(at time.Duration, code byte, first, data []byte) {
	micros := at.Microseconds()
	out := e.out
	out = append(out, '[')
	out = strconv.AppendInt(out, micros/1e6, 10)
	out = append(out, '.')
	for unit := int64(1e5); unit > 0; unit /= 10 {
		out = append(out, byte('0'+micros/unit%10))
	}
	out = append(out, `, "`...)
	out = append(out, code)
	out = append(out, `", "`...)
	out = appendEscaped(out, first)
	out = appendEscaped(out, data)
	out = append(out, '"', ']', '\n')
	e.out = out
}

// appendEscaped appends the inside of a JSON string: every control character, those of C1 too, as \u00XX, so that the file can be looked
// at with cat; bytes that are no UTF-8 as U+FFFD.
func appendEscaped(out, p []byte) []byte {
	for i := 0; i < len(p); {
		j := i
		for j < len(p) && plain(p[j]) {
			j++
		}
		out = append(out, p[i:j]...)
		if i = j; i == len(p) {
			break
		}
		r, size := rune(p[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(p[i:])
		}
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, '\\', 'n')
		case r == '\r':
			out = append(out, '\\', 'r')
		case r < 0xa0: // DEL and C1 as well
			const hex = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
		case r == utf8.RuneError:
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, p[i:i+size]...)
		}
		i += size
	}
	return out
}

func plain(b byte) bool { return b >= 0x20 && b < 0x7f && b != '"' && b != '\\' }
