package packets

import (
	"fmt"
	"strings"
)

// words say what a segment is: its flags, and how many bytes it carries.
func (t TCP) words(bytes int) string {
	var flags []string
	for _, f := range []struct {
		bit  byte
		name string
	}{{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}, {ACK, "ACK"}} {
		if plain := f.bit == ACK && bytes > 0 && t.Flags&(SYN|FIN|RST) == 0; t.Flags&f.bit != 0 && !plain {
			flags = append(flags, f.name)
		}
	}
	words := strings.Join(flags, " ")
	if bytes > 0 {
		words = strings.TrimSpace(fmt.Sprintf("%s %d bytes", words, bytes))
	}
	if t.Window == 0 && t.Flags&(SYN|RST) == 0 {
		words += ", window full"
	}
	return words
}

// unreachable is what a message says that somebody cannot be reached.
const unreachable = "destination unreachable"

// icmpWords say what a message of ICMP is.
func icmpWords(p []byte, six bool) string {
	if len(p) < 2 {
		return "cut off"
	}
	kind, code := int(p[0]), int(p[1])
	names := map[int]string{0: "echo reply", 3: unreachable, 5: "redirect", 8: "echo request", 11: "time exceeded"}
	refuses, reasons := 3, map[int]string{0: "network", 1: "host", 2: "protocol", 3: "port", 4: "fragmentation needed", 9: "prohibited", 10: "prohibited", 13: "prohibited"}
	if six {
		names = map[int]string{
			1: unreachable, 2: "packet too big", 3: "time exceeded", 128: "echo request", 129: "echo reply",
			133: "router solicitation", 134: "router advertisement", 135: "neighbour solicitation", 136: "neighbour advertisement", 143: "multicast listener report",
		}
		refuses, reasons = 1, map[int]string{0: "no route", 1: "prohibited", 3: "address", 4: "port"}
	}
	name, ok := names[kind]
	if !ok {
		return fmt.Sprintf("type %d, code %d", kind, code)
	}
	if why, known := reasons[code]; kind == refuses && known {
		name += ": " + why
	}
	return name
}
