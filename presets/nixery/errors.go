package nixery

import (
	"errors"
	"fmt"
	"strconv"
)

// ErrEmpty says that neither the shell nor a package is chosen: arm64 alone is an image with nothing to run.
var ErrEmpty = errors.New("nothing is chosen: take at least one package, or the shell")

// SyntaxError is a text that cannot be part of an image name. The text may be hostile; the other fields are clean.
type SyntaxError struct {
	Text    string // what was read: a package, a host, a tag or a whole reference
	At      int    // the byte of Text where it is wrong, its length when something is missing at the end
	Problem string // what is wrong there: "the letter 'C' is upper case"
	Hint    string // what to do about it; may be empty
}

// Error is the problem in one sentence, without the hint.
func (e *SyntaxError) Error() string { return brief(e.Text) + ": " + e.Problem }

// TooLongError is a name with more characters than registries and nodes take.
type TooLongError struct {
	Length, Limit int // in characters
}

// Error says by how much, and what to do.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("the image name has %d characters and may have %d, its registry included: take out a few packages", e.Length, e.Limit)
}

// brief quotes a text that may be hostile, and no more of it than a line has room for.
func brief(text string) string {
	const room = 60
	if len(text) <= room {
		return strconv.Quote(text)
	}
	return strconv.Quote(text[:room]) + "…"
}
