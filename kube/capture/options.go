// Package capture captures packets in containers: tcpdump runs there by exec, without a terminal, so that nothing of it is in the pod's log, and what it
// prints becomes one file for all of them, with an interface each, and an analysis for whoever looks on.
//
//	c, err := capture.New(options, file)
//	c.Name(names)                       // whose addresses are whose
//	problem := c.From(ctx, cluster, source) // for each, side by side, until it is stopped
//	c.Look()
//
// It ends by itself: after its time, at its size, at its count. tcpdump ends with the link, also where nobody has said so.
package capture

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/packets"
)

// Options say what is captured.
type Options struct {
	Interface string // "any": all of them
	Filter    string // in the language of pcap-filter(7); empty: all packets
	Snap      int    // bytes of each packet
	For       time.Duration
	Count     int64 // packets; 0: no limit
	MaxSize   int64 // bytes of the file
}

// What is usual. Nothing is without a limit but the number of packets.
const (
	UsualInterface = "any"
	UsualFor       = time.Minute
	UsualMaxSize   = 100_000_000
	// MostFor and MostSize are the most that can be asked for.
	MostFor  = 24 * time.Hour
	MostSize = 100_000_000_000
)

// Usual are the options of who asks for nothing.
func Usual() Options {
	return Options{Interface: UsualInterface, Snap: packets.MostCaptured, For: UsualFor, MaxSize: UsualMaxSize}
}

// Check finds what cannot be captured. The error is a sentence for whoever has written it.
func (o Options) Check() error {
	switch {
	case o.Interface == "" || strings.HasPrefix(o.Interface, "-") || strings.ContainsAny(o.Interface, " \t\n/\x00") || !kube.IsPlain(o.Interface):
		return fmt.Errorf("interface %q: use a name such as eth0, or any for all of them", kube.Sanitize(o.Interface))
	case strings.HasPrefix(strings.TrimSpace(o.Filter), "-"):
		return fmt.Errorf("filter %q begins as a flag does: a filter is something like port 80", kube.Sanitize(o.Filter))
	case strings.ContainsRune(o.Filter, 0):
		return fmt.Errorf("filter %q has a zero in it", kube.Sanitize(o.Filter))
	case o.Snap < 1 || o.Snap > packets.MostCaptured:
		return fmt.Errorf("%d bytes of each packet: use a number from 1 to %d", o.Snap, packets.MostCaptured)
	case o.For <= 0 || o.For > MostFor:
		return fmt.Errorf("a capture of %s: use a time up to %d hours, such as 30s", o.For, int(MostFor.Hours()))
	case o.Count < 0:
		return fmt.Errorf("%d packets: use a number from 1 on", o.Count)
	case o.MaxSize < 1000 || o.MaxSize > MostSize:
		return fmt.Errorf("a file of %d bytes: use a size up to 100G, such as 100M", o.MaxSize)
	}
	return nil
}

// ParseSize reads a number of bytes as people write it: 100M, 1.5G, 64k, 1Mi.
func ParseSize(text string) (int64, error) {
	units := []struct {
		suffix string
		is     float64
	}{{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"", 1}}
	number := strings.TrimSuffix(text, "B")
	for _, unit := range units {
		if n, ok := strings.CutSuffix(number, unit.suffix); ok {
			value, err := strconv.ParseFloat(n, 64)
			if err != nil || !(value > 0 && value*unit.is <= MostSize) {
				break
			}
			return int64(value * unit.is), nil
		}
	}
	return 0, fmt.Errorf("size %q: use a number of bytes such as 100M", kube.Sanitize(text))
}

// Exit codes of the script for what it finds out before it captures.
const (
	codeMissing = 44
	codeFilter  = 45
)

// script checks the filter, $4, and captures what also passes $5, until its input ends, which it does with the link at the latest. In the background a shell
// has programs ignore an interrupt: TERM ends tcpdump in the same way, with all that it has captured and its figures. The ring of packets in the kernel is $6
// KiB large.
const script = `command -v tcpdump >/dev/null 2>&1 || exit 44; ` +
	`[ -z "$4" ] || tcpdump -i "$1" -d "$4" >/dev/null || exit 45; exec 3<&0; ` +
	`tcpdump -i "$1" -s "$2" ${3:+-c "$3"} -B "$6" -U -w - "$5" & P=$!; ` +
	`{ while read -r _; do :; done <&3; kill -TERM "$P"; } >/dev/null 2>&1 & R=$!; ` +
	`wait "$P"; E=$?; kill "$R" 2>/dev/null; exit "$E"`

// ring is how much of packets the kernel keeps until tcpdump takes them, in KiB.
const ring = 8 << 10

// Command captures where it is run. Except is a filter of what is left out in any case; it may be empty.
func (o Options) Command(except string) []string {
	count, filter := "", o.Filter
	if o.Count > 0 {
		count = strconv.FormatInt(o.Count, 10)
	}
	if except != "" {
		if strings.TrimSpace(filter) != "" {
			filter = "(" + filter + ") and "
		}
		filter += "not (" + except + ")"
	}
	return []string{"sh", "-c", script, "dayfly-capture", o.Interface, strconv.Itoa(o.Snap), count, o.Filter, filter, strconv.Itoa(ring)}
}
