package lists

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
)

// PodRow is one line of the list of pods, in the words of the API server's own printer.
type PodRow struct {
	kube.PodKey
	Ready    string    // "1/2"
	Status   string    // "Running", "CrashLoopBackOff", "Init:0/1", …
	Gates    string    // readiness gates that are open, "0/1"; empty: the pod has none
	Restarts int       // of all containers
	Created  time.Time // exact to the unit that the server's age has
	Deleted  time.Time // when its grace is over; zero when nobody wants it gone, or the list does not tell
	LastExit time.Time // when the last restart was; zero when there was none
	Node     string
}

// columns are the places of the cells that we know in a table of pods; -1 where the server has no such column.
type columns struct {
	name, ready, status, restarts, age, node, gates int
}

func columnsOf(names []string) columns {
	at := func(name string) int {
		return slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	return columns{
		name: at("Name"), ready: at("Ready"), status: at("Status"), restarts: at("Restarts"),
		age: at("Age"), node: at("Node"), gates: at("Readiness Gates"),
	}
}

// take reads one cell. Times are counted back from now.
func (c *columns) take(row *PodRow, at int, value jsontext.Value, words *words, now time.Time) {
	switch at {
	case c.name:
		row.Name = cellText(value)
	case c.ready:
		row.Ready = words.of(value)
	case c.status:
		row.Status = words.of(value)
	case c.restarts:
		row.Restarts, row.LastExit = restarts(words.of(value), now)
	case c.age:
		row.Created = before(now, words.of(value))
	case c.node:
		row.Node = words.of(value)
	case c.gates:
		row.Gates = words.of(value)
	}
}

// restarts reads "14" and "14 (2m13s ago)".
func restarts(cell string, now time.Time) (n int, last time.Time) {
	digits, ago, found := strings.Cut(cell, " (")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, time.Time{}
	}
	if found {
		last = before(now, strings.TrimSuffix(ago, " ago)"))
	}
	return n, last
}

// before is the time that lies an age such as "3d4h" in the past; zero when it is not an age.
func before(now time.Time, age string) time.Time {
	d, ok := parseAge(age)
	if !ok {
		return time.Time{}
	}
	return now.Add(-d)
}

// parseAge reads what the server's printer writes: "5s", "2m13s", "47m", "3d4h", "2y12d".
func parseAge(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	var total time.Duration
	for len(s) > 0 {
		digits := 0
		for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits > 9 || digits == len(s) {
			return 0, false
		}
		n, err := strconv.Atoi(s[:digits])
		if err != nil {
			return 0, false
		}
		unit := unitOf(s[digits])
		if unit == 0 {
			return 0, false
		}
		if time.Duration(n) > (math.MaxInt64-total)/unit {
			return 0, false
		}
		total += time.Duration(n) * unit
		s = s[digits+1:]
	}
	return total, true
}

func unitOf(letter byte) time.Duration {
	const day = 24 * time.Hour
	switch letter {
	case 's':
		return time.Second
	case 'm':
		return time.Minute
	case 'h':
		return time.Hour
	case 'd':
		return day
	case 'y':
		return 365 * day
	}
	return 0
}
