package fileview

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// find is what is looked for in a file.
type find struct {
	line   kit.Filter
	needle string
	fold   bool               // capitals do not matter: the needle has none
	at     int64              // the byte at which the last match begins; below 0: there is none
	stop   context.CancelFunc // ends the search that goes on; nil: none does
	run    *int               // the search whose answer counts
	read   *atomic.Int64      // bytes that it has looked at
}

// foundMsg is the end of a search.
type foundMsg struct {
	of  *Screen
	run *int
	at  int64 // below 0: nothing was found
	err error
}

func newFind() find { return find{line: kit.NewFilter("/ "), at: -1, read: &atomic.Int64{}} }

// end ends the search that goes on.
func (f *find) end() {
	if f.stop != nil {
		f.stop()
		f.stop, f.run = nil, nil
	}
}

// clear forgets what was looked for.
func (f *find) clear() {
	f.end()
	f.line.Clear()
	f.needle, f.at = "", -1
}

// typed takes a key while the line of what is looked for has the keyboard; the search begins when it is done.
func (v *Screen) typed(msg tea.Msg) tea.Cmd {
	cmd := v.find.line.Update(v.keys.KeyMap, msg)
	if v.find.line.Typing() {
		return cmd
	}
	needle := v.find.line.Text()
	v.find.end()
	v.find.needle, v.find.at = needle, -1
	v.find.fold = !strings.ContainsFunc(needle, unicode.IsUpper)
	if needle == "" {
		return cmd
	}
	return tea.Batch(cmd, v.search(true, true))
}

// search looks for the next match, or for the one before; here has one count with which the screen begins.
func (v *Screen) search(forth, here bool) tea.Cmd {
	f := &v.find
	f.end()
	ctx, stop := context.WithCancel(v.ctx)
	run := new(int)
	f.stop, f.run, f.read = stop, run, &atomic.Int64{}
	from := v.top
	if f.at >= 0 && !here {
		from = f.at
	}
	scan := &scanner{needle: []byte(f.needle), fold: f.fold, read: f.read, last: -1}
	if f.fold {
		scan.needle = lower(scan.needle)
	}
	if forth {
		if f.at >= 0 && !here {
			from++
		}
		scan.at, scan.first = from, true
	} else {
		scan.before = from
	}
	source := v.source
	return func() tea.Msg {
		defer stop()
		err := source.stream(ctx, scan.at, scan)
		if errors.Is(err, errEnough) {
			err = nil
		}
		return foundMsg{v, run, scan.last, err}
	}
}

func (v *Screen) takeFound(msg foundMsg) tea.Cmd {
	f := &v.find
	if msg.run != f.run {
		return nil
	}
	f.stop, f.run = nil, nil
	switch {
	case msg.err != nil && msg.at < 0:
		return v.Flash("search: " + kube.Explain(msg.err).Message)
	case msg.at < 0 && f.at >= 0:
		return v.Flash("no more matches that way")
	case msg.at < 0:
		return v.Flash("nothing matches " + f.line.Text() + " from here on: g goes to the beginning")
	}
	f.at, v.follow = msg.at, false
	v.show(msg.at)
	return nil
}

// scanner finds a text in a stream: the first of its kind, or the last that begins before a byte.
type scanner struct {
	needle []byte // in lower case if fold
	fold   bool
	first  bool
	before int64 // where a match must begin before, if it is the last that is wanted
	at     int64 // of the file, of the first byte of rest
	rest   []byte
	last   int64 // where the match begins; below 0: there is none yet
	read   *atomic.Int64
}

// Write looks at a part of it, and says [errEnough] when there is nothing more to look for.
func (s *scanner) Write(p []byte) (int, error) {
	s.read.Add(int64(len(p)))
	s.rest = append(s.rest, p...)
	text := s.rest
	if s.fold {
		text = lower(text)
	}
	for from := 0; ; {
		i := bytes.Index(text[from:], s.needle)
		if i < 0 {
			break
		}
		found := s.at + int64(from+i)
		if !s.first && found >= s.before {
			return 0, errEnough
		}
		if s.last = found; s.first {
			return 0, errEnough
		}
		from += i + 1
	}
	if !s.first && s.at+int64(len(s.rest)) >= s.before+int64(len(s.needle)) {
		return 0, errEnough
	}
	keep := min(len(s.needle)-1, len(s.rest))
	s.at += int64(len(s.rest) - keep)
	s.rest = append([]byte(nil), s.rest[len(s.rest)-keep:]...)
	return len(p), nil
}

// lower is a text in lower case, byte by byte: no letter changes its length.
func lower(text []byte) []byte {
	all := bytes.Clone(text)
	for i, c := range all {
		if c >= 'A' && c <= 'Z' {
			all[i] = c + 'a' - 'A'
		}
	}
	return all
}
