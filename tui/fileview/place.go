package fileview

import "bytes"

// position is where one looks in a file: it moves by rows through what is kept of it. What it cannot do yet, for want of a portion, is done when that has come.
type position struct {
	blocks
	layout
	top    int64 // the byte with which the first row begins
	height int

	up    int   // rows that it is still to go up
	toEnd bool  // it is to go to the end
	seek  int64 // the byte that is to be seen; below 0: none
}

// lookBack is how far back it is looked for the beginning of a row.
const lookBack = 32 << 10

// row is one row of the screen.
type row struct {
	offset int64
	data   []byte
}

// rows are those from the top on, as far as they are kept. ended reports whether the end of the file is among them.
func (p *position) rows(n int) (list []row, ended bool) {
	at := p.top
	for len(list) < n {
		data, over := p.from(at, longestRow)
		if len(data) == 0 {
			return list, over
		}
		end, sure := p.end(data)
		if !sure && !over && len(data) < longestRow {
			return list, false
		}
		list = append(list, row{at, data[:end]})
		at += int64(end)
	}
	return list, p.known && at >= p.size
}

// down goes down so many rows, but not behind the last page.
func (p *position) down(n int) {
	list, _ := p.rows(n + 1)
	if len(list) == 0 {
		return
	}
	p.top = list[len(list)-1].offset
	if rest, ended := p.rows(p.height); ended && len(rest) < p.height {
		p.last()
	}
}

// back goes up so many rows, or notes that it cannot yet.
func (p *position) back(n int) {
	for n > 0 && p.top > 0 {
		start := max(p.top-lookBack, 0)
		if p.hex {
			p.top = max(p.top-int64(n)*hexRow, 0)
			return
		}
		data, _ := p.from(start, int(p.top-start))
		if int64(len(data)) < p.top-start {
			p.up = n
			return
		}
		if first := bytes.IndexByte(data, '\n') + 1; start > 0 && first > 0 && first < len(data) {
			start, data = start+int64(first), data[first:]
		}
		all := p.starts(data)
		if len(all) == 0 {
			return
		}
		take := min(n, len(all))
		p.top = start + int64(all[len(all)-take])
		n -= take
	}
}

// last goes to the last page.
func (p *position) last() {
	p.top = p.size
	if p.hex {
		p.top = (p.size + hexRow - 1) / hexRow * hexRow
	}
	p.back(p.height)
}

// show goes to the row that a byte is in, with a few rows above it.
func (p *position) show(offset int64) {
	if p.hex {
		p.top = max(offset/hexRow*hexRow-hexRow*int64(p.height/3), 0)
		return
	}
	start := max(offset-lookBack, 0)
	data, _ := p.from(start, int(offset-start)+longestRow)
	if int64(len(data)) <= offset-start {
		p.top, p.seek = offset, offset
		return
	}
	line := bytes.LastIndexByte(data[:offset-start], '\n') + 1
	for _, at := range p.starts(data[line:]) {
		if begin := start + int64(line+at); begin <= offset {
			p.top = begin
		}
	}
	p.back(p.height / 3)
}

// resume does what had to wait for a portion.
func (p *position) resume() {
	up, toEnd, seek := p.up, p.toEnd, p.seek
	p.up, p.toEnd, p.seek = 0, false, -1
	switch {
	case toEnd && p.known:
		p.last()
	case toEnd:
		p.toEnd = true
	case seek >= 0:
		p.show(seek)
	case up > 0:
		p.back(up)
	}
}

// turn changes how rows are made; the first byte stays on the screen.
func (p *position) turn(l layout) {
	p.layout = l
	if p.hex {
		p.top = p.top / hexRow * hexRow
		return
	}
	p.show(p.top)
}
