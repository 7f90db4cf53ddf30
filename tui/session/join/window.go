package join

import "bytes"

// window lays the lines that a record keeps beside those of a log.
type window struct {
	record *Record
	log    []byte
	lines  [][]byte         // that are kept
	known  map[string]*line // by their text
	count  int              // of the lines of the log
	core   int              // the first line of those that are to be found: the ones before are the edge of what is kept

	// The place: from the line of the log and its index on, the lines from first on are looked for.
	at, index, first int
	fit              Fit
}

// line is a line that is kept, in all its places.
type line struct {
	shown, logged int // how often
	left          int // to be taken off the log
	most          int // of them behind the edge
	at, index     int // the last place in the log
}

func newWindow(r *Record, log []byte) *window {
	w := &window{record: r, log: log, known: map[string]*line{}}
	half := len(r.lines) / 2
	for at := 0; at < len(r.lines); {
		text := r.lines[at : at+lineLength(r.lines[at:])]
		if r.dropped && at < half {
			w.core++
		}
		w.lines = append(w.lines, text)
		at += len(text)
		if known, ok := w.known[string(text)]; ok {
			known.shown++
			continue
		}
		w.known[string(text)] = &line{shown: 1}
	}
	at := 0
	linesOf(log, func(text []byte) {
		if l := w.find(text); l != nil {
			l.logged++
			l.at, l.index = at, w.count
		}
		at += len(text)
		w.count++
	})
	return w
}

// find is the line that is kept and has the text of one of the log, or nil.
func (w *window) find(text []byte) *line {
	return w.known[string(plain(text))]
}

// byCount places the lines where the number of all that were shown says, if they are there.
func (w *window) byCount(begins bool) bool {
	if !begins || w.record.torn || w.counted() > w.count {
		return false
	}
	w.fit = Sure
	w.toCount()
	missing, allowed := w.walk(func([]byte) {}), 0
	if w.core > 0 {
		allowed = edge
	}
	return missing <= allowed
}

// counted is the index in the log of the first line that is kept, if all of the output was shown and is there.
func (w *window) counted() int { return w.record.count - len(w.lines) }

// toCount makes that the place.
func (w *window) toCount() { w.toLine(w.counted()) }

// toLine lays all lines that are kept beside those of the log from one on.
func (w *window) toLine(index int) {
	w.index, w.first, w.at = index, 0, 0
	for range w.index {
		w.at += lineLength(w.log[w.at:])
	}
}

// byAnchor places the lines by the first that is in the log and among them once. Those before it, which may be many times, are as far
// from it in the log as they were shown.
func (w *window) byAnchor(begins bool) bool {
	for i, text := range w.lines {
		l := w.known[string(text)]
		if l.shown != 1 || l.logged != 1 {
			continue
		}
		before := min(i, l.index)
		w.first, w.index, w.at = i-before, l.index-before, l.at
		for range before {
			w.at = bytes.LastIndexByte(w.log[:w.at-1], '\n') + 1
		}
		return w.confirm(begins)
	}
	return false
}

// byEnd places the lines at the end of the log, if they are there and their number says nothing: the newest of equal lines were shown.
func (w *window) byEnd() bool {
	if !w.record.torn || len(w.lines) == 0 || len(w.lines) > w.count {
		return false
	}
	w.toLine(w.count - len(w.lines))
	w.fit = Likely
	return w.walk(func([]byte) {}) == 0
}

// confirm reports whether the place is the right one. Then all lines that are like no other are in the log behind it; or the
// log is behind, and has nothing else; or few are in no log, as when an attach began in a line.
func (w *window) confirm(begins bool) bool {
	const enough = 8 // lines that are like no other, where the rest of the log is not known
	alone, missing := 0, 0
	for _, text := range w.lines[w.first:] {
		if l := w.known[string(text)]; l.shown == 1 {
			alone++
			if l.logged == 0 || l.index < w.index-edge {
				missing++
			}
		}
	}
	off := w.index - w.first - w.counted()
	counted := begins && !w.record.torn && off >= -edge && off <= edge
	if counted {
		w.toCount()
	}
	fresh := false
	w.walk(func([]byte) { fresh = true })
	switch {
	case missing == 0 && (begins || alone >= enough && w.inside()):
		w.fit = Sure
	case !fresh, missing*10 <= alone, counted && missing*2 <= alone:
		w.fit = Likely
	default:
		return false
	}
	return true
}

// inside reports whether the log begins before the lines that are to be found, and that by more than the edge.
func (w *window) inside() bool {
	return w.record.dropped && w.first+edge <= w.core || w.record.torn && w.first == 0
}

// walk takes the lines that were shown off the log and calls yield with the others. It returns how many were not there.
func (w *window) walk(yield func(text []byte)) (missing int) {
	for _, l := range w.known {
		l.left, l.most = 0, 0
	}
	for i, text := range w.lines[w.first:] {
		l := w.known[string(text)]
		if l.left++; w.first+i >= w.core {
			l.most++
		}
		missing++
	}
	core := w.index + max(0, w.core-w.first)
	index := w.index
	for at := w.at; at < len(w.log); index++ {
		if index == core+edge && w.core > 0 { // lines of the edge that were not found stand before it in the log
			for _, l := range w.known {
				missing -= max(0, l.left-l.most)
				l.left = min(l.left, l.most)
			}
		}
		if missing == 0 && index >= core {
			yield(w.log[at:])
			return 0
		}
		text := w.log[at : at+lineLength(w.log[at:])]
		at += len(text)
		switch l := w.find(text); {
		case l != nil && l.left > 0:
			l.left--
			missing--
		case index >= core:
			yield(text)
		}
	}
	return missing
}
