package registry

import (
	"fmt"
	"strings"
)

// inDigest looks at what follows the @: the algorithm, a colon, and hexadecimal digits.
func (e *SyntaxError) inDigest() bool {
	const hint = "write @sha256: and 64 hexadecimal digits"
	start := e.digestAt() + 1
	if start > len(e.Text) {
		return false
	}
	algorithm, digits, found := strings.Cut(e.Text[start:], ":")
	at := start + len(algorithm) + 1
	length, known := map[string]int{"sha256": 64, "sha384": 96, "sha512": 128}[algorithm]
	switch {
	case algorithm == "":
		return e.at(start, "the digest is missing after the @", hint)
	case e.inAlgorithm(start, algorithm):
		return true
	case !found:
		return e.at(start, "the digest does not say its algorithm", hint)
	case !known:
		return e.at(start, fmt.Sprintf("the algorithm %q of the digest is not known", brief(algorithm)), "sha256, sha384 and sha512 are")
	}
	for i, c := range []byte(digits) {
		switch {
		case c >= 'A' && c <= 'F':
			return e.at(at+i, "the digits of a digest are lower case", "write "+brief(strings.ToLower(e.Text[start:])))
		case !isDigit(c) && (c < 'a' || c > 'f'):
			return isAlphanumeric(c) && e.at(at+i, fmt.Sprintf("%q is not a hexadecimal digit", c), "copy the digest again") || e.strange(at+i, "a digest")
		}
	}
	if n := len(digits); n != length {
		return e.at(at+min(n, length), fmt.Sprintf("a %s digest has %d digits, this one %d", algorithm, length, n), "copy the digest again")
	}
	return false
}

func (e *SyntaxError) inAlgorithm(start int, algorithm string) bool {
	for i, c := range []byte(algorithm) {
		switch {
		case c >= 'A' && c <= 'Z':
			return e.at(start+i, "the algorithm of a digest is lower case", "write "+brief(strings.ToLower(e.Text[start:])))
		case !isAlphanumeric(c) && !strings.ContainsRune("-_+.", rune(c)):
			return e.strange(start+i, "the algorithm of a digest")
		}
	}
	return false
}
