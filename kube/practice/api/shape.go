package api

import (
	"fmt"
	"net/http"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// shape turns stored objects into what a client wants to see of them.
type shape struct {
	form     form
	codec    *codec
	resource *resource
	include  metav1.IncludeObjectPolicy
	clock    func() time.Time
}

func (s *Server) shape(r *http.Request, resource *resource) (shape, error) {
	form, err := s.codec.form(r)
	if err != nil {
		return shape{}, err
	}
	include := metav1.IncludeObjectPolicy(r.URL.Query().Get("includeObject"))
	switch include {
	case "":
		include = metav1.IncludeMetadata
	case metav1.IncludeNone, metav1.IncludeMetadata, metav1.IncludeObject:
	default:
		return shape{}, apierrors.NewBadRequest(fmt.Sprintf("unrecognized includeObject value: %q", include))
	}
	return shape{form: form, codec: s.codec, resource: resource, include: include, clock: s.clock.Now}, nil
}

// writeOne answers with one object in the shape that the client wants.
func (s *Server) writeOne(w http.ResponseWriter, r *http.Request, resource *resource, code int, object store.Object) error {
	shape, err := s.shape(r, resource)
	if err != nil {
		return err
	}
	s.write(w, r, code, shape.one(object))
	return nil
}

func (s *Server) writeList(w http.ResponseWriter, r *http.Request, resource *resource, objects []store.Object, meta metav1.ListMeta) error {
	shape, err := s.shape(r, resource)
	if err != nil {
		return err
	}
	list, err := shape.list(objects, meta)
	if err != nil {
		return apierrors.NewInternalError(err)
	}
	s.write(w, r, http.StatusOK, list)
	return nil
}

// one is the shape of one object: a get or an event of a watch.
func (x shape) one(object store.Object) runtime.Object {
	switch x.form.as {
	case "Table":
		return x.table([]store.Object{object}, metav1.ListMeta{ResourceVersion: object.GetResourceVersion()})
	case "PartialObjectMetadata":
		return partial(object)
	}
	return object
}

// list is the shape of many.
func (x shape) list(objects []store.Object, meta metav1.ListMeta) (runtime.Object, error) {
	switch x.form.as {
	case "Table":
		return x.table(objects, meta), nil
	case "PartialObjectMetadataList":
		list := &metav1.PartialObjectMetadataList{ListMeta: meta, Items: make([]metav1.PartialObjectMetadata, 0, len(objects))}
		for _, object := range objects {
			list.Items = append(list.Items, *partial(object))
		}
		return list, nil
	}
	list, err := x.codec.scheme.New(x.resource.version.WithKind(x.resource.kind + "List"))
	if err != nil {
		return nil, err
	}
	value := reflect.ValueOf(list).Elem()
	items := value.FieldByName("Items")
	items.Set(reflect.MakeSlice(items.Type(), 0, len(objects)))
	for _, object := range objects {
		items.Set(reflect.Append(items, reflect.ValueOf(object).Elem()))
	}
	value.FieldByName("ListMeta").Set(reflect.ValueOf(meta))
	return list, nil
}

func (x shape) table(objects []store.Object, meta metav1.ListMeta) *metav1.Table {
	table := &metav1.Table{ListMeta: meta, ColumnDefinitions: x.resource.columns, Rows: make([]metav1.TableRow, 0, len(objects))}
	now := x.clock()
	for _, object := range objects {
		row := metav1.TableRow{Cells: x.resource.cells(object, now)}
		if pod, ok := object.(*corev1.Pod); ok {
			row.Conditions = rowConditions(pod.Status.Phase)
		}
		switch x.include {
		case metav1.IncludeObject:
			row.Object.Object = x.codec.stamped(object)
		case metav1.IncludeMetadata:
			row.Object.Object = partial(object)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// partial is the metadata of an object.
func partial(object store.Object) *metav1.PartialObjectMetadata {
	partial := &metav1.PartialObjectMetadata{
		TypeMeta: metav1.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: metav1.SchemeGroupVersion.String()},
	}
	meta := reflect.ValueOf(object).Elem().FieldByName("ObjectMeta")
	reflect.ValueOf(&partial.ObjectMeta).Elem().Set(meta)
	return partial
}
