package kit

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Fit cuts or pads s to exactly width cells.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	w := Width(s)
	if w > width {
		s = ansi.Truncate(s, width, "…")
		w = Width(s)
	}
	return s + strings.Repeat(" ", width-w)
}

// Box cuts or pads text to exactly width by height cells.
func Box(s string, width, height int) string {
	lines := strings.Split(s, "\n")
	if len(lines) > height {
		lines = lines[:max(height, 0)]
	}
	for i, line := range lines {
		lines[i] = Fit(line, width)
	}
	for len(lines) < height {
		lines = append(lines, strings.Repeat(" ", max(width, 0)))
	}
	return strings.Join(lines, "\n")
}

// Wrap breaks text at spaces, and words that are too long anywhere. Not at hyphens: a flag or a name that is cut in two
// cannot be read, and not be copied.
func Wrap(s string, width int) string {
	width = max(width, 1)
	var out []string
	for _, line := range strings.Split(s, "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return strings.Join(out, "\n")
}

func wrapLine(line string, width int) []string {
	var out []string
	current := line[:len(line)-len(strings.TrimLeft(line, " "))]
	used := len(current)
	if used >= width {
		current, used = "", 0
	}
	empty := true
	for _, word := range strings.Fields(line) {
		w := Width(word)
		if !empty && used+1+w > width {
			out = append(out, current)
			current, used, empty = "", 0, true
		}
		if !empty {
			current, used = current+" ", used+1
		}
		for used+w > width && width > 1 {
			part := ansi.Truncate(word, width-used, "")
			if part == "" {
				break
			}
			if at := strings.LastIndexByte(part, '/') + 1; at > len(part)/2 {
				part = part[:at] // the parts of a path, or of the name of an image, stay whole
			}
			out = append(out, current+part)
			word = strings.TrimPrefix(word, part)
			current, used, w = "", 0, Width(word)
		}
		current, used, empty = current+word, used+w, false
	}
	return append(out, current)
}

// Age is how long ago t was, in at most two units, as kubectl prints it.
func Age(now, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Span(now.Sub(t))
}

// Span writes a duration as kubectl does: precise while short, coarse when long.
func Span(d time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	pair := func(big, small time.Duration, b, s string) string {
		if rest := d % big / small; rest > 0 {
			return fmt.Sprintf("%d%s%d%s", d/big, b, rest, s)
		}
		return fmt.Sprintf("%d%s", d/big, b)
	}
	switch {
	case d < 0:
		return "0s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < 10*time.Minute:
		return pair(time.Minute, time.Second, "m", "s")
	case d < 3*time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 8*time.Hour:
		return pair(time.Hour, time.Minute, "h", "m")
	case d < 2*day:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d < 8*day:
		return pair(day, time.Hour, "d", "h")
	case d < 2*year:
		return fmt.Sprintf("%dd", d/day)
	case d < 8*year:
		return pair(year, day, "y", "d")
	}
	return fmt.Sprintf("%dy", d/year)
}

// Lasted is a duration for reading: "1.2 s", "12 s", "3m4s".
func Lasted(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return Span(d)
}

// Count is "1 pod", "2 pods".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// FitMiddle cuts text to at most width cells, in its middle: a long name tells most at its end, as that of a cluster in an ARN, and its beginning
// says of what kind it is.
func FitMiddle(s string, width int) string {
	w := Width(s)
	if w <= width {
		return s
	}
	if width < 2 {
		return ansi.Truncate(s, max(width, 0), "…")
	}
	const share = 3 // a third is for the beginning
	head := (width - 1) / share
	begin := ansi.Truncate(s, head, "") + "…"
	end := ansi.TruncateLeft(s, w-(width-1-head), "")
	if Width(begin)+Width(end) > width { // half of a wide character
		end = ansi.TruncateLeft(s, w-(width-2-head), "")
	}
	return begin + end
}

// Hang indents all lines but the first.
func Hang(s string, by int) string {
	return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", by))
}

// Join joins lines, some of which are several.
func Join(parts []string) string { return strings.Join(parts, "\n") }

// Lines is the lines of a text.
func Lines(s string) []string { return strings.Split(s, "\n") }

// Clip cuts wrapped lines off after n, and says so. What is far behind is not looked at: a line of a log can have thousands of
// letters, and this is done for each frame.
func Clip(text string, width, n int, style Style) string {
	end := EndOfWidth(text, 0, (n+1)*max(width, 1))
	all := Lines(Wrap(text[:end], width))
	if len(all) > n || end < len(text) {
		all = all[:min(len(all), n)]
		last := &all[len(all)-1]
		*last = Fit(strings.TrimRight(*last, " ")+" ", max(width-1, 1))
		*last = strings.TrimRight(*last, " …") + "…"
	}
	for i, line := range all {
		all[i] = style.Render(line)
	}
	return strings.Join(all, "\n")
}

// EndOfWidth is where width cells of a text end that begin at a byte. What is wider than that by itself counts as fitting, or it would
// never be passed.
func EndOfWidth(text string, from, width int) int {
	if width <= 0 {
		return from
	}
	at := from
	for used := 0; at < len(text); {
		cluster, w := ansi.FirstGraphemeCluster(text[at:], ansi.GraphemeWidth)
		if used+w > width && at > from {
			return at
		}
		used, at = used+w, at+max(len(cluster), 1)
	}
	return at
}
