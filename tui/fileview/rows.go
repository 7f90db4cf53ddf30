package fileview

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// layout is how the bytes of a file become rows of the screen.
type layout struct {
	width int
	hex   bool
	wrap  bool // rows that are too long go on in the next; otherwise they are cut off
}

const (
	longestRow = 4 << 10 // bytes: what is no text may have no line ends
	hexRow     = 16      // bytes
	tabWidth   = 8
)

// end is where the row ends that begins at the first byte of data, with its line end. sure is false where it may go on behind the data.
func (l layout) end(data []byte) (end int, sure bool) {
	if l.hex {
		return min(hexRow, len(data)), len(data) >= hexRow
	}
	line := bytes.IndexByte(data, '\n') + 1
	limit := len(data)
	if line > 0 {
		limit = line
	}
	limit = min(limit, longestRow)
	if !l.wrap {
		return limit, line > 0 && line <= longestRow || limit == longestRow
	}
	column := 0
	for at := 0; at < limit; {
		if data[at] == '\n' {
			return at + 1, true
		}
		w, size := 1, 1
		if c := data[at]; c < ' ' || c >= 0x7f { // nearly all is plain
			var text string
			text, size = glyph(data[at:limit], column)
			w = kit.Width(text)
		}
		if column+w > l.width && at > 0 {
			if rest := data[at:limit]; bytes.Equal(rest, []byte("\n")) || bytes.Equal(rest, []byte("\r\n")) { // no row for a line end alone
				return limit, true
			}
			return at, true
		}
		column, at = column+w, at+size
	}
	return limit, line > 0 || limit == longestRow
}

// glyph is how the first character of data is drawn in a column, and how many bytes it has.
func glyph(data []byte, column int) (text string, size int) {
	if c := data[0]; c >= ' ' && c < 0x7f {
		return string(rune(c)), 1
	}
	switch {
	case data[0] == '\t':
		return strings.Repeat(" ", tabWidth-column%tabWidth), 1
	case data[0] == '\r' && (len(data) == 1 || data[1] == '\n'), data[0] == '\n':
		return "", 1
	}
	r, size := utf8.DecodeRune(data)
	if r == '\r' {
		return string(utf8.RuneError), size
	}
	return kube.Sanitize(string(r)), size
}

// draw is a row as text.
func (l layout) draw(row []byte, offset int64) string {
	if l.hex {
		return hexLine(row, offset)
	}
	var b strings.Builder
	column := 0
	for at := 0; at < len(row); {
		text, size := glyph(row[at:], column)
		b.WriteString(text)
		if column, at = column+kit.Width(text), at+size; !l.wrap && column > l.width {
			break
		}
	}
	return b.String()
}

// hexLine is a row of bytes, as hexdump -C shows it.
func hexLine(row []byte, offset int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%08x ", offset)
	for i := range hexRow {
		if i%(hexRow/2) == 0 {
			b.WriteByte(' ')
		}
		if i < len(row) {
			fmt.Fprintf(&b, "%02x ", row[i])
		} else {
			b.WriteString("   ")
		}
	}
	b.WriteByte(' ')
	for _, c := range row {
		if c < ' ' || c >= 0x7f {
			c = '.'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// starts are where rows begin in data, the first of which begins with it.
func (l layout) starts(data []byte) []int {
	var all []int
	for at := 0; at < len(data); {
		all = append(all, at)
		end, _ := l.end(data[at:])
		at += max(end, 1)
	}
	return all
}
