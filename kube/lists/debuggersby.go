package lists

import (
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// addedBy tells which client has added a debug container, and when that client has last added any: the API server notes for each client which
// fields are its, and one time for all of them. Empty and zero: it is not noted.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
func addedBy(entries []metav1.ManagedFieldsEntry, container string) (by string, at time.Time) {
	for _, entry := range entries {
		if entry.FieldsV1 == nil || !owns(entry.FieldsV1.GetRawBytes(), container) {
			continue
		}
		if entry.Manager != "ancient-changes" { // those of several clients, of whom there were too many
			by = kube.Sanitize(entry.Manager)
		}
		if entry.Time != nil {
			at = entry.Time.Time
		}
		return by, at
	}
	return "", at
}

// owns reports whether the debug container is among fields, which name the elements of a list by a key in JSON.
func owns(fields []byte, container string) bool {
	var owned struct {
		Spec struct {
			EphemeralContainers map[string]json.RawMessage `json:"f:ephemeralContainers"`
		} `json:"f:spec"`
	}
	if json.Unmarshal(fields, &owned) != nil {
		return false // a note that cannot be read
	}
	key, err := json.Marshal(map[string]string{"name": container})
	_, ok := owned.Spec.EphemeralContainers["k:"+string(key)]
	return err == nil && ok
}
