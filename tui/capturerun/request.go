package capturerun

import (
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/kube/capture"
	"github.com/dayfly-k8s/dayfly/kube/debug"
)

// Preset is the one that has tcpdump, and the rights to use it.
const Preset = "tcpdump"

// Shape makes a request one for a capture: the container sleeps, and tcpdump runs in it by exec. It ends by itself some time after the capture, whatever has become
// of dayfly.
func Shape(r debug.Request, o capture.Options) debug.Request {
	const beside = 10 * time.Minute // others may take time to start, and to end
	r.Command, r.ArgumentsOnly = o.Command(""), false
	r.Private, r.NoTTY, r.NoStdin, r.StdinOnce, r.EndsAfter = true, true, true, false, o.For+beside
	return r
}

// About is what is captured, for the name of a file.
func About(items []batch.Item) string {
	if len(items) == 1 {
		return items[0].Namespace + "-" + items[0].Pod.Name
	}
	return fmt.Sprintf("%s-%d-pods", items[0].Namespace, len(items))
}
