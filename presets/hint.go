package presets

import (
	"regexp"
	"strconv"
	"strings"
)

// Subject is what the commands that a preset suggests are made for. What is not known, or not there, is zero.
type Subject struct {
	PID, Root string // of the target's first process, and of its files, as a shell has them: 1, /proc/1/root
	// The ports that the target serves, by protocol; TCP is the first that it declares.
	HTTP, TLS, GRPC, TCP int
	NoNetwork            bool // nothing listens in the pod: commands with a port are of no use
}

// Hints are the commands to try first, made for a subject: of {pid}, {root}, {http}, {tls}, {grpc} and {tcp} each is replaced by what the
// subject has, or by a default that stands behind a colon: {tcp:5432}. Commands for which something is missing are left out.
func (p Preset) Hints(s Subject) []string {
	var hints []string
	for _, line := range p.Try {
		if hint, ok := s.fill(line); ok {
			hints = append(hints, hint)
		}
	}
	return hints
}

// placeholder is a name in braces, with a default behind a colon.
const placeholder = `\{(pid|root|http|tls|grpc|tcp)(?::([0-9]+))?\}`

func (s *Subject) fill(line string) (hint string, ok bool) {
	ok = true
	hint = regexp.MustCompile(placeholder).ReplaceAllStringFunc(line, func(match string) string {
		name, otherwise, _ := strings.Cut(strings.Trim(match, "{}"), ":")
		value := s.value(name)
		if value == "" {
			value = otherwise
		}
		if value == "" || s.NoNetwork && name != "pid" && name != "root" {
			ok = false
		}
		return value
	})
	// A file of the user may name PID 1 itself, which is the target's in most pods only.
	if s.PID != "1" && strings.Contains(line, "/proc/1") {
		return "", false
	}
	return hint, ok
}

func (s *Subject) value(name string) string {
	port := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	switch name {
	case "pid":
		return s.PID
	case "root":
		return s.Root
	case "http":
		return port(s.HTTP)
	case "tls":
		return port(s.TLS)
	case "grpc":
		return port(s.GRPC)
	}
	return port(s.TCP)
}
