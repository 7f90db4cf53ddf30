package nodes

import (
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Severity is how much a node needs somebody. The worst is the greatest.
type Severity int

// The severities.
const (
	Healthy   Severity = iota // ready, and takes pods
	Tainted                   // takes pods that tolerate what somebody has tainted it with
	Starting                  // young, and not ready yet
	Skewed                    // its kubelet's version does not go with that of the API server
	Cordoned                  // takes no new pods, because somebody wants it so
	Pressured                 // short of memory, disk space or process IDs, or without a network
	NotReady                  // says that it is not ready, or says nothing any more
)

// Sick reports whether a person on call should look.
func (s Severity) Sick() bool { return s >= Skewed }

// Broken reports whether pods on it are in danger.
func (s Severity) Broken() bool { return s >= NotReady }

// youngNode is the age up to which a node that is not ready is still starting.
const youngNode = 2 * time.Minute

// What the printer of nodes has in its Status cell (printNode in kubernetes/pkg/printers/internalversion).
const (
	statusReady    = "Ready"
	statusNotReady = "NotReady"
	statusUnknown  = "Unknown" // it has not said anything yet
	statusCordoned = "SchedulingDisabled"
)

// Judge concludes from the row of a node, and from its facts where they are read, how much it needs somebody. Server is the version of the API server.
func (r *Row) Judge(server Version, now time.Time) Severity {
	ready, _, _ := strings.Cut(r.Status, ",")
	switch {
	case ready == statusReady:
	case now.Sub(r.Created) < youngNode:
		return Starting
	default:
		return NotReady
	}
	switch f := r.Facts; {
	case f != nil && len(f.Pressure) > 0:
		return Pressured
	case r.cordoned():
		return Cordoned
	case skew(ParseVersion(r.Version), server) != "":
		return Skewed
	case f != nil && len(f.foreign()) > 0:
		return Tainted
	}
	return Healthy
}

func (r *Row) cordoned() bool { return strings.Contains(r.Status, statusCordoned) }

// State is the status of the node in few words: what kubectl says of it, and what weighs more.
func (r *Row) State() string {
	ready, _, _ := strings.Cut(r.Status, ",")
	words := []string{ready}
	if f := r.Facts; f != nil && ready == statusReady && len(f.Pressure) > 0 {
		words = append([]string(nil), f.Pressure...)
	}
	if r.cordoned() {
		words = append(words, "cordoned")
	}
	return strings.Join(words, ", ")
}

// Why is all that is wrong with the node, a sentence each, the worst first. Of a node that is well it says so.
func (r *Row) Why(server Version, now time.Time) []string {
	var why []string
	if words := r.unready(now); words != "" {
		why = append(why, words)
	}
	f := r.Facts
	if f != nil {
		for _, name := range f.Pressure {
			why = append(why, pressed(f.condition(name), now))
		}
	}
	if r.cordoned() {
		why = append(why, "cordoned: no new pods are scheduled to it")
	}
	if words := skew(ParseVersion(r.Version), server); words != "" {
		why = append(why, words)
	}
	if len(why) > 0 {
		return why
	}
	words := "ready"
	if f != nil {
		if c := f.condition(statusReady); c != nil && !c.Since.IsZero() {
			words += " for " + ago(now, c.Since)
		}
		if len(f.foreign()) > 0 {
			words += ", only for pods that tolerate its taints"
		}
	}
	return []string{words}
}

// unready says why a node is not ready: in the words that its pods have for it ([kube.NotResponding]) when it is silent.
func (r *Row) unready(now time.Time) string {
	ready, _, _ := strings.Cut(r.Status, ",")
	if ready == statusReady {
		return ""
	}
	if r.Facts == nil {
		return "node " + r.Name + " is not ready"
	}
	words := "node " + r.Name + " is not ready"
	if r.Facts.Silent {
		words = kube.NotResponding(r.Name)
	}
	c := r.Facts.condition(statusReady)
	if c == nil {
		return words + ": its kubelet has not reported yet"
	}
	if !c.Since.IsZero() {
		words += ", for " + ago(now, c.Since)
	}
	return words + kube.Because(r.Facts.Reason)
}

// pressed says what a bad condition means.
func pressed(c *Condition, now time.Time) string {
	words := c.Name
	if !c.Since.IsZero() {
		words += " for " + ago(now, c.Since)
	}
	switch c.Name {
	case "MemoryPressure", "DiskPressure":
		words += ": its kubelet evicts pods"
	case "PIDPressure":
		words += ": new processes may fail"
	case "NetworkUnavailable":
		words += ": its pods cannot be reached"
	}
	if c.Message != "" {
		words += " (" + c.Message + ")"
	}
	return words
}

// ago is how long ago something was, as kubectl writes it.
func ago(now, t time.Time) string { return duration.HumanDuration(max(now.Sub(t), 0)) }
