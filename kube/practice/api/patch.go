package api

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// wantedFunc is what a client wants an object to be, given what it is.
type wantedFunc[T store.Object] func(before T) (T, error)

// wanted reads a PUT or a PATCH.
func wanted[T store.Object](s *Server, w http.ResponseWriter, r *http.Request, q request, data []byte) (wantedFunc[T], error) {
	validation := r.URL.Query().Get("fieldValidation")
	if q.verb == "update" {
		info, err := s.codec.content(r)
		if err != nil {
			return nil, err
		}
		object, err := s.codec.parse(w, data, info, q.resource.gvk(), validation)
		if err != nil {
			return nil, err
		}
		return func(T) (T, error) { return as[T](object) }, nil
	}
	patch, err := patchFunc(r, data, q.resource.zero)
	if err != nil {
		return nil, err
	}
	warned := false
	return func(before T) (none T, err error) {
		original, err := json.Marshal(before)
		if err != nil {
			return none, apierrors.NewInternalError(err)
		}
		patched, err := patch(original)
		if err != nil {
			return none, err
		}
		object := q.resource.zero.DeepCopyObject()
		unknown, err := readPatched(patched, object)
		if err != nil {
			return none, unpatchable(data, err)
		}
		if len(unknown) > 0 && validation == metav1.FieldValidationStrict {
			return none, unpatchable(data, runtime.NewStrictDecodingError(unknown))
		}
		for _, problem := range unknown {
			if !warned && validation != metav1.FieldValidationIgnore {
				warn(w, problem.Error())
			}
		}
		warned = true // a second try warns no more
		return as[T](object)
	}, nil
}

// readPatched reads what a patch has made of an object into an empty one, and which of its fields no object of the kind has. It converts as the real
// server does, because of the words of its errors.
func readPatched(data []byte, into runtime.Object) (unknown []error, err error) {
	var fields map[string]any
	if err := utiljson.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	err = runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(fields, into, true)
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		return strict.Errors(), nil
	}
	return nil, err
}

// as is an object as one of its own type. A client may have sent one of another.
func as[T store.Object](object runtime.Object) (T, error) {
	typed, ok := object.(T)
	if !ok {
		return typed, apierrors.NewBadRequest(fmt.Sprintf("the object provided is a %T", object))
	}
	return typed, nil
}

func podOf(object runtime.Object) (*corev1.Pod, error) { return as[*corev1.Pod](object) }

// patchFunc is a function that applies a patch to the JSON of an object of the type of zero.
func patchFunc(r *http.Request, data []byte, zero store.Object) (func([]byte) ([]byte, error), error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		media = ""
	}
	switch types.PatchType(media) {
	case types.JSONPatchType:
		patch, err := jsonpatch.DecodePatch(data)
		if err != nil {
			return nil, apierrors.NewBadRequest("error decoding patch: " + err.Error())
		}
		return func(original []byte) ([]byte, error) { return applyJSON(original, patch) }, nil
	case types.MergePatchType, types.StrategicMergePatchType:
		var fields map[string]any
		if err := json.Unmarshal(data, &fields); err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		if fields == nil {
			return nil, apierrors.NewBadRequest("the patch is null, not an object")
		}
		if types.PatchType(media) == types.MergePatchType {
			return func(original []byte) ([]byte, error) { return jsonpatch.MergePatch(original, data) }, nil
		}
		return func(original []byte) ([]byte, error) { return mergeStrategically(original, data, zero) }, nil
	}
	return nil, &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusUnsupportedMediaType, Reason: metav1.StatusReasonUnsupportedMediaType,
		Message: "415: Unsupported Media Type",
	}}
}

// longestPatch is how many operations a JSON patch may have, as on a real server.
const longestPatch = 10000

// applyJSON applies a JSON patch step by step: with a few copies of what it has copied, a short one could ask for all memory.
func applyJSON(object []byte, patch jsonpatch.Patch) ([]byte, error) {
	if len(patch) > longestPatch {
		return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("The allowed maximum operations in a JSON patch is %d, got %d", longestPatch, len(patch)))
	}
	for _, operation := range patch {
		var err error
		if object, err = (jsonpatch.Patch{operation}).Apply(object); err != nil {
			return nil, apierrors.NewGenericServerResponse(http.StatusUnprocessableEntity, "", schema.GroupResource{}, "", err.Error(), 0, false)
		}
		if len(object) > bodyLimit {
			return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", bodyLimit))
		}
	}
	return object, nil
}

func mergeStrategically(original, patch []byte, zero store.Object) ([]byte, error) {
	patched, err := strategicpatch.StrategicMergePatch(original, patch, zero)
	switch {
	case err == nil:
		return patched, nil
	case mergepatch.IsPreconditionFailed(err):
		return nil, apierrors.NewBadRequest(err.Error())
	case strings.Contains(err.Error(), "merge key"):
		return nil, &apierrors.StatusError{ErrStatus: metav1.Status{ // not a good answer, but the real one
			Status: metav1.StatusFailure, Code: http.StatusInternalServerError, Message: err.Error(),
		}}
	}
	return nil, unpatchable(patch, err)
}

// unpatchable is the answer to a patch whose result is no object of the kind.
func unpatchable(patch []byte, err error) error {
	var value any
	if json.Unmarshal(patch, &value) != nil {
		value = string(patch)
	}
	return apierrors.NewInvalid(schema.GroupKind{}, "", field.ErrorList{
		field.Invalid(field.NewPath("patch"), fmt.Sprintf("%+v", value), err.Error()),
	})
}
