package inventory

import (
	"bytes"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ancient is whom the API server names for the fields of several clients of whom there were too many to note each:
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/capmanagers.go
const ancient = "ancient-changes"

// suspected reports whether a pod has to be read whole to tell: it has debug containers, a tool may have made it, or nobody has noted who has.
func suspected(o *metav1.ObjectMeta) bool {
	if len(o.ManagedFields) == 0 {
		return true
	}
	for i := range o.ManagedFields {
		entry := &o.ManagedFields[i]
		if entry.Manager == ancient || owns(entry, "f:ephemeralContainers") {
			return true
		}
	}
	return slices.ContainsFunc(tools(), func(t tool) bool { return t.suspects(o) })
}

// owns reports whether a field is among those of an entry, wherever it stands. It does not read the fields as JSON: they are a third of each pod. Keys of
// lists are quoted twice there, and so are never taken for a field.
func owns(entry *metav1.ManagedFieldsEntry, field string) bool {
	return entry.FieldsV1 != nil && bytes.Contains(entry.FieldsV1.GetRawBytes(), []byte(`"`+field+`"`))
}
