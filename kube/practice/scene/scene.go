// Package scene reads what a practice cluster begins with: ordinary Kubernetes manifests, and beside them two files of its
// own, the images that there are ([Images]) and how old things are.
package scene

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// The files that are no manifests.
const (
	imagesFile = "practice-images.yaml"
	agesFile   = "practice-ages.yaml"
)

// Scene is what a cluster begins with.
type Scene struct {
	Items  []Item // namespaces first, otherwise in the order of files and documents
	Images *Images
}

// Item is one object, and when it is made.
type Item struct {
	Resource schema.GroupResource
	Object   store.Object
	Age      time.Duration // how long before now
}

// Load reads all *.yaml files of a folder. Unknown fields and kinds are mistakes; an error names file and document.
func Load(files fs.FS) (*Scene, error) {
	paths, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("find manifests: %w", err)
	}
	scene := &Scene{Images: &Images{Nixery: &Nixery{}}}
	ages := map[string]metav1.Duration{}
	var namespaces, others []Item
	for _, path := range paths {
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, fmt.Errorf("read manifests: %w", err)
		}
		switch path {
		case imagesFile:
			if scene.Images, err = readImages(text); err != nil {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
			continue
		case agesFile:
			if err := yaml.UnmarshalStrict(text, &ages); err != nil {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
			continue
		}
		items, err := readManifest(path, text)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			if item.Resource == corev1.Resource("namespaces") {
				namespaces = append(namespaces, item)
			} else {
				others = append(others, item)
			}
		}
	}
	scene.Items = slices.Concat(namespaces, others, accounts(namespaces))
	return scene, scene.setAges(ages)
}

// accounts are the service accounts that Kubernetes makes in every namespace.
func accounts(namespaces []Item) []Item {
	items := make([]Item, len(namespaces))
	for i, n := range namespaces {
		items[i] = Item{Resource: corev1.Resource("serviceaccounts"), Object: &corev1.ServiceAccount{
			ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: n.Object.GetName()},
		}}
	}
	return items
}

// setAges gives each item its age: its own, else that of its namespace, else that of "everything".
func (s *Scene) setAges(ages map[string]metav1.Duration) error {
	unused := map[string]bool{}
	for name := range ages {
		unused[name] = name != "everything"
	}
	for i, item := range s.Items {
		namespace, name := item.Object.GetNamespace(), item.Object.GetName()
		s.Items[i].Age = ages["everything"].Duration
		for _, key := range []string{namespace, namespace + "/" + name} {
			if age, ok := ages[key]; ok {
				s.Items[i].Age, unused[key] = age.Duration, false
			}
		}
	}
	for name, is := range unused {
		if is {
			return fmt.Errorf("read %s: there is no %q", agesFile, name)
		}
	}
	return nil
}

func readManifest(path string, text []byte) (items []Item, err error) {
	for i, document := range bytes.Split(text, []byte("\n---\n")) {
		item, err := readDocument(document)
		if err != nil {
			return nil, fmt.Errorf("read %s, document %d: %w", path, i+1, err)
		}
		items = append(items, item)
	}
	return items, nil
}

func readDocument(text []byte) (Item, error) {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(text, &kind); err != nil {
		return Item{}, fmt.Errorf("find its kind: %w", err)
	}
	item, ok := newItem(kind)
	if !ok {
		return Item{}, fmt.Errorf("the practice cluster has no %q of apiVersion %q", kind.Kind, kind.APIVersion)
	}
	if err := yaml.UnmarshalStrict(text, item.Object); err != nil {
		return Item{}, fmt.Errorf("decode a %s: %w", kind.Kind, err)
	}
	if item.Object.GetName() == "" {
		return Item{}, fmt.Errorf("a %s without a name", kind.Kind)
	}
	return item, nil
}

// newItem is an empty object of a kind. To let manifests have another kind, add it here.
func newItem(kind metav1.TypeMeta) (Item, bool) {
	switch kind.GroupVersionKind() {
	case corev1.SchemeGroupVersion.WithKind("Namespace"):
		return Item{Resource: corev1.Resource("namespaces"), Object: &corev1.Namespace{}}, true
	case corev1.SchemeGroupVersion.WithKind("Node"):
		return Item{Resource: corev1.Resource("nodes"), Object: &corev1.Node{}}, true
	case corev1.SchemeGroupVersion.WithKind("PersistentVolumeClaim"):
		return Item{Resource: corev1.Resource("persistentvolumeclaims"), Object: &corev1.PersistentVolumeClaim{}}, true
	case corev1.SchemeGroupVersion.WithKind("Service"):
		return Item{Resource: corev1.Resource("services"), Object: &corev1.Service{}}, true
	case networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy"):
		return Item{Resource: networkingv1.Resource("networkpolicies"), Object: &networkingv1.NetworkPolicy{}}, true
	case policyv1.SchemeGroupVersion.WithKind("PodDisruptionBudget"):
		return Item{Resource: policyv1.Resource("poddisruptionbudgets"), Object: &policyv1.PodDisruptionBudget{}}, true
	case corev1.SchemeGroupVersion.WithKind("Pod"):
		return Item{Resource: corev1.Resource("pods"), Object: &corev1.Pod{}}, true
	case appsv1.SchemeGroupVersion.WithKind("Deployment"):
		return Item{Resource: appsv1.Resource("deployments"), Object: &appsv1.Deployment{}}, true
	case appsv1.SchemeGroupVersion.WithKind("ReplicaSet"):
		return Item{Resource: appsv1.Resource("replicasets"), Object: &appsv1.ReplicaSet{}}, true
	case batchv1.SchemeGroupVersion.WithKind("Job"):
		return Item{Resource: batchv1.Resource("jobs"), Object: &batchv1.Job{}}, true
	case rbacv1.SchemeGroupVersion.WithKind("ClusterRole"):
		return Item{Resource: rbacv1.Resource("clusterroles"), Object: &rbacv1.ClusterRole{}}, true
	case rbacv1.SchemeGroupVersion.WithKind("ClusterRoleBinding"):
		return Item{Resource: rbacv1.Resource("clusterrolebindings"), Object: &rbacv1.ClusterRoleBinding{}}, true
	case rbacv1.SchemeGroupVersion.WithKind("Role"):
		return Item{Resource: rbacv1.Resource("roles"), Object: &rbacv1.Role{}}, true
	case rbacv1.SchemeGroupVersion.WithKind("RoleBinding"):
		return Item{Resource: rbacv1.Resource("rolebindings"), Object: &rbacv1.RoleBinding{}}, true
	}
	return Item{}, false
}
