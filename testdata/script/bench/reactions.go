package main

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/testdata/script/terminal"
)

// listed is what a list is of.
type listed struct {
	noun       string
	row, count *regexp.Regexp
	words      []string // to filter by
}

// pods are those of ours. A row is known from the end of its name on, which may be cut.
func pods() listed {
	return listed{"pods", regexp.MustCompile(`[-…a-z0-9] +\d+/\d+ +[A-Z]`), regexp.MustCompile(`(\d+) pods`), []string{"paymentsapi", "crash", "search-web", "xy7"}}
}

// fakes are nodes, fake but for one.
func fakes() listed {
	return listed{"nodes", regexp.MustCompile(`[a-z]-\d+ +(Not)?Ready`), regexp.MustCompile(`(\d+) nodes`), []string{"pool-a-12", "notready", "pool-d", "4999"}}
}

// hasRows reports whether rows are on the screen, below the header.
func (l listed) hasRows(s terminal.Screen) bool {
	for _, line := range s.Lines[1:] {
		if l.row.MatchString(line) {
			return true
		}
	}
	return false
}

// hasAll reports whether the header says that all are in.
func (s launched) hasAll(screen terminal.Screen) bool {
	found := s.of.count.FindStringSubmatch(screen.Lines[0])
	if found == nil || strings.Contains(screen.Lines[0], "so far") {
		return false
	}
	n, err := strconv.Atoi(found[1])
	return err == nil && n >= s.pods
}

// rest starts dayfly and waits until all pods are in and nothing is left to do. The caller must close the terminal.
func (l *lab) rest(ctx context.Context, s launched) (*terminal.Terminal, error) {
	t, err := l.startWide(l.env, l.dayfly, s.args...)
	if err != nil {
		return nil, err
	}
	err = t.WaitFor(patience, "all "+s.of.noun, s.hasAll)
	if err == nil {
		err = pause(ctx, restSpan)
	}
	if err != nil {
		_ = t.Close()
		return nil, err
	}
	return t, nil
}

// quiet is longer than any pause within an answer, and shorter than any between what is not one.
const quiet = 50 * time.Millisecond

// reactions measures from keys to the frames that answer them.
func (l *lab) reactions(ctx context.Context, s launched) ([]row, error) {
	t, err := l.rest(ctx, s)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	moves, err := cursorKeys(t)
	if err != nil {
		return nil, err
	}
	typed, err := filterLetters(t, s.of.words)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, r := range []row{
		{what: "key in the filter to its frame", n: filterKeys, dayfly: typed, bound: bound{limit: 16}},
		{what: "cursor key to its frame", n: cursorMoves, dayfly: moves, bound: bound{limit: 8}},
	} {
		r.unit, r.part, r.bound.kind = "ms", 0.99, atMost
		mid := r
		mid.what, mid.part, mid.bound = r.what+": median", 0, bound{}
		r.what += ": p99"
		rows = append(rows, r, mid)
	}
	return rows, nil
}

// cursorKeys moves the cursor down beyond a page, and up again.
func cursorKeys(t *terminal.Terminal) ([]float64, error) {
	var took []float64
	for i := range cursorMoves {
		key := "\x1b[B"
		if i%100 >= 50 {
			key = "\x1b[A"
		}
		d, _, err := t.Reaction(key, quiet, look)
		if err != nil {
			return nil, err
		}
		took = append(took, float64(d.Microseconds())/1000)
	}
	return took, nil
}

// filterLetters types words and takes them back, letter by letter.
func filterLetters(t *terminal.Terminal, words []string) ([]float64, error) {
	if _, _, err := t.Reaction("/", quiet, look); err != nil {
		return nil, err
	}
	var took []float64
	for i := 0; len(took) < filterKeys; i++ {
		word := words[i%len(words)]
		for _, key := range strings.Split(word+strings.Repeat("\x7f", len(word)), "") {
			d, _, err := t.Reaction(key, quiet, look)
			if err != nil {
				return nil, err
			}
			took = append(took, float64(d.Microseconds())/1000)
		}
	}
	return took[:filterKeys], nil
}

// look is what a key changes: the cursor, the names and the filter. What changes by itself, as the ages do, is further right or in
// the first line.
func look(s terminal.Screen) string {
	var b strings.Builder
	for _, line := range s.Lines[1:] {
		fields := strings.Fields(line)
		b.WriteString(strings.Join(fields[:min(len(fields), 3)], " ") + "\n")
	}
	return b.String()
}
