package logs

// place is a row of a log: a line by its number, and one of the rows it is broken into.
type place struct{ line, row int }

func (p place) before(q place) bool {
	return p.line < q.line || p.line == q.line && p.row < q.row
}

// pager is the part of a log that is on the screen. Nothing in it looks at more lines than a screen has rows, however many the log
// has.
type pager struct {
	top    place // the first row seen, when the end is not followed
	follow bool  // the last row seen is the last there is
	paused int   // number of the line that was next when following stopped
	side   int   // cells by which unwrapped lines are moved

	first, end int                // numbers of the lines there are
	page       int                // rows on the screen
	rows       func(line int) int // that a line is broken into
}

// back is the row that is n rows before p.
func (v *pager) back(p place, n int) place {
	for n > p.row {
		if p.line <= v.first {
			return place{v.first, 0}
		}
		n -= p.row
		p.line--
		p.row = v.rows(p.line)
	}
	p.row -= n
	return p
}

// forth is the row that is n rows behind p.
func (v *pager) forth(p place, n int) place {
	for n > 0 && p.line < v.end {
		left := v.rows(p.line) - 1 - p.row
		if n <= left {
			return place{p.line, p.row + n}
		}
		n -= left + 1
		p = place{p.line + 1, 0}
	}
	return p
}

// last is the first row of the last page.
func (v *pager) last() place { return v.back(place{v.end, 0}, v.page) }

// start is the first row to draw.
func (v *pager) start() place {
	if v.follow || v.end == v.first {
		return v.last()
	}
	top := v.top
	if top.line < v.first { // it has been dropped
		top = place{v.first, 0}
	}
	if top.line < v.end { // the width may have changed
		top.row = min(top.row, v.rows(top.line)-1)
	}
	if last := v.last(); last.before(top) {
		return last
	}
	return top
}

// pause stops following, where it is.
func (v *pager) pause() {
	if v.follow {
		v.top, v.follow, v.paused = v.start(), false, v.end
	}
}

// scroll moves by rows. Who scrolls up stops following; who reaches the end follows again.
func (v *pager) scroll(by int) {
	if by < 0 {
		v.pause()
		v.top = v.back(v.start(), -by)
		return
	}
	if v.follow {
		return
	}
	v.top = v.forth(v.start(), by)
	v.follow = !v.top.before(v.last())
}

func (v *pager) toTop() {
	v.pause()
	v.top = place{v.first, 0}
}

// show brings a row onto the screen, with some before it; where it is seen already nothing moves.
func (v *pager) show(place place) {
	from := v.start()
	if !place.before(from) && place.before(v.forth(from, v.page)) {
		v.pause()
		return
	}
	v.pause()
	v.top = v.back(place, v.page/3)
}

// below is how many lines have come since following stopped and are below what is seen.
func (v *pager) below() int {
	if v.follow {
		return 0
	}
	seen := v.forth(v.start(), v.page).line
	return max(v.end-max(v.paused, seen), 0)
}
