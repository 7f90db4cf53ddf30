package debug

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/nodes"
)

// UsualNamespace is where a pod on a node is created unless somebody says otherwise.
const UsualNamespace = "default"

// podSecurityLabel is the label of namespaces that says which level they enforce.
// https://kubernetes.io/docs/concepts/security/pod-security-admission/
const podSecurityLabel = "pod-security.kubernetes.io/enforce"

// NodeEnvironment is what decides how a pod on a node can be.
type NodeEnvironment struct {
	By   string       // who would make it: [kube.Cluster.Who]
	Jobs kube.Verdict // whether a Job may be created to end it
	Host nodes.Host   // what kind the node is
	Gone bool         // there is no node of that name
	// Levels of Pod Security that namespaces enforce, by their names; nil: they may not be listed.
	Levels map[string]string
}

// ReadNodeEnvironment reads it for a pod on a node that is created in a namespace, all at once. What may not be read is not known, which is no error;
// nor is what takes longer than three seconds.
func ReadNodeEnvironment(ctx context.Context, c *kube.Cluster, node, namespace string) NodeEnvironment {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if namespace == "" {
		namespace = UsualNamespace
	}
	var e NodeEnvironment
	var all sync.WaitGroup
	all.Go(func() { e.By = c.Who(ctx) })
	all.Go(func() {
		e.Jobs = kube.VerdictOn(c.Access(ctx, namespace, []kube.Right{kube.RightToTime()}), kube.RightToTime())
	})
	all.Go(func() {
		var object corev1.Node
		if node == "" {
			return
		}
		switch err := c.Core().Get().Resource("nodes").Name(node).Do(ctx).Into(&object); {
		case err == nil:
			e.Host = nodes.HostOf(&object)
		case kube.IsNotFound(err):
			e.Gone = true
		}
	})
	all.Go(func() { e.Levels = readLevels(ctx, c) })
	all.Wait()
	return e
}

// readLevels reads which level of Pod Security each namespace enforces.
func readLevels(ctx context.Context, c *kube.Cluster) map[string]string {
	var list corev1.NamespaceList
	if c.Core().Get().Resource("namespaces").Do(ctx).Into(&list) != nil {
		return nil
	}
	levels := map[string]string{}
	for i := range list.Items {
		if one := &list.Items[i]; one.DeletionTimestamp == nil && !c.Guard().Hides(one.Name) {
			levels[one.Name] = kube.Sanitize(one.Labels[podSecurityLabel])
		}
	}
	return levels
}

// NamespacesFor are the namespaces that may hold a privileged pod, as far as their labels tell, the likeliest first, without one that has been tried.
func (e *NodeEnvironment) NamespacesFor(tried string) []string {
	if e == nil {
		return nil
	}
	may := func(name string) bool {
		level, ok := e.Levels[name]
		return ok && (level == "" || level == "privileged") && name != tried
	}
	var list []string
	for _, name := range []string{UsualNamespace, "kube-system"} {
		if may(name) {
			list = append(list, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Levels)) {
		if e.Levels[name] == "privileged" && may(name) && !slices.Contains(list, name) { // one that says so, and no other's
			list = append(list, name)
		}
	}
	return list
}

// CheckNamespace tells why a text is no name of a namespace; nil: it is one.
func CheckNamespace(name string) *kube.Problem {
	if len(validation.IsDNS1123Label(name)) == 0 {
		return nil
	}
	return &kube.Problem{Message: fmt.Sprintf("%q is not the name of a namespace", kube.Sanitize(name)), Hint: "use lower-case letters, digits and dashes"}
}
