package api

import (
	"reflect"

	"k8s.io/apimachinery/pkg/runtime"
)

// shallow copies an object, but nothing of what it points to.
func shallow(object runtime.Object) runtime.Object {
	original := reflect.ValueOf(object).Elem()
	duplicate := reflect.New(original.Type())
	duplicate.Elem().Set(original)
	return duplicate.Interface().(runtime.Object) //nolint:forcetypeassert // it has the original's type
}
