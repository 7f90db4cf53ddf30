package document

import (
	"fmt"

	"github.com/dayfly-k8s/dayfly/tui/kit"
)

// Part is one part of what is said of a thing in short. Parts share the height: the first is the most important.
type Part struct {
	Title string // may be empty
	Lines []string
	Least int  // lines that it is worth showing with; the first part is shown with any
	Tail  bool // its end is more important than its beginning
}

// Share draws parts in at most height lines: what does not fit is taken from the last part first, and each says how much of it
// is left out.
func Share(parts []Part, height int, muted kit.Style) []string {
	var some []Part
	for _, p := range parts {
		if len(p.Lines) > 0 {
			some = append(some, p)
		}
	}
	sizes, gap := sizesOf(some, height)
	var out []string
	for i, p := range some {
		if sizes[i] == 0 {
			continue
		}
		if len(out) > 0 && gap > 0 {
			out = append(out, "")
		}
		out = append(out, p.draw(sizes[i], muted)...)
	}
	return out[:max(min(len(out), height), 0)]
}

// sizesOf shares the height out, and tells whether there is room for gaps.
func sizesOf(parts []Part, height int) (sizes []int, gap int) {
	sizes, gap = make([]int, len(parts)), 1
	for i, p := range parts {
		sizes[i] = len(p.Lines)
	}
	over := func() int {
		sum := -gap
		for i, n := range sizes {
			if n > 0 {
				sum += n + gap
				if parts[i].Title != "" {
					sum++
				}
			}
		}
		return sum - height
	}
	shrink := func() {
		for i := len(parts) - 1; i >= 0 && over() > 0; i-- {
			sizes[i] -= max(min(over(), sizes[i]-max(parts[i].Least, 1)), 0)
		}
	}
	shrink()
	if over() > 0 && height < 14 {
		gap = 0
		for i, p := range parts {
			sizes[i] = len(p.Lines)
		}
		shrink()
	}
	for i := len(parts) - 1; i > 0 && over() > 0; i-- {
		sizes[i] = 0
	}
	// What a part that had to go has left free is for those before it.
	for i := range parts {
		if sizes[i] > 0 && over() < 0 {
			sizes[i] += min(-over(), len(parts[i].Lines)-sizes[i])
		}
	}
	return sizes, gap
}

// draw is the part in n lines, and its title.
func (p *Part) draw(n int, muted kit.Style) []string {
	left := len(p.Lines) - n
	var out []string
	if p.Title != "" {
		title := p.Title
		if left > 0 && !p.Tail {
			title += " · i shows all"
		}
		out = append(out, muted.Render(title))
	}
	if p.Tail {
		return append(out, p.Lines[left:]...)
	}
	out = append(out, p.Lines[:n]...)
	if left > 0 && p.Title == "" {
		out[len(out)-1] = muted.Render(fmt.Sprintf("… %s more", kit.Count(left+1, "line")))
	}
	return out
}
