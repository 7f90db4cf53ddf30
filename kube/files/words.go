package files

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// ShownName is the name of a file on one line: escaped where it has control characters, or begins or ends with a blank.
func ShownName(name string) string {
	if kube.Sanitize(name) != name || strings.TrimSpace(name) != name || strings.Contains(name, "\t") {
		return strconv.QuoteToASCII(name)
	}
	return name
}

// SizeWords is a number of bytes for people: "12.3 kB".
func SizeWords(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, units := float64(n), []string{"kB", "MB", "GB", "TB", "PB"}
	for i, unit := range units {
		if value /= step; value < step || i == len(units)-1 {
			return fmt.Sprintf("%.1f %s", value, unit)
		}
	}
	return ""
}

// ModeWords is a mode as ls shows it, without the type: "rwxr-sr-t".
func ModeWords(m fs.FileMode) string {
	words := []byte("---------")
	for i := range words {
		if m&(1<<(len(words)-1-i)) != 0 {
			words[i] = "rwx"[i%3]
		}
	}
	for _, special := range []struct {
		is     fs.FileMode
		at     int
		letter byte
	}{{fs.ModeSetuid, 2, 's'}, {fs.ModeSetgid, 5, 's'}, {fs.ModeSticky, 8, 't'}} {
		switch {
		case m&special.is == 0:
		case words[special.at] == 'x':
			words[special.at] = special.letter
		default:
			words[special.at] = special.letter - 'a' + 'A'
		}
	}
	return string(words)
}

// KindWords is what kind of file a mode is of: "file", "folder", "link", "device", "fifo", "socket" or "other".
func KindWords(m fs.FileMode) string {
	switch m.Type() &^ fs.ModeCharDevice {
	case 0:
		return "file"
	case fs.ModeDir:
		return "folder"
	case fs.ModeSymlink:
		return "link"
	case fs.ModeDevice:
		return "device"
	case fs.ModeNamedPipe:
		return "fifo"
	case fs.ModeSocket:
		return "socket"
	}
	return "other"
}
