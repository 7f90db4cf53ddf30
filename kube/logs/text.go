package logs

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Text is a line of a program's output as a terminal would have left it, safe to draw as [kube.Sanitize] makes text: a carriage return and a backspace
// overwrite, tabs lead to the stops of a terminal, and what shows nothing goes without a trace: colours, the addresses of links (OSC 8),
// the cursor that comes and goes. Other escape sequences are made visible. It is the one place for output that is shown line by line.
func Text(line string) string {
	line = strings.TrimRight(line, "\r")
	if kube.IsPlain(line) {
		return line
	}
	if !strings.ContainsAny(line, "\r\b\t") && !strings.Contains(line, "\x1b[2K") {
		return kube.Sanitize(withoutControls(line)) // nothing is overwritten
	}
	l := logCells{}
	for len(line) > 0 {
		line = line[l.take(line):]
	}
	text := kube.Sanitize(strings.Join(l.cells, ""))
	if l.erased { // what was there is no text
		text = strings.TrimRight(text, " ")
	}
	return text
}

// withoutControls takes the sequences out of a line that a terminal does not show.
func withoutControls(line string) string {
	at := strings.IndexByte(line, 0x1b)
	if at < 0 {
		return line
	}
	var b strings.Builder
	b.Grow(len(line))
	for ; at >= 0; at = strings.IndexByte(line, 0x1b) {
		b.WriteString(line[:at])
		n := (&logCells{}).control(line[at:])
		if n == 0 {
			b.WriteByte(line[at])
			n = 1
		}
		line = line[at+n:]
	}
	b.WriteString(line)
	return b.String()
}

// logCells is a line on a screen that is as wide as it likes to be.
type logCells struct {
	cells  []string // a character in its first cell, "" in the others
	at     int      // the cursor
	erased bool     // something has been erased in it
}

const tabStop = 8

// take puts the first character or sequence of text, and returns its length.
func (l *logCells) take(text string) int {
	switch text[0] {
	case '\r':
		l.at = 0
		return 1
	case '\b':
		l.at = max(0, l.at-1)
		return 1
	case '\t':
		for next := l.at + tabStop - l.at%tabStop; l.at < next; l.at++ {
			if l.at == len(l.cells) {
				l.cells = append(l.cells, " ")
			}
		}
		return 1
	case 0x1b:
		if n := l.control(text); n > 0 {
			return n
		}
	}
	if text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		l.put(text[:1], 1)
		return 1
	}
	cluster, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	n := max(len(cluster), 1)
	if width == 0 && len(l.cells) > 0 && l.at > 0 { // belongs to what is before it
		l.cells[l.at-1] += text[:n]
		return n
	}
	l.put(text[:n], max(width, 1))
	return n
}

// put writes a character over what is at the cursor.
func (l *logCells) put(character string, width int) {
	for i := range width {
		cell := character
		if i > 0 {
			cell = ""
		}
		if l.at < len(l.cells) {
			l.blankWide(l.at)
			l.cells[l.at] = cell
		} else {
			l.cells = append(l.cells, cell)
		}
		l.at++
	}
	if l.at < len(l.cells) && l.cells[l.at] == "" { // the second half of a wide one
		l.cells[l.at] = " "
	}
}

// blankWide takes away the first half of a wide character whose second half is overwritten.
func (l *logCells) blankWide(at int) {
	if l.cells[at] == "" && at > 0 && len(l.cells[at-1]) > 1 && at-1 < l.at-1 {
		l.cells[at-1] = " "
	}
}

// control does what a sequence asks for within a line, and returns its length; 0: it is one to be seen.
func (l *logCells) control(text string) int {
	switch {
	case strings.HasPrefix(text, "\x1b["):
		return l.csi(text)
	case strings.HasPrefix(text, "\x1b]8;"):
		return linkEnd(text)
	}
	return 0
}

// csi takes colours (m), erasing in the line (K), and the cursor that is shown or hidden (?25h, ?25l).
func (l *logCells) csi(text string) int {
	n := len("\x1b[")
	for n < len(text) && text[n] >= '0' && text[n] <= '?' {
		n++
	}
	if n == len(text) {
		return 0
	}
	switch parameters := text[len("\x1b["):n]; {
	case text[n] == 'm' && !strings.ContainsAny(parameters, "<=>?"):
	case text[n] == 'K' && (parameters == "" || parameters == "0"):
		l.cells = l.cells[:min(l.at, len(l.cells))]
	case text[n] == 'K' && parameters == "2":
		for i := range l.cells {
			l.cells[i] = " "
		}
		l.erased = true
	case (text[n] == 'h' || text[n] == 'l') && parameters == "?25":
	default:
		return 0
	}
	return n + 1
}

// linkEnd is the length of the sequence that begins or ends a link; 0: it has no end.
func linkEnd(text string) int {
	const most = 4096 // no address is longer
	text = text[:min(len(text), most)]
	for i := len("\x1b]8;"); i < len(text); i++ {
		switch {
		case text[i] == '\a':
			return i + 1
		case strings.HasPrefix(text[i:], "\x1b\\"):
			return i + len("\x1b\\")
		case text[i] < ' ':
			return 0
		}
	}
	return 0
}
