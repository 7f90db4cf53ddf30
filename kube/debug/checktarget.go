package debug

import (
	"fmt"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
)

// checkTarget finds that the target does not run any more, or will hardly run for long. One that did not run when the plan was made is
// not part of it any more: the plan's notes say so.
func checkTarget(p Plan, f Facts) []Finding {
	target, ok := f.Pod.Container(p.Target.Container)
	if !ok || f.Unmade {
		return nil
	}
	without := &Remedy{Words: "debug without a target", Apply: func(r Request) Request {
		r.Target = ""
		return r
	}}
	switch {
	case !target.Running:
		return []Finding{{
			Severity: Blocking, Remedy: without,
			Text: fmt.Sprintf("%s is no longer running (%s): a debug container that targets it would wait for ever", target.Name, target.State),
		}}
	case crashes(&target) && !sharesProcesses(f.Pod.Object()):
		return []Finding{{
			Severity: Warning, Remedy: without,
			Text: fmt.Sprintf("%s has been restarted %d times (%s): when it ends again, everything that looks at its processes ends with it",
				target.Name, target.Restarts, target.Exit.Short()),
		}}
	}
	return nil
}

// crashes tells a container that runs at the moment, but has not lasted before.
func crashes(c *kube.Container) bool {
	const often, lasting = 3, 10 * time.Minute
	return c.Restarts >= often && c.Exit != nil && c.Exit.Finished.Sub(c.Exit.Started) < lasting
}
