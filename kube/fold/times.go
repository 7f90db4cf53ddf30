package fold

import (
	"bytes"
	"strconv"
	"time"
)

// The masks of times.
const (
	timeMask  = "<time>"
	epochMask = "<epoch>"
)

// Shapes of times: 0 stands for a digit, _ for a digit or a space.
const (
	dateShape   = "0000-00-00"
	clockShape  = "00:00:00"
	syslogShape = "_0 00:00:00" // behind the name of a month
)

// timesIn finds times in a text: of RFC 3339, of syslog, of a clock, and seconds and milliseconds since 1970 that are near now. What could be something
// else, such as a hardware address or a date alone, is none.
func timesIn(text []byte, now time.Time) []span {
	var spans []span
	for i := 0; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		end := i // of the digits
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		s, ok := timeAt(text, i, end, now)
		if !ok {
			i = end
			continue
		}
		spans = append(spans, s)
		i = s.to
	}
	return spans
}

// timeAt finds the time that begins at a run of digits.
func timeAt(text []byte, from, end int, now time.Time) (span, bool) {
	const year, pair = 4, 2
	switch n := end - from; {
	case n == year && shaped(text, from, dateShape):
		return dateTime(text, from)
	case n <= pair && from > 0 && text[from-1] == ' ':
		if s, ok := syslog(text, from, n); ok {
			return s, true
		}
	}
	if shaped(text, from, clockShape) && end-from == pair && !before(text, from) {
		return closed(text, from, fraction(text, from+len(clockShape)), timeMask)
	}
	return epoch(text, from, end, now)
}

// dateTime is a time of RFC 3339, or as databases write it: with a space, without a zone.
func dateTime(text []byte, from int) (span, bool) {
	at := from + len(dateShape)
	if before(text, from) || at >= len(text) || text[at] != 'T' && text[at] != 't' && text[at] != ' ' || !shaped(text, at+1, clockShape) {
		return span{}, false
	}
	return closed(text, from, zone(text, fraction(text, at+1+len(clockShape))), timeMask)
}

// syslog is "Jan  2 15:04:05", of which the day begins at from.
func syslog(text []byte, from, digits int) (span, bool) {
	const name = 3 // letters
	day := from
	if digits == 1 {
		day-- // it is filled with a space
	}
	start := day - 1 - name
	if start < 0 || text[day-1] != ' ' || !isMonth(text[start:start+name]) || start > 0 && isWord(text[start-1]) || !shaped(text, day, syslogShape) {
		return span{}, false
	}
	return closed(text, start, fraction(text, day+len(syslogShape)), timeMask)
}

// epoch is a number of seconds or milliseconds since 1970, within a day of now.
func epoch(text []byte, from, end int, now time.Time) (span, bool) {
	const seconds, milliseconds = 10, 13 // digits
	n := end - from
	if now.IsZero() || n != seconds && n != milliseconds || before(text, from) {
		return span{}, false
	}
	number, err := strconv.ParseInt(string(text[from:end]), 10, 64)
	if err != nil {
		return span{}, false
	}
	at := time.Unix(number, 0)
	if n == milliseconds {
		at = time.UnixMilli(number)
	}
	if at.Sub(now).Abs() > 24*time.Hour {
		return span{}, false
	}
	return closed(text, from, fraction(text, end), epochMask)
}

// closed is a span that ends where no word goes on.
func closed(text []byte, from, to int, mask string) (span, bool) {
	switch {
	case to == len(text):
	case isWord(text[to]), text[to] == ':' && to+1 < len(text) && text[to+1] != ' ' && text[to+1] != '\n':
		return span{}, false
	}
	return span{from, to, mask}, true
}

// before reports whether what stands before a time makes one word with it.
func before(text []byte, from int) bool {
	return from > 0 && (isWord(text[from-1]) || text[from-1] == ':' || text[from-1] == '-' || text[from-1] == '.')
}

// fraction is the end of a fraction of a second that may begin at a place.
func fraction(text []byte, at int) int {
	if at+1 >= len(text) || text[at] != '.' && text[at] != ',' || !isDigit(text[at+1]) {
		return at
	}
	for at++; at < len(text) && isDigit(text[at]); {
		at++
	}
	return at
}

// zone is the end of a zone that may begin at a place: Z, +02:00, +0200, " +0200".
func zone(text []byte, at int) int {
	if at < len(text) && text[at]|0x20 == 'z' {
		return at + 1
	}
	sign := at
	if sign < len(text) && text[sign] == ' ' {
		sign++
	}
	if sign >= len(text) || text[sign] != '+' && text[sign] != '-' {
		return at
	}
	for _, shape := range []string{"00:00", "0000"} {
		if shaped(text, sign+1, shape) {
			return sign + 1 + len(shape)
		}
	}
	return at
}

// shaped reports whether a text has a shape at a place.
func shaped(text []byte, at int, shape string) bool {
	if at < 0 || at+len(shape) > len(text) {
		return false
	}
	for i := range len(shape) {
		c := text[at+i]
		switch shape[i] {
		case '0':
			if !isDigit(c) {
				return false
			}
		case '_':
			if !isDigit(c) && c != ' ' {
				return false
			}
		default:
			if c != shape[i] {
				return false
			}
		}
	}
	return true
}

func isMonth(name []byte) bool {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	i := bytes.Index([]byte(months), name)
	return i >= 0 && i%3 == 0
}
