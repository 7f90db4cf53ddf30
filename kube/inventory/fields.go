package inventory

import (
	"bytes"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ancient is whom the API server names for the fields of several clients of whom there were too many to note each:
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/capmanagers.go
const ancient = "ancient-changes"

// owns reports whether a field is among those of an entry, wherever it stands. It does not read the fields as JSON: they are a third of each pod. Keys of
// lists are quoted twice there, and so are never taken for a field.
func owns(entry *metav1.ManagedFieldsEntry, field string) bool {
	return entry.FieldsV1 != nil && bytes.Contains(entry.FieldsV1.GetRawBytes(), []byte(`"`+field+`"`))
}
