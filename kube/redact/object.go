package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Learn has the secrets of objects looked for in everything that comes after it: give it all objects before the first of them is written.
// The error is that one cannot be written as JSON.
func (r *Redactor) Learn(objects ...any) error {
	if r == nil {
		return nil
	}
	for _, object := range objects {
		whole, err := mapOf("an object", object)
		if err != nil {
			return err
		}
		r.learnFrom(whole)
	}
	return nil
}

func (r *Redactor) learnFrom(whole map[string]any) {
	w := walker{r: r, learns: true}
	w.whole(whole)
}

// Object is any object of Kubernetes as a map, without its secrets: values of env and of HTTP headers, the data of Secrets and ConfigMaps, what kubectl
// apply remembers, words of commands, and what looks like a secret anywhere else, or is one elsewhere in it. managedFields are left out.
// where is how the list of what was taken names it.
func (r *Redactor) Object(where string, object any) (map[string]any, error) {
	whole, err := mapOf(where, object)
	if err != nil {
		return nil, err
	}
	if metadata, ok := whole["metadata"].(map[string]any); ok {
		delete(metadata, "managedFields")
	}
	if r == nil {
		return whole, nil
	}
	r.learnFrom(whole)
	w := walker{r: r, where: where}
	w.whole(whole)
	return whole, nil
}

// mapOf is an object as a map of its own.
func mapOf(where string, object any) (map[string]any, error) {
	data, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", where, err)
	}
	var whole map[string]any
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, fmt.Errorf("read %s: %w", where, err)
	}
	return whole, nil
}

// walker goes through one object: to learn its secrets, which changes nothing, and then to take them out. The first comes first, for a value
// may stand in other places than the one that says what it is.
type walker struct {
	r      *Redactor
	where  string
	learns bool
}

// secret is a value that is taken out, which what names. Named: it has the name of a secret, so it is one wherever else it stands.
func (w *walker) secret(value, what string, named bool) string {
	if !w.learns {
		return w.r.take(w.where, what)
	}
	if named {
		w.r.learn(value, what)
	}
	return value
}

// whole changes an object, and what is in it.
func (w *walker) whole(o map[string]any) {
	if kind, _ := o["kind"].(string); kind == "Secret" || kind == "ConfigMap" {
		for _, part := range []string{"data", "stringData", "binaryData"} {
			w.values(o[part], kind, part)
		}
	}
	w.object(o)
}

// object changes a map, and what is in it. In the order of its keys: what is learned first names a value that has several names.
func (w *walker) object(o map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		switch value := o[key]; key {
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
		if w.learns || strings.HasPrefix(v, placeholderStart) {
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
		entry["value"] = w.secret(value, kind+" "+name, w.r.names.MatchString(name))
	}
}

// values takes all values out of a part of a Secret or ConfigMap. Those of a Secret are one wherever else they stand, as its data has them and as
// programs get them.
func (w *walker) values(m any, kind, part string) {
	entries, _ := m.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		value, ok := entries[key].(string)
		if !ok && w.learns {
			continue
		}
		what := kind + " key " + key
		if plain, err := base64.StdEncoding.DecodeString(value); err == nil && w.learns && kind == "Secret" && part == "data" {
			w.r.learn(string(plain), what)
		}
		entries[key] = w.secret(value, what, kind == "Secret")
	}
}

// free takes the values out of a map of a person's own that have the name of a secret.
func (w *walker) free(m any, kind string) {
	entries, _ := m.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		text, ok := entries[key].(string)
		switch {
		case !ok || text == "":
		case key == corev1.LastAppliedConfigAnnotation:
			entries[key] = w.secret(text, kind+" "+key, false)
		case w.r.names.MatchString(key[strings.LastIndex(key, "/")+1:]):
			entries[key] = w.secret(text, kind+" "+key, true)
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
			words[i] = w.secret(value, "value of "+flag, true)
		}
	}
}
