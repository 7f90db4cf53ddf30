package redact

import (
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Object is any object of Kubernetes as a map, without its secrets: values of env and of HTTP headers, the data of Secrets and ConfigMaps, what kubectl
// apply remembers, words of commands, and what looks like a secret anywhere else. managedFields are left out. where is how the list
// of what was taken names it.
func (r *Redactor) Object(where string, object any) (map[string]any, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", where, err)
	}
	var whole map[string]any
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, fmt.Errorf("read %s: %w", where, err)
	}
	if metadata, ok := whole["metadata"].(map[string]any); ok {
		delete(metadata, "managedFields")
	}
	if r == nil {
		return whole, nil
	}
	w := walker{r: r, where: where}
	if kind, _ := whole["kind"].(string); kind == "Secret" || kind == "ConfigMap" {
		for _, part := range []string{"data", "stringData", "binaryData"} {
			w.values(whole[part], kind)
		}
	}
	w.object(whole)
	return whole, nil
}

// walker goes through one object.
type walker struct {
	r     *Redactor
	where string
}

// object changes a map, and what is in it.
func (w *walker) object(o map[string]any) {
	for key, value := range o {
		switch key {
		case "env", "httpHeaders":
			w.named(value, key)
		case "annotations", "labels", "volumeAttributes", "options", "parameters":
			w.free(value, strings.TrimSuffix(key, "s"))
		case "command", "args":
			w.words(value)
		}
		o[key] = w.any(o[key])
	}
}

// any is a value without its secrets.
func (w *walker) any(value any) any {
	switch v := value.(type) {
	case map[string]any:
		w.object(v)
	case []any:
		for i := range v {
			v[i] = w.any(v[i])
		}
	case string:
		if strings.HasPrefix(v, placeholderStart) {
			return v
		}
		return w.r.Text(w.where, v)
	}
	return value
}

// named takes all values out of a list of names and values.
func (w *walker) named(list any, kind string) {
	entries, _ := list.([]any)
	if kind == "httpHeaders" {
		kind = "header"
	}
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		name, _ := entry["name"].(string)
		value, ok := entry["value"].(string)
		if !ok || value == "" {
			continue
		}
		what := kind + " " + name
		if w.r.names.MatchString(name) {
			w.r.learn(value, what)
		}
		entry["value"] = w.r.take(w.where, what)
	}
}

// values takes all values out of a map.
func (w *walker) values(m any, kind string) {
	entries, _ := m.(map[string]any)
	for key := range entries {
		entries[key] = w.r.take(w.where, kind+" key "+key)
	}
}

// free takes the values out of a map of a person's own that have the name of a secret.
func (w *walker) free(m any, kind string) {
	entries, _ := m.(map[string]any)
	for key, value := range entries {
		text, ok := value.(string)
		switch {
		case !ok || text == "":
		case key == corev1.LastAppliedConfigAnnotation:
			entries[key] = w.r.take(w.where, kind+" "+key)
		case w.r.names.MatchString(key[strings.LastIndex(key, "/")+1:]):
			w.r.learn(text, kind+" "+key)
			entries[key] = w.r.take(w.where, kind+" "+key)
		}
	}
}

// words takes the values of flags out of a command, where they are a word of their own: --password, and then the value.
func (w *walker) words(list any) {
	words, _ := list.([]any)
	for i := 1; i < len(words); i++ {
		flag, _ := words[i-1].(string)
		value, ok := words[i].(string)
		if ok && value != "" && strings.HasPrefix(flag, "-") && !strings.ContainsAny(flag, "= ") && w.r.names.MatchString(strings.TrimLeft(flag, "-")) && !strings.HasPrefix(value, "-") {
			what := "value of " + flag
			w.r.learn(value, what)
			words[i] = w.r.take(w.where, what)
		}
	}
}
