package main

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"image/color"
	"math"
	"strings"

	"github.com/charmbracelet/x/vt"
)

// look is how pictures look: a theme, and the colours of the terminal that it is made for.
type look struct {
	theme, ground, text string
	suffix              string // of the names of its pictures
}

// looks are those for people who read on a dark and on a light page.
func looks() []look {
	return []look{{"dusk", "#11151c", "#d8dee9", ""}, {"dawn", "#ffffff", "#1f2530", "-light"}}
}

// The measures of a picture, in pixels.
const (
	cellWidth  = 8.4
	cellHeight = 18
	left       = 14
	top        = 34
	overlap    = 0.3 // of backgrounds, so that no line is between them
)

// The attributes of a cell, as the emulator has them.
const (
	bold    = 1 << 0
	faint   = 1 << 1
	italic  = 1 << 2
	reverse = 1 << 5
)

// span is a run of cells of one row that look the same.
type span struct {
	x, width   int
	text       string
	fill, back string // back is empty where the terminal's own background is
	attributes uint8
}

// draw is the screen that a program's output leads to, to be put into a picture.
func (l look) draw(output []byte) ([]byte, error) {
	e := vt.NewEmulator(cols, rows)
	go func() { // its answers have been given
		chunk := make([]byte, 4<<10)
		for {
			if _, err := e.Read(chunk); err != nil {
				return
			}
		}
	}()
	defer func() { _ = e.Close() }()
	if _, err := e.Write(output); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for y := range rows {
		for _, s := range l.spans(e, y) {
			s.draw(&b, y)
		}
	}
	return b.Bytes(), nil
}

// frame is a window of the terminal, with what is drawn into it.
func (l look) frame(inside []byte) []byte {
	var b bytes.Buffer
	width, height := 2*left+int(math.Ceil(cols*cellWidth)), top+rows*cellHeight+left
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="dayfly">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`, l.ground)
	for i, c := range []string{"#ff8088", "#f2c572", "#8fd694"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="17" r="5" fill="%s"/>`, 18+18*i, c)
	}
	b.WriteString("\n" + `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">` + "\n")
	b.Write(inside)
	b.WriteString("</g></svg>\n")
	return b.Bytes()
}

// shot is a screen on the way, and the keys that have led to it.
type shot struct {
	keys  []string
	cells []byte
}

// film is a picture that shows one screen after the other, with the keys between them above it. Who wants no motion, or can show none, sees the first.
func (l look) film(shots []shot) []byte {
	const each = 5 // seconds
	var b bytes.Buffer
	fmt.Fprintf(&b, "<style>.s{visibility:hidden;animation:s %ds steps(1,end) infinite}.s:first-of-type{visibility:visible}@keyframes s{0%%{visibility:visible}%.3f%%{visibility:hidden}}"+
		"@media(prefers-reduced-motion:reduce){.s{animation:none}}</style>\n", each*len(shots), 100/float64(len(shots)))
	for i, s := range shots {
		fmt.Fprintf(&b, `<g class="s" style="animation-delay:%ds">`+"\n", each*i)
		if len(s.keys) > 0 {
			fmt.Fprintf(&b, `<text x="90" y="22" fill="%s" opacity="0.8">keys: %s</text>`+"\n", l.text, html.EscapeString(strings.NewReplacer("enter", "↵", "space", "␣").Replace(strings.Join(s.keys, " "))))
		}
		b.Write(s.cells)
		b.WriteString("</g>\n")
	}
	return l.frame(b.Bytes())
}

// spans are the runs of a row.
func (l look) spans(e *vt.Emulator, y int) []span {
	var list []span
	for x := 0; x < cols; {
		next := span{x: x, width: 1, text: " ", fill: l.text}
		if cell := e.CellAt(x, y); cell != nil {
			next.text, next.width, next.attributes = cmp.Or(cell.Content, " "), max(cell.Width, 1), cell.Style.Attrs
			next.fill, next.back = hex(cell.Style.Fg, l.text), hex(cell.Style.Bg, "")
			if next.attributes&reverse != 0 {
				next.fill, next.back = cmp.Or(next.back, l.ground), next.fill
			}
		}
		x += next.width
		if n := len(list) - 1; n >= 0 && list[n].fill == next.fill && list[n].back == next.back && list[n].attributes == next.attributes {
			list[n].text, list[n].width = list[n].text+next.text, list[n].width+next.width
			continue
		}
		list = append(list, next)
	}
	return list
}

func (s span) draw(b *bytes.Buffer, y int) {
	x, width := left+float64(s.x)*cellWidth, float64(s.width)*cellWidth
	if s.back != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", x, top+y*cellHeight, width+overlap, cellHeight, s.back)
	}
	if strings.TrimSpace(s.text) == "" {
		return
	}
	var style string
	if s.attributes&bold != 0 {
		style += ` font-weight="bold"`
	}
	if s.attributes&italic != 0 {
		style += ` font-style="italic"`
	}
	if s.attributes&faint != 0 {
		style += ` opacity="0.6"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s" textLength="%.1f" xml:space="preserve"%s>%s</text>`+"\n",
		x, float64(top+y*cellHeight)+13.5, s.fill, width, style, html.EscapeString(s.text))
}

// hex is a colour as SVG has it; nil is the terminal's own.
func hex(c color.Color, own string) string {
	if c == nil {
		return own
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
