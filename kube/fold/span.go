package fold

import (
	"bytes"
	"cmp"
	"errors"
	"net/netip"
	"regexp/syntax"
	"slices"
	"strings"
)

// span is a part of a text that is replaced.
type span struct {
	from, to int
	mask     string
}

// spansOf are the places where a text names what is a member's own, as a whole word: 10.0.0.1 is not in 10.0.0.12, nor web in webserver.
func spansOf(text []byte, own []Own) []span {
	var spans []span
	for _, o := range own {
		if o.Text == "" {
			continue
		}
		word := []byte(o.Text)
		for at := 0; ; {
			i := bytes.Index(text[at:], word)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(word)
			part := joins(text, from-1) || joins(text, to) || isIPv6(o.Text) && longer(text, from, to)
			if !part {
				spans = append(spans, span{from, to, o.Mask})
			}
			at = from + 1
		}
	}
	return spans
}

// joins reports whether the byte at a place makes one word with what is beside it. A name goes on after "-", an address after another digit.
func joins(text []byte, at int) bool {
	if at < 0 || at >= len(text) {
		return false
	}
	return isWord(text[at]) || text[at] == '-'
}

func isWord(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// replace appends a text to buffer with its spans replaced. Of two that overlap, the one that begins first counts, and of these the longer.
func replace(buffer, text []byte, spans []span) []byte {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	at := 0
	for _, s := range spans {
		if s.from < at {
			continue
		}
		buffer = append(append(buffer, text[at:s.from]...), s.mask...)
		at = s.to
	}
	return append(buffer, text[at:]...)
}

// syntaxOf is what package regexp says of a mistake, and over what it stumbled.
func syntaxOf(err error) (mistake, at string) {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return "", ""
	}
	return e.Code.String(), e.Expr
}

// addressMask is what stands for a member's own address.
const addressMask = "<ip>"

// Addresses are the addresses of a member as its own, in the forms in which programs write them: fd00::1, FD00::1, fd00:0:0:0:0:0:0:1 and all digits.
func Addresses(addresses ...string) []Own {
	var own []Own
	for _, text := range addresses {
		own = append(own, Own{Text: text, Mask: addressMask})
		at, err := netip.ParseAddr(text)
		if err != nil || !at.Is6() {
			continue
		}
		full := at.StringExpanded()
		parts := strings.Split(full, ":")
		for i, part := range parts {
			if parts[i] = strings.TrimLeft(part, "0"); parts[i] == "" {
				parts[i] = "0"
			}
		}
		for _, form := range []string{full, strings.Join(parts, ":")} {
			own = append(own, Own{Text: form, Mask: addressMask}, Own{Text: strings.ToUpper(form), Mask: addressMask})
		}
		own = append(own, Own{Text: strings.ToUpper(text), Mask: addressMask})
	}
	return own
}

// isIPv6 reports whether what is a member's own is an address that goes on after a colon.
func isIPv6(text string) bool { return strings.Count(text, ":") > 1 }

// longer reports whether an IPv6 address is only a part of a longer one.
func longer(text []byte, from, to int) bool {
	if to+1 < len(text) && text[to] == ':' && (text[to+1] == ':' || isHex(text[to+1])) {
		return true
	}
	if from < 2 || text[from-1] != ':' {
		return false
	}
	return text[from-2] == ':' || isHex(text[from-2])
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
