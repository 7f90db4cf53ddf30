package batchrun

import (
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/batch"
)

// Result is how it went with one item.
type Result struct {
	Item     batch.Item
	Exit     *kube.Exit    // nil: not known
	Problem  *kube.Problem // why not
	NotBegun bool          // nothing was sent for it
	Added    bool          // its debug container, or its pod, was created
	RunsOn   bool          // the command may, without us
	IPs      []string      // of the pod that was made for it
	Stays    string        // what could not be taken away; empty: nothing
	Output   []byte        // as much of it as is kept
	Bytes    int64         // that were printed
	Cut      bool          // there was more
	Missing  string        // why output may be missing; empty: it is all there

	Began, Ended time.Time

	at   kube.Target // where the command ran, if that was not where the plan says
	sent bool        // a command that may have been executed: it is not sent again
}

// OK reports whether the command has ended with 0.
func (r Result) OK() bool { return r.Exit != nil && r.Exit.Code == 0 }

// Outcome is how it ended, in words: "exit 0", "exit 127: command not found", "timed out".
func (r Result) Outcome() string {
	switch {
	case r.OK():
		return "exit 0"
	case r.Exit != nil:
		words := r.Exit.Summary()
		if words == "general error" || words == "application-defined exit code" { // which tells nobody anything
			return fmt.Sprintf("exit %d", r.Exit.Code)
		}
		return fmt.Sprintf("exit %d: %s", r.Exit.Code, words)
	case r.NotBegun:
		return "not begun"
	case r.Problem != nil:
		return r.Problem.Message
	}
	return "exit code unknown"
}
