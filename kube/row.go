package kube

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PodKey names a pod in a list over all namespaces.
type PodKey struct {
	Namespace, Name string
}

// PodRow is one line of the list of pods, in the words of the API server's own printer.
type PodRow struct {
	PodKey
	Ready    string    // "1/2"
	Status   string    // "Running", "CrashLoopBackOff", "Init:0/1", …
	Restarts string    // "0", "14"
	Created  time.Time // exact to the unit that the server's age has
	LastExit time.Time // when the last restart was; zero when there was none
	IP       string
	Node     string
}

// Condition is how a pod is, coarsely enough for one symbol.
type Condition int

// The conditions, the worst last.
const (
	Finished Condition = iota // ended and meant to
	Healthy                   // all containers ready
	Starting                  // on its way, or going
	Unready                   // running, but not ready
	Sick                      // will not mend without somebody
)

// Condition judges the row by the server's words.
func (r PodRow) Condition() Condition {
	status := r.Status
	if init, ok := strings.CutPrefix(status, "Init:"); ok {
		if init == "" || init[0] >= '0' && init[0] <= '9' {
			return Starting
		}
		return Sick
	}
	switch status {
	case "Completed", "Succeeded":
		return Finished
	case "Running":
		if ready, all, ok := strings.Cut(r.Ready, "/"); ok && ready != all {
			return Unready
		}
		return Healthy
	case "Pending", "ContainerCreating", "PodInitializing", "Terminating", "SchedulingGated":
		return Starting
	case "NotReady": // the printer's word for a pod of which one container has completed while another still runs
		return Unready
	}
	return Sick
}

// columns are the places of the cells that we know in a table of pods; -1 where the server has no such column.
type columns struct {
	name, ready, status, restarts, age, ip, node int
}

func columnsOf(definitions []metav1.TableColumnDefinition) columns {
	at := func(name string) int {
		for i := range definitions {
			if strings.EqualFold(definitions[i].Name, name) {
				return i
			}
		}
		return -1
	}
	return columns{
		name: at("Name"), ready: at("Ready"), status: at("Status"), restarts: at("Restarts"),
		age: at("Age"), ip: at("IP"), node: at("Node"),
	}
}

// row reads one row. A row that was asked for with metadata brings its namespace and exact times; one without is of
// the namespace that was listed, and its times are counted back from now.
func (c columns) row(r *metav1.TableRow, namespace string, now time.Time) PodRow {
	cell := func(i int) string {
		if i < 0 || i >= len(r.Cells) || r.Cells[i] == nil {
			return ""
		}
		switch v := r.Cells[i].(type) {
		case string:
			if v == "<none>" {
				return ""
			}
			return Clean(v)
		case float64:
			return strconv.FormatInt(int64(v), 10)
		}
		return ""
	}
	row := PodRow{
		PodKey: PodKey{Namespace: namespace, Name: cell(c.name)},
		Ready:  cell(c.ready), Status: cell(c.status), IP: cell(c.ip), Node: cell(c.node),
	}
	restarts, ago, found := strings.Cut(cell(c.restarts), " (")
	row.Restarts = restarts
	if found {
		row.LastExit = before(now, strings.TrimSuffix(ago, " ago)"))
	}
	var meta metav1.PartialObjectMetadata
	if len(r.Object.Raw) > 0 && json.Unmarshal(r.Object.Raw, &meta) == nil && meta.Name != "" {
		row.Namespace = meta.Namespace
		row.Created = meta.CreationTimestamp.Time
	} else {
		row.Created = before(now, cell(c.age))
	}
	return row
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
	const day = 24 * time.Hour
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
		unit, ok := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day, 'y': 365 * day}[s[digits]]
		if !ok {
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
