package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
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

// noteCreated notes who has made an object, and what fields it had then. What the server itself adds is left out.
func noteCreated(object store.Object, version, manager string, now metav1.Time) {
	data, err := json.Marshal(object)
	if err != nil {
		return // it comes from JSON
	}
	var all map[string]any
	if json.Unmarshal(data, &all) != nil {
		return // see above
	}
	spec := fieldsSet(all["spec"])
	delete(spec, "f:ephemeralContainers")
	fields := map[string]any{"f:spec": spec}
	meta, of := map[string]any{}, all["metadata"]
	for _, name := range []string{"annotations", "finalizers", "generateName", "labels", "ownerReferences"} {
		if value, ok := of.(map[string]any)[name]; ok {
			meta["f:"+name] = fieldsSet(value)
		}
	}
	if len(meta) > 0 {
		fields["f:metadata"] = meta
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return // see above
	}
	entry := metav1.ManagedFieldsEntry{
		Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: version, Time: &now, FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{},
	}
	entry.FieldsV1.SetRawBytes(raw)
	object.SetManagedFields([]metav1.ManagedFieldsEntry{entry})
}

// fieldsSet is which fields a value has, as managedFields say it: items of lists by their names, paths or UIDs; other lists as one field.
func fieldsSet(value any) map[string]any {
	set := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if !ofAdmission(name) && !allTokens(inner) {
				set["f:"+name] = fieldsSet(inner)
			}
		}
	case []any:
		for _, item := range value {
			if key := itemKey(item); key != "" {
				set[key] = fieldsSet(item)
			}
		}
	}
	return set
}

// itemKey is what tells an item of a list from the others; "": nothing does, or the server has added it.
func itemKey(item any) string {
	if isToken(item) {
		return ""
	}
	fields, _ := item.(map[string]any)
	for _, field := range []string{"uid", "mountPath", "name"} {
		if value, ok := fields[field].(string); ok {
			if key, err := json.Marshal(map[string]string{field: value}); err == nil {
				return "k:" + string(key)
			}
		}
	}
	return ""
}

// isToken reports whether an item of a list is the volume of a service account's token, or the mount of one.
func isToken(item any) bool {
	fields, _ := item.(map[string]any)
	name, _ := fields["name"].(string)
	return strings.HasPrefix(name, tokenPrefix)
}

// allTokens reports whether a value is a list of nothing else.
func allTokens(value any) bool {
	list, _ := value.([]any)
	return len(list) > 0 && !slices.ContainsFunc(list, func(item any) bool { return !isToken(item) })
}

// ofAdmission reports whether a field is one that the server itself sets in a new pod.
func ofAdmission(field string) bool {
	return slices.Contains([]string{"preemptionPolicy", "priority", "serviceAccount", "serviceAccountName", "tolerations"}, field)
}
