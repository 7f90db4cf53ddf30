package nodes

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Evidence is what the cluster has to say of one node. It grows while it is read: each part tells whether it is there.
type Evidence struct {
	Node   *Node         // nil: not read yet, or never to be, see Absent
	Absent *kube.Problem // why there is no node

	Use   *Use          // nil: not read
	NoUse *kube.Problem // why it could not be read

	Events     []kube.PodEvent // the newest first
	EventsRead bool
	NoEvents   *kube.Problem // why they could not be read
}

// Gather reads a node, then its events and what its pods ask for at the same time. What is there is sent first; each value has all
// of the one before it. The channel is closed after the last, or when ctx ends.
func Gather(ctx context.Context, c *kube.Cluster, name string) <-chan Evidence {
	news := make(chan Evidence, 3) // all there can be: nobody has to receive
	go func() {
		defer close(news)
		node, err := read(ctx, c, name)
		switch {
		case ctx.Err() != nil:
			return
		case kube.IsNotFound(err):
			news <- Evidence{Absent: &kube.Problem{Message: "node " + name + " does not exist any more", Err: err}}
			return
		case err != nil:
			news <- Evidence{Absent: kube.Explain(err)}
			return
		}
		e := Evidence{Node: node}
		news <- e
		parts := make(chan func(), 2)
		go func() {
			events, err := readEvents(ctx, c, name)
			parts <- func() { e.Events, e.NoEvents, e.EventsRead = events, explained(err), true }
		}()
		go func() {
			use, err := readUse(ctx, c, name)
			parts <- func() { e.Use, e.NoUse = use, explained(err) }
		}()
		for range cap(parts) {
			part := <-parts
			if ctx.Err() != nil {
				return
			}
			part()
			news <- e
		}
	}()
	return news
}

func explained(err error) *kube.Problem {
	if err == nil {
		return nil
	}
	return kube.Explain(err)
}

func read(ctx context.Context, c *kube.Cluster, name string) (*Node, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var node corev1.Node
	if err := c.Core().Get().Resource("nodes").Name(name).Do(ctx).Into(&node); err != nil {
		return nil, denied(c, "read node "+kube.Sanitize(name), err)
	}
	return NodeOf(&node), nil
}

// eventsMost bounds how many events of one node are read.
const eventsMost = "500"

// readEvents reads the events of a node, the newest first. Its kubelet gives them the node's name for a UID, others give them the UID: they are
// selected by neither. Where all namespaces may not be listed, those of the namespace are read in which events of nodes are put.
func readEvents(ctx context.Context, c *kube.Cluster, name string) ([]kube.PodEvent, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	selector := fields.AndSelectors(fields.OneTermEqualSelector("involvedObject.kind", "Node"), fields.OneTermEqualSelector("involvedObject.name", name))
	var list corev1.EventList
	from := func(namespace string) error {
		return c.Core().Get().NamespaceIfScoped(namespace, namespace != "").Resource("events").Param("limit", eventsMost).
			Param("fieldSelector", selector.String()).Do(ctx).Into(&list)
	}
	err := from("")
	if apierrors.IsForbidden(err) {
		err = from("default")
	}
	if err != nil {
		return nil, denied(c, "read the events of node "+kube.Sanitize(name), err)
	}
	items := slices.DeleteFunc(list.Items, func(e corev1.Event) bool { return c.Guard().Hides(e.Namespace) })
	return kube.PodEventsOf(items), nil
}
