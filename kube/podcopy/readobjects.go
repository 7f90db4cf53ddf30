package podcopy

import (
	"cmp"
	"context"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/rest"
	"k8s.io/component-helpers/resource"

	"github.com/dayfly-k8s/dayfly/kube"
)

// get asks for something of a kind by its name, in the pod's namespace or, of nodes, in none.
func (r *reader) get(resource, name string) *rest.Request {
	request := r.cluster.Core().Get().MaxRetries(kube.NoRetries).Resource(resource).Name(name)
	if resource != "nodes" {
		request.Namespace(r.pod.Namespace)
	}
	return request
}

// claimsOf are the names of the PersistentVolumeClaims in the volumes of a pod, each once. Those that are made for each pod anew are not among them.
func claimsOf(spec *corev1.PodSpec) []string {
	var names []string
	for i := range spec.Volumes {
		if claim := spec.Volumes[i].PersistentVolumeClaim; claim != nil && claim.ClaimName != "" && !slices.Contains(names, claim.ClaimName) {
			names = append(names, claim.ClaimName)
		}
	}
	return names
}

func (r *reader) claim(ctx context.Context, name string) {
	var object corev1.PersistentVolumeClaim
	err := r.get("persistentvolumeclaims", name).Do(ctx).Into(&object)
	found := Claim{
		Missing: kube.IsNotFound(err), Deleted: object.DeletionTimestamp != nil, Lost: object.Status.Phase == corev1.ClaimLost,
		Volume: kube.Sanitize(object.Spec.VolumeName), Modes: object.Status.AccessModes,
	}
	if len(found.Modes) == 0 { // not bound yet
		found.Modes = object.Spec.AccessModes
	}
	if err != nil && !found.Missing {
		r.unread(kindClaims)
		return
	}
	r.put(func(e *Environment) {
		if e.Claims == nil {
			e.Claims = map[string]Claim{}
		}
		e.Claims[name] = found
	})
}

// accountOf is the service account of a pod; one that names none gets this one by the API server.
func accountOf(spec *corev1.PodSpec) string { return cmp.Or(spec.ServiceAccountName, "default") }

// isMissing reports whether there is no object of a name. Of a resource that a server does not have, it names none.
func isMissing(err error) bool {
	var status apierrors.APIStatus
	return kube.IsNotFound(err) && errors.As(err, &status) && status.Status().Details != nil && status.Status().Details.Name != ""
}

func (r *reader) account(ctx context.Context) {
	switch err := r.get("serviceaccounts", accountOf(&r.pod.Spec)).Do(ctx).Error(); {
	case isMissing(err):
		r.put(func(e *Environment) { e.NoServiceAccount = true })
	case kube.IsNotFound(err): // a server without that resource
	case err != nil:
		r.unread(kindAccounts)
	}
}

// node reads a node, and then what is requested on it.
func (r *reader) node(ctx context.Context, name string) {
	var object corev1.Node
	err := r.get("nodes", name).Do(ctx).Into(&object)
	if err != nil && !kube.IsNotFound(err) {
		r.unread(kindNodes)
		return
	}
	found := &Node{
		Node: *kube.NodeOf(&object), Missing: err != nil,
		Cordoned: object.Spec.Unschedulable, Taints: object.Spec.Taints, Allocatable: object.Status.Allocatable,
	}
	found.Name = kube.Sanitize(name)
	if !found.Missing {
		r.requested(ctx, name, found)
	}
	r.put(func(e *Environment) { e.Node = found })
}

// requested adds up what the pods on a node request.
func (r *reader) requested(ctx context.Context, name string, node *Node) {
	unended := fields.AndSelectors(
		fields.OneTermEqualSelector("spec.nodeName", name),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed)),
	).String()
	node.Requested = corev1.ResourceList{}
	for next := ""; ; {
		request := r.cluster.Core().Get().MaxRetries(kube.NoRetries).Resource("pods").Param("fieldSelector", unended).Param("limit", pageSize)
		if next != "" {
			request.Param("continue", next)
		}
		var page corev1.PodList
		if request.Do(ctx).Into(&page) != nil {
			node.Requested, node.Pods = nil, 0
			r.unread(kindPods)
			return
		}
		for i := range page.Items {
			node.Pods++
			for name, q := range resource.PodRequests(&page.Items[i], resource.PodResourcesOptions{UseStatusResources: true}) {
				sum := node.Requested[name]
				sum.Add(q)
				node.Requested[name] = sum
			}
		}
		if next = page.Continue; next == "" {
			break
		}
		if node.Pods >= mostItems { // what is left can only add to it
			r.incomplete(kindPods)
			break
		}
	}
	node.Counted = true
}
