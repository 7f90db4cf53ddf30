package capture

import (
	"net/netip"

	"github.com/dayfly-k8s/dayfly/kube"
)

// State is how far a source is.
type State int

// The states, in their order.
const (
	Waiting   State = iota // nothing is captured yet
	Accepted               // what tcpdump is to run in was added, and starts
	Capturing              //
	Finished               // as it should
	Failed                 // Problem says why; what came before is in the file
)

// Reason is why a capture is over.
type Reason int

// The reasons.
const (
	Running Reason = iota // it is not
	Time
	Count
	Size
	Person
	Gone       // the program that got it takes no more
	Unwritable // nothing more can be written
	Nobody     // no source is left
)

// Words say it.
func (r Reason) Words() string {
	return []string{"", "the time was over", "that many packets were asked for", "the file has reached its size", "you stopped it", "the program that gets it takes no more", "it could not be written", "nothing was left to capture from"}[r]
}

// Status is how a source is.
type Status struct {
	Name    string
	State   State
	Packets int64
	Bytes   int64  // on the wire
	Dropped uint64 // that the kernel had no room for, as tcpdump says at its end
	Problem *kube.Problem
}

// Look is how a capture is at a moment.
type Look struct {
	Sources []Status
	Packets int64
	Written int64 // bytes of the file
	Reason  Reason
	Problem *kube.Problem // why it is [Unwritable]
	Names   map[netip.Addr]string
}

// Dropped is how many packets the kernel had no room for.
func (l Look) Dropped() uint64 {
	var n uint64
	for _, s := range l.Sources {
		n += s.Dropped
	}
	return n
}
