package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// managerOf is the name under which a client's changes are noted: the one that it gives, else the beginning of its user agent.
func managerOf(r *http.Request) string {
	if manager := r.URL.Query().Get("fieldManager"); manager != "" {
		return manager
	}
	name, _, _ := strings.Cut(r.UserAgent(), "/")
	return name
}

// note notes the debug containers that have come: one entry for each client, with the time of its last change.
func (ephemeralOnly) note(before, after *corev1.Pod, manager string, now metav1.Time) {
	added := map[string]any{}
	for _, c := range after.Spec.EphemeralContainers {
		known := slices.ContainsFunc(before.Spec.EphemeralContainers, func(b corev1.EphemeralContainer) bool { return b.Name == c.Name })
		if key, err := json.Marshal(map[string]string{"name": c.Name}); err == nil && !known {
			added["k:"+string(key)] = map[string]any{".": map[string]any{}, "f:name": map[string]any{}, "f:image": map[string]any{}}
		}
	}
	if len(added) == 0 {
		return
	}
	const here = "ephemeralcontainers"
	at := slices.IndexFunc(after.ManagedFields, func(e metav1.ManagedFieldsEntry) bool { return e.Manager == manager && e.Subresource == here })
	if at < 0 {
		after.ManagedFields = append(after.ManagedFields, metav1.ManagedFieldsEntry{
			Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1", FieldsType: "FieldsV1", Subresource: here,
		})
		at = len(after.ManagedFields) - 1
	}
	entry := &after.ManagedFields[at]
	if entry.FieldsV1 != nil {
		var fields struct {
			Spec struct {
				List map[string]any `json:"f:ephemeralContainers"`
			} `json:"f:spec"`
		}
		if json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields) == nil {
			for key, value := range fields.Spec.List {
				added[key] = value
			}
		}
	}
	raw, err := json.Marshal(map[string]any{"f:spec": map[string]any{"f:ephemeralContainers": added}})
	if err != nil {
		return // it has just been read
	}
	entry.FieldsV1, entry.Time = &metav1.FieldsV1{}, &now
	entry.FieldsV1.SetRawBytes(raw)
}

func (podSpec) note(_, _ *corev1.Pod, _ string, _ metav1.Time) {}
