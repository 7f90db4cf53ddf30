package packets

import "encoding/binary"

// tlsRecord says what a payload is that begins with a record of TLS. https://www.rfc-editor.org/rfc/rfc8446#section-5.1
func tlsRecord(p []byte) (kind string, ok bool) {
	const header, longest = 5, 1<<14 + 2048
	if len(p) < header || p[1] != 3 || p[2] > 4 || int(binary.BigEndian.Uint16(p[3:])) > longest {
		return "", false
	}
	switch p[0] {
	case 20:
		return "change cipher spec", true
	case 21:
		return "alert", true
	case 22:
		return handshake(p[header:]), true
	case 23:
		return "application data", true
	}
	return "", false
}

func handshake(p []byte) string {
	if len(p) == 0 {
		return "handshake"
	}
	switch p[0] {
	case 1:
		return "client hello"
	case 2:
		return "server hello"
	case 11:
		return "certificate"
	}
	return "handshake"
}

// cursor reads what is long as it says itself.
type cursor struct {
	p   []byte
	bad bool // it has come to the end
}

func (c *cursor) take(n int) []byte {
	if n > len(c.p) {
		c.bad, n = true, len(c.p)
	}
	taken := c.p[:n]
	c.p = c.p[n:]
	return taken
}

// number reads one of so many bytes.
func (c *cursor) number(bytes int) int {
	n := 0
	for _, b := range c.take(bytes) {
		n = n<<8 | int(b)
	}
	return n
}

// serverName is the name that a client's first message asks for, and whether there is more to come before it can be told that it asks for none.
// https://www.rfc-editor.org/rfc/rfc6066#section-3
func serverName(p []byte) (name string, more bool) {
	const header, hello, extensionServerName = 5, 1, 0
	if len(p) < header+4 || p[0] != 22 || p[5] != hello {
		return "", false
	}
	c := &cursor{p: p[header+4:]}
	c.take(2 + 32)      // version and random
	c.take(c.number(1)) // session
	c.take(c.number(2)) // ciphers
	c.take(c.number(1)) // compression
	left := c.number(2) // extensions
	for left > 0 && !c.bad {
		kind, length := c.number(2), c.number(2)
		value := &cursor{p: c.take(length)}
		left -= 4 + length
		if kind != extensionServerName || c.bad {
			continue
		}
		value.number(2) // the list's length
		value.number(1) // kind of name: host
		text := value.take(value.number(2))
		if !value.bad && len(text) > 0 {
			return clean(text), false
		}
	}
	return "", c.bad
}
