package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/ptr"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

func (s *Server) get(w http.ResponseWriter, r *http.Request, q request) error {
	object, err := s.store.Get(q.key())
	if err != nil {
		return err
	}
	return s.writeOne(w, r, q.resource, http.StatusOK, object)
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, q request) error {
	options, err := readListOptions(r, q)
	if err != nil {
		return err
	}
	objects, version, err := s.page(q, options)
	if err != nil {
		return err
	}
	after := ""
	if options.next != nil {
		after = options.next.Start
	}
	all := len(objects)
	objects = slices.DeleteFunc(objects, func(o store.Object) bool { return position(o) <= after || !options.matches(q.resource, o) })
	meta := metav1.ListMeta{ResourceVersion: strconv.FormatUint(version, 10)}
	if limit := int(options.Limit); limit > 0 && len(objects) > limit && all > 0 {
		if options.unfiltered() {
			meta.RemainingItemCount = ptr.To(int64(len(objects) - limit))
		}
		objects = objects[:limit]
		meta.Continue = cursor{Version: version, Start: position(objects[limit-1])}.String()
	}
	return s.writeList(w, r, q.resource, objects, meta)
}

// page is the objects in the scope of a request, at the version that it asks for.
func (s *Server) page(q request, options listOptions) ([]store.Object, uint64, error) {
	objects, current := s.store.List(q.resource.group(), q.namespace)
	if options.next != nil && options.next.Version > 0 {
		objects, err := s.rewind(objects, q, options.next.Version)
		if err != nil {
			return nil, 0, tooOldToContinue(options.next.Start)
		}
		return objects, options.next.Version, nil
	}
	if options.next != nil || options.version == 0 {
		return objects, current, nil
	}
	if options.version > current {
		return nil, 0, tooLarge(options.version, current)
	}
	if options.ResourceVersionMatch != metav1.ResourceVersionMatchExact {
		return objects, current, nil
	}
	objects, err := s.rewind(objects, q, options.version)
	return objects, options.version, err
}

// rewind is what a list was at an earlier version.
func (s *Server) rewind(objects []store.Object, q request, version uint64) ([]store.Object, error) {
	changes, _, err := s.store.Since(version)
	if err != nil {
		return nil, err
	}
	byKey := map[string]store.Object{}
	for _, object := range objects {
		byKey[position(object)] = object
	}
	for _, change := range slices.Backward(changes) {
		if change.Key.Resource != q.resource.group() || q.namespace != "" && change.Key.Namespace != q.namespace {
			continue
		}
		if change.Type == watch.Added {
			delete(byKey, position(change.Object))
		} else {
			byKey[position(change.Object)] = change.Before
		}
	}
	var keys []string
	for key := range byKey {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	objects = nil
	for _, key := range keys {
		objects = append(objects, byKey[key])
	}
	return objects, nil
}

// position orders objects as the store does: names cannot contain what comes before their first letter.
func position(object store.Object) string {
	return object.GetNamespace() + "/" + object.GetName()
}

// cursor is a continue token: where the next page of a list begins.
type cursor struct {
	Version uint64 `json:"rv"` // 0: the latest, inconsistent with the pages before
	Start   string `json:"start"`
}

func (c cursor) String() string {
	data, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("encode a number and a string: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func parseCursor(token string) (*cursor, error) {
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil || !strings.Contains(c.Start, "/") {
		return nil, apierrors.NewBadRequest("invalid continue token: continue key is not valid")
	}
	return &c, nil
}

// tooOldToContinue is 410 as a list says it: with a token to go on with all the same.
func tooOldToContinue(start string) error {
	err := apierrors.NewResourceExpired("The provided continue parameter is too old to display a consistent list result. " +
		"You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
		"Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted " +
		"between the time the first chunk was returned and now may show up in the list.")
	err.ErrStatus.Continue = cursor{Start: start}.String()
	return err
}

func tooLarge(version, current uint64) error {
	err := apierrors.NewTimeoutError(fmt.Sprintf("Too large resource version: %d, current: %d", version, current), 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}}
	return err
}
