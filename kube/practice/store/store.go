// Package store holds the objects of the practice cluster as etcd and the watch cache hold those of a real one: each
// change has a resource version of its own, and watches replay the changes since one, or say that it is too old.
//
// The trackers of k8s.io/client-go/testing were not taken: they know no resource versions, so that neither a watch from
// a list's version nor 410 Gone can be had from them.
package store

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
)

// Object is any API object. One that is in the store is never changed: writers store a changed copy.
type Object interface {
	runtime.Object
	metav1.Object
}

// Key finds an object. A namespace of "" is that of objects without one, or in a query all namespaces.
type Key struct {
	Resource        schema.GroupResource
	Namespace, Name string
}

// Change is one step in the history of the store.
type Change struct {
	Type    watch.EventType // Added, Modified or Deleted
	Key     Key
	Object  Object // as it is now; for Deleted, as it last was, with the version of the deletion
	Before  Object // as it was; nil for Added
	Version uint64
}

// Store is safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	objects map[Key]Object
	version uint64
	history []Change
	keep    int
	changed chan struct{} // closed and made anew at each change
}

// New is an empty store that remembers the last keep changes for watches.
func New(keep int) *Store {
	return &Store{objects: map[Key]Object{}, keep: keep, changed: make(chan struct{})}
}

// Version is the resource version of the latest change.
func (s *Store) Version() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// Get is an object, or a NotFound.
func (s *Store) Get(key Key) (Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, ok := s.objects[key]
	if !ok {
		return nil, apierrors.NewNotFound(key.Resource, key.Name)
	}
	return object, nil
}

// List is the objects of a resource in a namespace or in all, ordered by namespace and name, and the version of the list.
func (s *Store) List(resource schema.GroupResource, namespace string) (objects []Object, version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, object := range s.objects {
		if key.Resource == resource && (namespace == "" || key.Namespace == namespace) {
			objects = append(objects, object)
		}
	}
	slices.SortFunc(objects, func(a, b Object) int {
		return cmp.Or(strings.Compare(a.GetNamespace(), b.GetNamespace()), strings.Compare(a.GetName(), b.GetName()))
	})
	return objects, s.version
}

// Create stores a new object, or says AlreadyExists. It gives the object its resource version; everything else that a new
// object needs (UID, creation time) is the caller's to set. The store keeps the object: the caller must not change it any more.
func (s *Store) Create(resource schema.GroupResource, object Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := Key{resource, object.GetNamespace(), object.GetName()}
	if _, ok := s.objects[key]; ok {
		return apierrors.NewAlreadyExists(resource, key.Name)
	}
	s.put(Change{Type: watch.Added, Key: key, Object: object})
	return nil
}

// Update changes an object: change gets a copy to alter, or returns an error, which is returned as it is. The result is
// the object as stored. When the copy comes back equal in version only, it is stored all the same. Update holds the
// store's lock while change runs: it must be quick and must not call the store.
func (s *Store) Update(key Key, change func(Object) error) (Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.objects[key]
	if !ok {
		return nil, apierrors.NewNotFound(key.Resource, key.Name)
	}
	object := before.DeepCopyObject().(Object) //nolint:forcetypeassert // the copy of an Object is one
	if err := change(object); err != nil {
		return nil, err
	}
	s.put(Change{Type: watch.Modified, Key: key, Object: object, Before: before})
	return object, nil
}

// Replace stores a changed copy of an object in its place. The copy's version is the one that it was made from: a Conflict says that the object was
// written since. The store keeps the copy, as Create does.
func (s *Store) Replace(key Key, object Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.objects[key]
	if !ok {
		return apierrors.NewNotFound(key.Resource, key.Name)
	}
	if object.GetResourceVersion() != before.GetResourceVersion() {
		return meanwhile(key)
	}
	s.put(Change{Type: watch.Modified, Key: key, Object: object, Before: before})
	return nil
}

func meanwhile(key Key) error {
	return apierrors.NewConflict(key.Resource, key.Name, errors.New("it has been written meanwhile"))
}

// Delete takes an object away, unless its version is another than the one given; that is a Conflict. "" is any.
func (s *Store) Delete(key Key, version string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.objects[key]
	if !ok {
		return apierrors.NewNotFound(key.Resource, key.Name)
	}
	if version != "" && version != before.GetResourceVersion() {
		return meanwhile(key)
	}
	object := before.DeepCopyObject().(Object) //nolint:forcetypeassert // see Update
	s.put(Change{Type: watch.Deleted, Key: key, Object: object, Before: before})
	return nil
}

func (s *Store) put(change Change) {
	s.version++
	change.Version = s.version
	change.Object.SetResourceVersion(strconv.FormatUint(s.version, 10))
	if change.Type == watch.Deleted {
		delete(s.objects, change.Key)
	} else {
		s.objects[change.Key] = change.Object
	}
	s.history = append(s.history, change)
	if len(s.history) > 2*s.keep {
		s.history = slices.Clone(s.history[len(s.history)-s.keep:])
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Since is the changes after a version, and a channel that is closed at the next one. A version whose successors are
// forgotten is Expired (410), one that is not yet is taken as the latest.
func (s *Store) Since(version uint64) (changes []Change, next <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	version = min(version, s.version)
	kept := s.history[max(0, len(s.history)-s.keep):]
	if oldest := s.version - uint64(len(kept)); version < oldest {
		return nil, nil, apierrors.NewResourceExpired("too old resource version: " +
			strconv.FormatUint(version, 10) + " (" + strconv.FormatUint(oldest, 10) + ")")
	}
	first, _ := slices.BinarySearchFunc(kept, version+1, func(c Change, v uint64) int { return cmp.Compare(c.Version, v) })
	return slices.Clone(kept[first:]), s.changed, nil
}
