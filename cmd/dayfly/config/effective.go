package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/dayfly-k8s/dayfly/presets/nixery"
	"github.com/dayfly-k8s/dayfly/themes"
	"github.com/dayfly-k8s/dayfly/tui/vt"
)

// Value is one key as it counts in a context.
type Value struct {
	Key   string `json:"key"`   // as sessions.ring
	Value string `json:"value"` // in YAML, on one line
	From  string `json:"from"`  // default, or the section of config.yaml
}

// usual is where a value comes from that nobody has written.
const usual = "default"

// defaults are the values that count where nothing is written.
func defaults() map[string]string {
	return map[string]string{
		"detachKey": vt.DefaultDetachKey, "theme": themes.Auto, "mouse": "true", "announce": "false",
		"sessions.ring": "2MiB", "sessions.life": "stay", "sessions.private": "false", "sessions.record": "false", "sessions.recordInput": "false", "sessions.clipboard": "true",
		"sessions.nodeNamespace": "default",
		"registries.nixery":      nixery.Host, "registries.fallback": defaultFallback, "registries.mirrors": "[]", "registries.realms": "[]", "registries.ask": "true",
		"guard.readOnly": "false", "guard.protected": "false", "guard.askReason": "false", "guard.digestOnly": "false",
		"guard.refuseProfiles": "[]", "guard.refuseWays": "[]", "guard.images": "[]", "guard.hideNamespaces": "[]",
	}
}

// layer is one place in which values may be written.
type layer struct {
	from   string
	values reflect.Value // of a struct
}

func layerOf(from string, values any) layer { return layer{from, reflect.ValueOf(values)} }

// Effective are all values as they count in a context of the kubeconfig, in the order of the file, and where each of them comes from.
func (c Config) Effective(context string) []Value {
	whole := "config.yaml"
	section := func(name string) string { return whole + ": " + name }
	sessions, registries, guards := []layer(nil), []layer(nil), []layer(nil)
	for _, some := range c.Contexts {
		if !some.Match.matches(context) {
			continue
		}
		from := section("contexts " + string(some.Match))
		sessions = append(sessions, layerOf(from, some.Sessions))
		if registries == nil { // only the first that matches counts
			registries = []layer{layerOf(from, some.Registries)}
		}
	}
	for _, r := range c.rails(context) {
		guards = append(guards, layerOf(r.why(), r.Guard))
	}
	sessions = append(sessions, layerOf(section("sessions"), c.Sessions))
	registries = append(registries, layerOf(section("registries"), c.Registries))
	all := first("", layerOf(whole, struct {
		DetachKey string `yaml:"detachKey"`
		Theme     string `yaml:"theme"`
		Mouse     *bool  `yaml:"mouse"`
		Announce  bool   `yaml:"announce"`
	}{c.DetachKey, c.Theme, c.Mouse, c.Announce}))
	all = append(all, first("sessions.", sessions...)...)
	all = append(all, together(guards...)...)
	if c.invalidWhy != "" {
		i := slices.IndexFunc(all, func(v Value) bool { return v.Key == "guard.readOnly" })
		all[i].Value, all[i].From = "true", c.invalidWhy
	}
	return append(all, first("registries.", registries...)...)
}

// first are the values of the first layer that has them, else the defaults.
func first(prefix string, layers ...layer) []Value {
	var all []Value
	for i, key := range keysOf(layers[0].values.Type()) {
		v := Value{prefix + key, defaults()[prefix+key], usual}
		for _, l := range layers {
			if field := l.values.Field(i); written(field) {
				v.Value, v.From = inYAML(field.Interface()), l.from
				break
			}
		}
		all = append(all, v)
	}
	return all
}

// together are the values of guard rails, of which all count: true where one says so, and all of the lists.
func together(layers ...layer) []Value {
	var all []Value
	for i, key := range keysOf(reflect.TypeFor[Guard]()) {
		v := Value{"guard." + key, defaults()["guard."+key], usual}
		var from, lists []string
		for _, l := range layers {
			field := l.values.Field(i)
			if !written(field) {
				continue
			}
			words := inYAML(field.Interface())
			switch {
			case field.Kind() == reflect.Slice:
				lists = append(lists, words)
			case words == "true":
				v.Value = words
			case v.Value == "true": // the stricter of two
				continue
			}
			from = append(from, l.from)
		}
		if len(lists) > 0 {
			v.Value = strings.Join(lists, " and ")
		}
		if len(from) > 0 {
			v.From = strings.Join(from, ", ")
		}
		all = append(all, v)
	}
	return all
}

// keysOf are the keys of a struct, in its order.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, key)
	}
	return keys
}

// written reports whether a key is there.
func written(v reflect.Value) bool { return !v.IsZero() }

// inYAML is a value as it is written, on one line.
func inYAML(v any) string {
	switch v := v.(type) {
	case ringSize:
		return sizeWords(int64(v))
	case *lifeTime:
		switch {
		case v.Leave:
			return "leave"
		case v.After == 0:
			return "stay"
		}
		return short(v.After)
	}
	var node yaml.Node
	if err := node.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	node.Style = yaml.FlowStyle
	for _, child := range node.Content {
		child.Style |= yaml.FlowStyle
	}
	text, err := yaml.Marshal(&node)
	if err != nil {
		return fmt.Sprint(v)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// sizeWords is a number of bytes as it is written: 4MiB.
func sizeWords(n int64) string {
	const step = 1 << 10
	units := []string{"", "KiB", "MiB", "GiB"}
	i := 0
	for ; i < len(units)-1 && n%step == 0 && n > 0; i++ {
		n /= step
	}
	return fmt.Sprint(n) + units[i]
}

// short is a duration without what is zero in it: 2h, not 2h0m0s.
func short(d time.Duration) string {
	text := d.String()
	text = strings.TrimSuffix(text, "m0s")
	if text != d.String() {
		text += "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
