package tui

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// spread puts left and right at the two ends of a line; when both do not fit, left gives way.
func spread(left, right string, width int) string {
	room := width - cells(right)
	if room < 1 {
		return fit(left, width)
	}
	return fit(left, room) + right
}

// spreadStyled is [spread] with a style between the two.
func spreadStyled(left, right string, width int, style ink) string {
	room := width - cells(right)
	if room < 1 {
		return fit(left, width)
	}
	if cells(left) >= room { // the two must not touch
		return fit(left, room-1) + style.Render(" ") + right
	}
	return padStyled(left, room, style) + right
}

// padStyled fills a line up to width with a style's background.
func padStyled(line string, width int, style ink) string {
	if missing := width - cells(line); missing > 0 {
		line += style.Render(strings.Repeat(" ", missing))
	}
	return line
}

func indent(s string, by int) string {
	pad := strings.Repeat(" ", by)
	return pad + strings.ReplaceAll(s, "\n", "\n"+pad)
}

func lines(s string) int { return strings.Count(s, "\n") + 1 }

// problemText shows what happened, and what to do about it.
func problemText(s *styles, p *kube.Problem, width int) string {
	text := "\n" + indent(s.bad.Render("✗ ")+strings.ReplaceAll(wrapStyled(p.What, width-6, s.text), "\n", "\n  "), 2)
	if p.Hint != "" {
		text += "\n\n" + indent(s.accent.Render("→ ")+strings.ReplaceAll(wrapStyled(p.Hint, width-6, s.text), "\n", "\n  "), 2)
	}
	if p.Ask != "" {
		text += "\n\n" + indent(wrapStyled(strings.TrimRight(p.Ask, "\n"), width-8, s.muted), 4)
	}
	return text
}

// wrapStyled wraps plain text and then styles each line, so that no style runs over a line's end.
func wrapStyled(text string, width int, style ink) string {
	parts := strings.Split(wrap(text, width), "\n")
	for i, part := range parts {
		parts[i] = style.Render(part)
	}
	return strings.Join(parts, "\n")
}

// beside sets blocks of equal height next to each other.
func beside(blocks ...string) string {
	var rows []string
	for _, block := range blocks {
		for i, line := range strings.Split(block, "\n") {
			if i == len(rows) {
				rows = append(rows, "")
			}
			rows[i] += line
		}
	}
	return strings.Join(rows, "\n")
}
