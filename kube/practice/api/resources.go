package api

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

// Pods is the resource under which pods are in the store.
func Pods() schema.GroupResource { return schema.GroupResource{Resource: "pods"} }

// Events is the resource under which events are in the store.
func Events() schema.GroupResource { return schema.GroupResource{Resource: "events"} }

// Nodes is the resource under which nodes are in the store.
func Nodes() schema.GroupResource { return schema.GroupResource{Resource: "nodes"} }

// Namespaces is the resource under which namespaces are in the store.
func Namespaces() schema.GroupResource { return schema.GroupResource{Resource: "namespaces"} }

// Jobs is the resource under which Jobs are in the store.
func Jobs() schema.GroupResource { return batchv1.Resource("jobs") }

// resource is all that the server knows of one: discovery, lists and tables are made from it.
type resource struct {
	name, singular, kind string
	version              schema.GroupVersion
	short                []string
	inAll                bool // kubectl get all shows it
	cluster              bool // its objects have no namespace
	writes               []string
	subresources         []subresource
	zero                 store.Object
	fields               func(store.Object) fields.Set // what a field selector may ask for, metadata apart
	columns              []metav1.TableColumnDefinition
	cells                func(object store.Object, now time.Time) []any
}

type subresource struct {
	name    string
	version schema.GroupVersion // of kind, where it is another than the resource's
	kind    string
	verbs   []string
}

func (r *resource) group() schema.GroupResource {
	return schema.GroupResource{Group: r.version.Group, Resource: r.name}
}

func (r *resource) gvk() schema.GroupVersionKind { return r.version.WithKind(r.kind) }

// verbs are those of the resource itself, in the order in which the real server lists them.
func (r *resource) verbs() []string {
	verbs := slices.Concat([]string{"get", "list", "watch"}, r.writes)
	slices.Sort(verbs)
	return verbs
}

// writes are all verbs that change something.
func writes() []string { return []string{"create", "delete", "deletecollection", "patch", "update"} }

// resources is the table of everything that is served from the store.
func resources() []*resource {
	return slices.Concat(coreResources(), workloadResources(), sharedResources(), accessResources())
}

// coreResources are those of the group without a name.
func coreResources() []*resource {
	core := corev1.SchemeGroupVersion
	return []*resource{
		{
			name: "configmaps", singular: "configmap", kind: "ConfigMap", version: core, short: []string{"cm"},
			zero: &corev1.ConfigMap{}, columns: configMapColumns(), cells: cellsOf(configMapCells),
		},
		{
			name: "events", singular: "event", kind: "Event", version: core, short: []string{"ev"}, writes: []string{"create"},
			zero: &corev1.Event{}, fields: fieldsOf(eventFields), columns: eventColumns(), cells: cellsOf(eventCells),
		},
		{
			name: "limitranges", singular: "limitrange", kind: "LimitRange", version: core, short: []string{"limits"},
			zero: &corev1.LimitRange{}, columns: createdColumns(), cells: cellsOf(createdCells[*corev1.LimitRange]),
		},
		{
			name: "namespaces", singular: "namespace", kind: "Namespace", version: core, short: []string{"ns"}, cluster: true,
			zero: &corev1.Namespace{}, fields: fieldsOf(namespaceFields), columns: namespaceColumns(), cells: cellsOf(namespaceCells),
		},
		{
			name: "nodes", singular: "node", kind: "Node", version: core, short: []string{"no"}, cluster: true,
			zero: &corev1.Node{}, fields: fieldsOf(nodeFields), columns: nodeColumns(), cells: cellsOf(nodeCells),
		},
		{
			name: "pods", singular: "pod", kind: "Pod", version: core, short: []string{"po"}, inAll: true,
			writes: writes(), subresources: podSubresources(),
			zero: &corev1.Pod{}, fields: fieldsOf(podFields), columns: podColumns(), cells: cellsOf(podCells),
		},
		{
			name: "resourcequotas", singular: "resourcequota", kind: "ResourceQuota", version: core, short: []string{"quota"},
			zero: &corev1.ResourceQuota{}, columns: createdColumns(), cells: cellsOf(createdCells[*corev1.ResourceQuota]),
		},
		{
			name: "serviceaccounts", singular: "serviceaccount", kind: "ServiceAccount", version: core, short: []string{"sa"},
			zero: &corev1.ServiceAccount{}, columns: serviceAccountColumns(), cells: cellsOf(serviceAccountCells),
		},
		{
			name: "services", singular: "service", kind: "Service", version: core, short: []string{"svc"}, inAll: true,
			zero: &corev1.Service{}, columns: serviceColumns(), cells: cellsOf(serviceCells),
		},
	}
}

// workloadResources make pods, or are how their makers agree on who works.
func workloadResources() []*resource {
	apps := appsv1.SchemeGroupVersion
	return []*resource{
		{
			name: "daemonsets", singular: "daemonset", kind: "DaemonSet", version: apps, short: []string{"ds"}, inAll: true,
			zero: &appsv1.DaemonSet{}, columns: daemonSetColumns(), cells: cellsOf(daemonSetCells),
		},
		{
			name: "deployments", singular: "deployment", kind: "Deployment", version: apps, short: []string{"deploy"}, inAll: true,
			zero: &appsv1.Deployment{}, columns: deploymentColumns(), cells: cellsOf(deploymentCells),
		},
		{
			name: "replicasets", singular: "replicaset", kind: "ReplicaSet", version: apps, short: []string{"rs"}, inAll: true,
			zero: &appsv1.ReplicaSet{}, columns: replicaSetColumns(), cells: cellsOf(replicaSetCells),
		},
		{
			name: "replicationcontrollers", singular: "replicationcontroller", kind: "ReplicationController", version: corev1.SchemeGroupVersion,
			short: []string{"rc"}, inAll: true,
			zero: &corev1.ReplicationController{}, columns: createdColumns(), cells: cellsOf(createdCells[*corev1.ReplicationController]),
		},
		{
			name: "statefulsets", singular: "statefulset", kind: "StatefulSet", version: apps, short: []string{"sts"}, inAll: true,
			zero: &appsv1.StatefulSet{}, columns: statefulSetColumns(), cells: cellsOf(statefulSetCells),
		},
		{
			name: "jobs", singular: "job", kind: "Job", version: batchv1.SchemeGroupVersion, inAll: true, writes: writes(),
			zero: &batchv1.Job{}, columns: jobColumns(), cells: cellsOf(jobCells),
		},
		{
			name: "leases", singular: "lease", kind: "Lease", version: coordinationv1.SchemeGroupVersion,
			zero: &coordinationv1.Lease{}, columns: leaseColumns(), cells: cellsOf(leaseCells),
		},
	}
}

// sharedResources are what pods have in common: their data, who may reach them, and how many may be away.
func sharedResources() []*resource {
	return []*resource{
		{
			name: "serviceaccounts", singular: "serviceaccount", kind: "ServiceAccount", version: corev1.SchemeGroupVersion, short: []string{"sa"},
			zero: &corev1.ServiceAccount{}, columns: createdColumns(), cells: cellsOf(createdCells[*corev1.ServiceAccount]),
		},
		{
			name: "persistentvolumeclaims", singular: "persistentvolumeclaim", kind: "PersistentVolumeClaim", version: corev1.SchemeGroupVersion,
			short: []string{"pvc"}, zero: &corev1.PersistentVolumeClaim{}, columns: claimColumns(), cells: cellsOf(claimCells),
		},
		{
			name: "endpointslices", singular: "endpointslice", kind: "EndpointSlice", version: discoveryv1.SchemeGroupVersion,
			zero: &discoveryv1.EndpointSlice{}, columns: endpointSliceColumns(), cells: cellsOf(endpointSliceCells),
		},
		{
			name: "networkpolicies", singular: "networkpolicy", kind: "NetworkPolicy", version: networkingv1.SchemeGroupVersion, short: []string{"netpol"},
			zero: &networkingv1.NetworkPolicy{}, columns: networkPolicyColumns(), cells: cellsOf(networkPolicyCells),
		},
		{
			name: "poddisruptionbudgets", singular: "poddisruptionbudget", kind: "PodDisruptionBudget", version: policyv1.SchemeGroupVersion,
			short: []string{"pdb"}, zero: &policyv1.PodDisruptionBudget{}, columns: disruptionColumns(), cells: cellsOf(disruptionCells),
		},
	}
}

// accessResources say who may what.
func accessResources() []*resource {
	rbac := rbacv1.SchemeGroupVersion
	return []*resource{
		{
			name: "clusterrolebindings", singular: "clusterrolebinding", kind: "ClusterRoleBinding", version: rbac, cluster: true,
			zero: &rbacv1.ClusterRoleBinding{}, columns: bindingColumns(), cells: cellsOf(clusterRoleBindingCells),
		},
		{
			name: "clusterroles", singular: "clusterrole", kind: "ClusterRole", version: rbac, cluster: true,
			zero: &rbacv1.ClusterRole{}, columns: createdColumns(), cells: cellsOf(createdCells[*rbacv1.ClusterRole]),
		},
		{
			name: "rolebindings", singular: "rolebinding", kind: "RoleBinding", version: rbac,
			zero: &rbacv1.RoleBinding{}, columns: bindingColumns(), cells: cellsOf(roleBindingCells),
		},
		{
			name: "roles", singular: "role", kind: "Role", version: rbac,
			zero: &rbacv1.Role{}, columns: createdColumns(), cells: cellsOf(createdCells[*rbacv1.Role]),
		},
	}
}

func podSubresources() []subresource {
	core := corev1.SchemeGroupVersion
	return []subresource{
		{name: "attach", version: core, kind: "PodAttachOptions", verbs: []string{"create", "get"}},
		{name: "ephemeralcontainers", version: core, kind: "Pod", verbs: []string{"get", "patch", "update"}},
		{name: "eviction", version: policyv1.SchemeGroupVersion, kind: "Eviction", verbs: []string{"create"}},
		{name: "exec", version: core, kind: "PodExecOptions", verbs: []string{"create", "get"}},
		{name: "log", version: core, kind: "Pod", verbs: []string{"get"}},
	}
}

// cellsOf and fieldsOf make functions of one type ones of any object. A resource has objects of its own type only.
func cellsOf[T store.Object](f func(T, time.Time) []any) func(store.Object, time.Time) []any {
	return func(object store.Object, now time.Time) []any {
		return f(object.(T), now) //nolint:forcetypeassert // see above
	}
}

func fieldsOf[T store.Object](f func(T) fields.Set) func(store.Object) fields.Set {
	return func(object store.Object) fields.Set {
		return f(object.(T)) //nolint:forcetypeassert // see above
	}
}
