package api

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/munnerz/goautoneg"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// codec reads and writes objects as JSON, YAML and protobuf.
type codec struct {
	scheme *runtime.Scheme
	types  []runtime.SerializerInfo
}

func newCodec() (*codec, error) {
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	return &codec{scheme: scheme, types: serializer.NewCodecFactory(scheme).SupportedMediaTypes()}, nil
}

// newScheme knows the types of the resources, and of the reviews. The scheme of client-go would know all of Kubernetes,
// and take milliseconds to learn it.
func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	add := runtime.NewSchemeBuilder(corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, coordinationv1.AddToScheme,
		discoveryv1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme, rbacv1.AddToScheme, addReviews, metav1.AddMetaToScheme)
	return scheme, add.AddToScheme(scheme)
}

func addReviews(scheme *runtime.Scheme) error {
	add := runtime.NewSchemeBuilder(authorizationv1.AddToScheme, authenticationv1.AddToScheme)
	return add.AddToScheme(scheme)
}

// form is how a client wants to have an answer.
type form struct {
	info runtime.SerializerInfo
	as   string // Table, PartialObjectMetadata or PartialObjectMetadataList; "": the object itself
}

// form finds the first of the forms a client accepts that there is.
func (c *codec) form(r *http.Request) (form, error) {
	header := r.Header.Get("Accept")
	if header == "" {
		return form{info: c.types[0]}, nil
	}
	for _, clause := range goautoneg.ParseAccept(header) {
		info, ok := c.accepted(clause)
		if !ok {
			continue
		}
		as := clause.Params["as"]
		if as != "" && (clause.Params["g"] != metav1.GroupName || clause.Params["v"] != "v1") {
			continue
		}
		switch as {
		case "Table":
			if info.MediaType == runtime.ContentTypeProtobuf {
				continue // as in the real server: its cells are JSON
			}
			return form{info, as}, nil
		case "", "PartialObjectMetadata", "PartialObjectMetadataList":
			return form{info, as}, nil
		}
	}
	return form{info: c.types[0]}, notAcceptable("only the following media types are accepted: " + c.names())
}

func notAcceptable(message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotAcceptable, Reason: metav1.StatusReasonNotAcceptable, Message: message,
	}}
}

func (c *codec) accepted(clause goautoneg.Accept) (runtime.SerializerInfo, bool) {
	for _, info := range c.types {
		if clause.Type == "*" || clause.Type == info.MediaTypeType && (clause.SubType == "*" || clause.SubType == info.MediaTypeSubType) {
			return info, true
		}
	}
	return runtime.SerializerInfo{}, false
}

func (c *codec) names() string {
	var names []string
	for _, info := range c.types {
		names = append(names, info.MediaType)
	}
	return strings.Join(names, ", ")
}

// stamped is an object that says what it is. Stored objects do not, and are shared: they are copied, though not deeply.
func (c *codec) stamped(object runtime.Object) runtime.Object {
	kinds, _, err := c.scheme.ObjectKinds(object)
	if err != nil || object.GetObjectKind().GroupVersionKind() == kinds[0] {
		return object
	}
	stamped := shallow(object)
	stamped.GetObjectKind().SetGroupVersionKind(canonical(kinds))
	return stamped
}

// canonical chooses among the versions under which a type of apimachinery is known.
func canonical(kinds []schema.GroupVersionKind) schema.GroupVersionKind {
	for _, kind := range kinds {
		if kind.Group == metav1.GroupName && kind.Version == "v1" {
			return kind
		}
	}
	return kinds[0]
}

func (c *codec) content(r *http.Request) (runtime.SerializerInfo, error) {
	header := r.Header.Get("Content-Type")
	if header == "" {
		return c.types[0], nil
	}
	media, _, err := mime.ParseMediaType(header)
	if err == nil {
		for _, info := range c.types {
			if info.MediaType == media {
				return info, nil
			}
		}
	}
	return runtime.SerializerInfo{}, unsupported(c.names())
}

func unsupported(names string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusUnsupportedMediaType, Reason: metav1.StatusReasonUnsupportedMediaType,
		Message: "the body of the request was in an unknown format - accepted media types include: " + names,
	}}
}

// parse reads an object. Fields that the kind does not have are refused, warned of or ignored, as validation says.
func (c *codec) parse(w http.ResponseWriter, data []byte, info runtime.SerializerInfo, kind schema.GroupVersionKind, validation string) (runtime.Object, error) {
	reader := info.Serializer
	if info.StrictSerializer != nil && validation != metav1.FieldValidationIgnore {
		reader = info.StrictSerializer
	}
	object, actual, err := reader.Decode(data, &kind, nil)
	if strict, ok := runtime.AsStrictDecodingError(err); ok && object != nil && validation != metav1.FieldValidationStrict {
		for _, e := range strict.Errors() {
			warn(w, e.Error())
		}
		err = nil
	}
	switch {
	case err != nil && actual != nil && actual.Kind != "":
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", actual.Kind, actual.GroupVersion(), kind.Kind, err))
	case err != nil:
		return nil, apierrors.NewBadRequest(fmt.Sprintf("the object provided is unrecognized (must be of type %s): %v", kind.Kind, err))
	case actual.GroupKind() != kind.GroupKind() && actual.Kind != kind.Kind:
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: converting (%s) to (%s): unknown conversion",
			actual.Kind, actual.GroupVersion(), kind.Kind, actual, kind))
	}
	return object, nil
}

// warn sends warnings that kubectl prints. It must be called before the answer is written.
func warn(w http.ResponseWriter, warnings ...string) {
	for _, warning := range warnings {
		w.Header().Add("Warning", fmt.Sprintf("299 - %q", warning))
	}
}
