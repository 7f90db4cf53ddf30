package api

import (
	"fmt"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// listOptions are those of a list, a watch or the deletion of a collection, read.
type listOptions struct {
	metav1.ListOptions
	version uint64 // 0: any
	labels  labels.Selector
	fields  fields.Selector
	next    *cursor
}

func readListOptions(r *http.Request, q request) (listOptions, error) {
	var o listOptions
	values := r.URL.Query()
	err := metav1.Convert_url_Values_To_v1_ListOptions(&values, &o.ListOptions, nil)
	if err != nil {
		return o, apierrors.NewBadRequest(err.Error())
	}
	if o.SendInitialEvents != nil {
		reason := "sendInitialEvents is forbidden for list"
		if q.verb == "watch" {
			reason = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"
		}
		return o, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "",
			field.ErrorList{field.Forbidden(field.NewPath("sendInitialEvents"), reason)})
	}
	if o.ResourceVersion != "" {
		if o.version, err = strconv.ParseUint(o.ResourceVersion, 10, 64); err != nil {
			invalid := field.Invalid(field.NewPath("resourceVersion"), o.ResourceVersion, err.Error())
			return o, apierrors.NewBadRequest("invalid resource version: " + invalid.Error())
		}
	}
	if o.labels, err = labels.Parse(o.LabelSelector); err != nil {
		return o, apierrors.NewBadRequest(err.Error())
	}
	if o.fields, err = fields.ParseSelector(o.FieldSelector); err != nil {
		return o, apierrors.NewBadRequest(err.Error())
	}
	if o.Continue != "" && q.verb == "list" {
		if o.next, err = parseCursor(o.Continue); err != nil {
			return o, err
		}
	}
	return o, o.checkFields(q.resource)
}

// checkFields refuses a selector for a field that cannot be selected by.
func (o *listOptions) checkFields(r *resource) error {
	known := fieldsFor(r, r.zero)
	for _, requirement := range o.fields.Requirements() {
		if known.Has(requirement.Field) {
			continue
		}
		if r.fields == nil {
			return apierrors.NewBadRequest(fmt.Sprintf(`%q is not a known field selector: only "metadata.name", "metadata.namespace"`, requirement.Field))
		}
		return apierrors.NewBadRequest("field label not supported: " + requirement.Field)
	}
	return nil
}

// fieldsFor is all that a field selector can ask of an object.
func fieldsFor(r *resource, object store.Object) fields.Set {
	set := fields.Set{}
	if r.fields != nil {
		set = r.fields(object)
	}
	set["metadata.name"] = object.GetName()
	if !r.cluster {
		set["metadata.namespace"] = object.GetNamespace()
	}
	return set
}

func (o *listOptions) unfiltered() bool { return o.labels.Empty() && o.fields.Empty() }

func (o *listOptions) matches(r *resource, object store.Object) bool {
	return o.labels.Matches(labels.Set(object.GetLabels())) && (o.fields.Empty() || o.fields.Matches(fieldsFor(r, object)))
}
