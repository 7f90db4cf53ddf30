package main

import (
	"encoding/json"
	"slices"
	"time"
)

// managed says who has written which fields, as the API server would have it for a pod that came through it. They are a third of
// each pod, and a list carries them all.
func managed(manager, subresource string, at time.Time, parts map[string]any) map[string]any {
	fields := map[string]any{}
	for name, part := range parts {
		fields["f:"+name] = owned(part, "")
	}
	entry := map[string]any{
		"manager": manager, "operation": "Update", "apiVersion": "v1", "time": at.Format(time.RFC3339),
		"fieldsType": "FieldsV1", "fieldsV1": fields,
	}
	if subresource != "" {
		entry["subresource"] = subresource
	}
	return entry
}

// mergeKeys are what tells apart the items of those lists that are not replaced as a whole.
func mergeKeys(list string) []string {
	switch list {
	case "containers", "ephemeralContainers", "env":
		return []string{"name"}
	case "ports":
		return []string{"containerPort", "protocol"}
	case "conditions":
		return []string{"type"}
	case "podIPs":
		return []string{"ip"}
	}
	return nil
}

// fromAdmission are fields that the API server adds and lets nobody own.
func fromAdmission() []string {
	return []string{"priority", "preemptionPolicy", "serviceAccount", "serviceAccountName", "tolerations", "volumes", "volumeMounts", "qosClass"}
}

// owned is the set of the fields of a value, in which f: is before names and k: before keys of items; a dot is the value itself.
func owned(value any, name string) map[string]any {
	fields := map[string]any{}
	switch v := value.(type) {
	case map[string]any:
		for inner, value := range v {
			if !slices.Contains(fromAdmission(), inner) {
				fields["f:"+inner] = owned(value, inner)
			}
		}
	case []any:
		for _, item := range v {
			keys := map[string]any{}
			for _, key := range mergeKeys(name) {
				keys[key] = item.(map[string]any)[key]
			}
			if len(keys) == 0 {
				return fields
			}
			text, _ := json.Marshal(keys) // strings and numbers
			fields["k:"+string(text)] = owned(item, "item")
		}
	}
	if len(fields) > 0 && name != "" {
		fields["."] = map[string]any{}
	}
	return fields
}
