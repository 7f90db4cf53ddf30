package batchreport

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
)

// longestLine is how much of a line without an end is kept back, in bytes.
const longestLine = 64 << 10

// Lines prints what members print as it comes, each whole line behind its member's name. It is not for several goroutines at a time.
type Lines struct {
	out      io.Writer
	prefixes []string
	clean    bool // out is a terminal
	open     [][]byte
	err      error // of the first write that failed
}

// NewLines prints lines of items. On a terminal they are cleaned: what comes from a cluster is hostile. Elsewhere every byte is printed as it is.
func NewLines(out io.Writer, items []batch.Item, terminal, colours bool) *Lines {
	l := &Lines{out: out, clean: terminal, open: make([][]byte, len(items))}
	names, width := shortNames(items), 0
	for _, name := range names {
		width = max(width, utf8.RuneCountInString(name))
	}
	for i, name := range names {
		prefix := name + strings.Repeat(" ", width-utf8.RuneCountInString(name)) + " | "
		if colours {
			prefix = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colourOf(i), prefix)
		}
		l.prefixes = append(l.prefixes, prefix)
	}
	return l
}

// colourOf is the colour of an item's name: one of six, and then their bright ones.
func colourOf(i int) int {
	const colours, first, bright = 6, 31, 60
	return first + i%colours + i/colours%2*bright
}

// shortNames are the names of items, without their namespace where it is the same.
func shortNames(items []batch.Item) []string {
	same := true
	names := make([]string, len(items))
	for i := range items {
		names[i] = items[i].Name()
		same = same && items[i].Node == "" && items[i].Namespace == items[0].Namespace
	}
	if same {
		for i := range names {
			names[i] = strings.TrimPrefix(names[i], items[i].Namespace+"/")
		}
	}
	return names
}

// Write takes what an item prints.
func (l *Lines) Write(item int, p []byte) {
	l.open[item] = append(l.open[item], p...)
	data := l.open[item]
	var whole []byte
	for {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		if !found && len(data) < longestLine {
			break
		}
		whole, data = l.add(whole, item, line), rest
	}
	l.open[item] = append(l.open[item][:0], data...)
	l.print(whole)
}

// End prints what an item has printed last, without a line end.
func (l *Lines) End(item int) {
	if len(l.open[item]) > 0 {
		l.print(l.add(nil, item, l.open[item]))
	}
	l.open[item] = nil
}

// Err is why not all was printed; nil: it was.
func (l *Lines) Err() error { return l.err }

// add appends a line of an item to others.
func (l *Lines) add(to []byte, item int, line []byte) []byte {
	if l.clean {
		line = []byte(kube.Sanitize(string(bytes.TrimSuffix(line, []byte("\r")))))
	}
	return append(append(append(to, l.prefixes[item]...), line...), '\n')
}

func (l *Lines) print(lines []byte) {
	if l.err == nil && len(lines) > 0 {
		_, l.err = l.out.Write(lines)
	}
}
