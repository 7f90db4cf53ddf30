package store_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

var pods = corev1.Resource("pods")

func pod(namespace, name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func key(namespace, name string) store.Key {
	return store.Key{Resource: pods, Namespace: namespace, Name: name}
}

func create(t *testing.T, s *store.Store, objects ...store.Object) {
	t.Helper()
	for _, object := range objects {
		if err := s.Create(pods, object); err != nil {
			t.Fatal(err)
		}
	}
}

func TestList(t *testing.T) {
	s := store.New(10)
	create(t, s, pod("b", "two"), pod("a", "z"), pod("b", "one"))
	for namespace, want := range map[string][]string{"": {"a/z", "b/one", "b/two"}, "b": {"b/one", "b/two"}, "c": nil} {
		objects, version := s.List(pods, namespace)
		var got []string
		for _, object := range objects {
			got = append(got, object.GetNamespace()+"/"+object.GetName())
		}
		if !slices.Equal(got, want) || version != 3 {
			t.Errorf("list of %q: %q at version %d, want %q at 3", namespace, got, version, want)
		}
	}
}

// TestUpdate changes a copy: what a reader holds stays as it was, and a change that fails leaves nothing behind.
func TestUpdate(t *testing.T) {
	s := store.New(10)
	create(t, s, pod("a", "one"))
	held, err := s.Get(key("a", "one"))
	if err != nil {
		t.Fatal(err)
	}
	label := func(o store.Object) error { o.SetLabels(map[string]string{"app": "web"}); return nil }
	updated, err := s.Update(key("a", "one"), label)
	if err != nil {
		t.Fatal(err)
	}
	if len(held.GetLabels()) != 0 || held.GetResourceVersion() != "1" {
		t.Errorf("a reader's object has changed: labels %v, version %s", held.GetLabels(), held.GetResourceVersion())
	}
	if updated.GetResourceVersion() != "2" || updated.GetLabels()["app"] != "web" {
		t.Errorf("updated: %v", updated)
	}
	refusal := apierrors.NewConflict(pods, "one", nil)
	if _, err := s.Update(key("a", "one"), func(o store.Object) error { o.SetLabels(nil); return refusal }); !apierrors.IsConflict(err) {
		t.Errorf("error %v, want the change's own", err)
	}
	if now, _ := s.Get(key("a", "one")); now.GetLabels()["app"] != "web" || s.Version() != 2 {
		t.Errorf("a refused change was stored: %v at version %d", now, s.Version())
	}
}

// TestReplace stores a changed copy of what is there, and not one of what was.
func TestReplace(t *testing.T) {
	s := store.New(10)
	create(t, s, pod("a", "one"))
	held, err := s.Get(key("a", "one"))
	if err != nil {
		t.Fatal(err)
	}
	first, second := held.DeepCopyObject().(store.Object), held.DeepCopyObject().(store.Object)
	first.SetLabels(map[string]string{"app": "web"})
	if err := s.Replace(key("a", "one"), first); err != nil || first.GetResourceVersion() != "2" {
		t.Errorf("%v, version %s", err, first.GetResourceVersion())
	}
	if err := s.Replace(key("a", "one"), second); !apierrors.IsConflict(err) {
		t.Errorf("a copy of an earlier version: %v, want a conflict", err)
	}
	if err := s.Replace(key("a", "two"), second); !apierrors.IsNotFound(err) {
		t.Errorf("a copy of nothing: %v", err)
	}
	changes, _, err := s.Since(1)
	if err != nil || len(changes) != 1 || changes[0].Type != watch.Modified || changes[0].Before != held || changes[0].Object != first {
		t.Errorf("the changes are %v, %v", changes, err)
	}
}

func TestErrors(t *testing.T) {
	s := store.New(10)
	create(t, s, pod("a", "one"))
	if err := s.Create(pods, pod("a", "one")); !apierrors.IsAlreadyExists(err) {
		t.Errorf("create twice: %v", err)
	}
	if err := s.Delete(key("a", "none"), ""); !apierrors.IsNotFound(err) {
		t.Errorf("delete what is not there: %v", err)
	}
	if _, err := s.Get(key("b", "one")); !apierrors.IsNotFound(err) {
		t.Errorf("get from another namespace: %v", err)
	}
	if _, err := s.Update(key("a", "none"), func(store.Object) error { return nil }); !apierrors.IsNotFound(err) {
		t.Errorf("update what is not there: %v", err)
	}
}

// TestSince tells each change once and in order, with what was before, and says 410 when it has forgotten some.
func TestSince(t *testing.T) {
	s := store.New(3)
	create(t, s, pod("a", "one"))
	changes, next, err := s.Since(s.Version())
	if err != nil || len(changes) != 0 {
		t.Fatalf("changes since now: %v, %v", changes, err)
	}
	if _, err := s.Update(key("a", "one"), func(store.Object) error { return nil }); err != nil {
		t.Fatal(err)
	}
	<-next
	if err := s.Delete(key("a", "one"), "2"); err != nil {
		t.Fatal(err)
	}
	changes, _, err = s.Since(1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprint(c.Type, c.Version, c.Object.GetResourceVersion(), c.Before.GetResourceVersion()))
	}
	want := []string{fmt.Sprint(watch.Modified, 2, "2", "1"), fmt.Sprint(watch.Deleted, 3, "3", "2")}
	if !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}

	create(t, s, pod("a", "two"), pod("a", "three"))
	if _, _, err := s.Since(1); !apierrors.IsResourceExpired(err) {
		t.Errorf("since a forgotten version: %v, want Expired", err)
	}
	if changes, _, err := s.Since(math.MaxUint64); err != nil || len(changes) != 0 {
		t.Errorf("since a version that is not yet: %d changes, %v", len(changes), err)
	}
	if err := s.Delete(key("a", "two"), "2"); !apierrors.IsConflict(err) {
		t.Errorf("delete another version: %v, want a conflict", err)
	}
	if changes, _, err := s.Since(2); err != nil || len(changes) != 3 {
		t.Errorf("since the oldest known version: %d changes, %v, want 3", len(changes), err)
	}
}

// TestConcurrent follows the store while many write: nothing is missed, nothing comes twice.
func TestConcurrent(t *testing.T) {
	const writers, each = 8, 50
	s := store.New(writers * each)
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				if err := s.Create(pods, pod("a", fmt.Sprintf("%d-%d", w, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for version := uint64(0); version < writers*each; {
		changes, next, err := s.Since(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if version++; c.Version != version {
				t.Fatalf("version %d where %d was next", c.Version, version)
			}
		}
		if version < writers*each {
			<-next
		}
	}
	writing.Wait()
}
