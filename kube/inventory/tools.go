package inventory

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// tools are all families, those that mark best first.
func tools() []tool {
	return []tool{
		ofDayfly(), ofDebux(), ofOC(), ofPodbench(), ofMirrord(), ofProfilers(),
		ofKsniff(), ofNodeShells(), ofNodeDebuggers(), ofCopies(), ofRuns(),
	}
}

// suspected reports whether a pod has to be read whole to tell: it has debug containers, a tool may have made it, or nobody has noted who has.
func suspected(o *metav1.ObjectMeta) bool {
	if len(o.ManagedFields) == 0 {
		return true
	}
	for i := range o.ManagedFields {
		if owns(&o.ManagedFields[i], "f:ephemeralContainers") { // also where it is no longer told whose they are: see [ancient]
			return true
		}
	}
	return slices.ContainsFunc(tools(), func(t tool) bool { return t.suspects(o) })
}
