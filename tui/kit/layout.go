package kit

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Spread puts left and right at the two ends of a line; when both do not fit, left gives way.
func Spread(left, right string, width int) string {
	room := width - Width(right)
	if room < 1 {
		return Fit(left, width)
	}
	return Fit(left, room) + right
}

// SpreadStyled is [Spread] with a style between the two.
func SpreadStyled(left, right string, width int, style Style) string {
	room := width - Width(right)
	if room < 1 {
		return Fit(left, width)
	}
	if Width(left) >= room { // the two must not touch
		return Fit(left, room-1) + style.Render(" ") + right
	}
	return PadStyled(left, room, style) + right
}

// PadStyled fills a line up to width with a style's background.
func PadStyled(line string, width int, style Style) string {
	if missing := width - Width(line); missing > 0 {
		line += style.Render(strings.Repeat(" ", missing))
	}
	return line
}

// Indent moves all lines of a text to the right.
func Indent(s string, by int) string {
	pad := strings.Repeat(" ", by)
	return pad + strings.ReplaceAll(s, "\n", "\n"+pad)
}

// Height is how many lines a text has.
func Height(s string) int { return strings.Count(s, "\n") + 1 }

// ProblemText shows what happened, and what to do about it.
func ProblemText(s *Styles, p *kube.Problem, width int) string {
	text := "\n" + Indent(s.Bad.Render("✗ ")+strings.ReplaceAll(WrapStyled(p.Message, width-6, s.Text), "\n", "\n  "), 2)
	if p.Hint != "" {
		text += "\n\n" + Indent(s.Accent.Render("→ ")+strings.ReplaceAll(WrapStyled(p.Hint, width-6, s.Text), "\n", "\n  "), 2)
	}
	if p.RequiredRBAC != "" {
		text += "\n\n" + Indent(WrapStyled(strings.TrimRight(p.RequiredRBAC, "\n"), width-8, s.Muted), 4)
	}
	return text
}

// WrapStyled wraps plain text and then styles each line, so that no style runs over a line's end.
func WrapStyled(text string, width int, style Style) string {
	parts := strings.Split(Wrap(text, width), "\n")
	for i, part := range parts {
		parts[i] = style.Render(part)
	}
	return strings.Join(parts, "\n")
}

// SideBySide sets blocks of equal height next to each other.
func SideBySide(blocks ...string) string {
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
