package kube

import (
	"context"
	"fmt"
)

// CheckNamespace tells whether a namespace exists: the error is a [*Problem] when it is known not to. An empty list of pods
// does not tell. Without the right to ask there is no error. A hidden one is a Problem too.
func (c *Cluster) CheckNamespace(ctx context.Context, name string) error {
	if problem := c.guard.hidden(name); problem != nil {
		return problem
	}
	ctx, cancel := c.unary(ctx)
	defer cancel()
	err := c.core.Get().Resource("namespaces").Name(name).Do(ctx).Error()
	if !IsNotFound(err) {
		return nil // other errors are the list's to tell
	}
	return &Problem{
		What: fmt.Sprintf("there is no namespace %q in this cluster", Clean(name)),
		Help: []Help{SwitchNamespace, AllNamespaces},
		Err:  err,
	}
}
