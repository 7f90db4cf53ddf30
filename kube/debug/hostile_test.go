package debug_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/detail"
)

// A pod of which every word is hostile: nothing of what screens are given of it is.
func TestEveryWordOfAPodIsClean(t *testing.T) {
	for _, change := range []func(*corev1.Pod){
		func(*corev1.Pod) {},
		func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning },
		func(p *corev1.Pod) { p.Status.Phase, p.DeletionTimestamp = corev1.PodFailed, nil },
	} {
		var object corev1.Pod
		poison(reflect.ValueOf(&object).Elem(), 0)
		change(&object)
		pod := kube.NewPod(&object)
		for name, shown := range map[string]any{
			"pod": *pod, "detail": detail.Of(pod), "why": detail.Diagnose(pod, nil, time.Now()), "conditions": detail.Conditions(pod),
		} {
			for _, path := range unclean(reflect.ValueOf(shown), name, 0) {
				t.Errorf("%s has not been cleaned", path)
			}
		}
	}
}

const poisonous = "x\x1b]52;c;?\x07\u202e\u009b"

// poison fills every text of v.
func poison(v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(poisonous)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		poison(v.Elem(), depth+1)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			poison(v.Index(0), depth+1)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		poison(key, depth+1)
		poison(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i), depth+1)
			}
		}
	default:
	}
}

// unclean lists where texts of v, as far as they are exported, are not fit to be drawn. Lines may be several.
func unclean(v reflect.Value, path string, depth int) (paths []string) {
	if depth > 12 || !v.IsValid() || v.Type() == reflect.TypeFor[time.Time]() {
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		if strings.ContainsAny(v.String(), "\x1b\x07\u202e\u009b") {
			paths = append(paths, path)
		}
	case reflect.Pointer, reflect.Interface:
		paths = unclean(v.Elem(), path, depth+1)
	case reflect.Slice:
		for i := range v.Len() {
			paths = append(paths, unclean(v.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1)...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			paths = append(paths, unclean(key, path+" key", depth+1)...)
			paths = append(paths, unclean(v.MapIndex(key), path+" value", depth+1)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Type != reflect.TypeFor[error]() {
				paths = append(paths, unclean(v.Field(i), path+"."+field.Name, depth+1)...)
			}
		}
	default:
	}
	return paths
}
