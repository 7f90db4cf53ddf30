package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube/debug"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

// nodeFlags are the flags of dayfly run that say how a pod on a node is.
type nodeFlags struct {
	join      bool     // from the pod's node
	separate  []string // namespaces that are not joined
	asTarget  bool
	shell     bool // the node's own
	namespace string
}

func (n *nodeFlags) addTo(flags *pflag.FlagSet) {
	flags.BoolVar(&n.join, "from-node", false, "Join a container's namespaces from a privileged pod on its node")
	flags.StringSliceVar(&n.separate, "not-joined", nil, "Leave out the namespaces `NAME,...` (net, pid, ipc, uts)")
	flags.BoolVar(&n.asTarget, "as-target", false, "Run as the user of the container that is joined, and not as root")
	flags.BoolVar(&n.shell, "host-shell", false, "Run the command with the node's own programs and files")
	flags.StringVar(&n.namespace, "node-namespace", "", "Create the pod on a node in `NAMESPACE` (default: that of config.yaml, else default)")
}

// check finds what does not go together.
func (n *nodeFlags) check(e *runOptions) error {
	given := func(name string) bool { return e.flags != nil && e.flags.Changed(name) }
	switch {
	case e.node != "" && e.copied, n.join && e.copied:
		return usageError{errors.New("--copy cannot be used with --from-node or a node: a node cannot be copied")}
	case e.node != "" && n.join:
		return usageError{fmt.Errorf("--from-node is about a pod: node/%s is a node itself", e.node)}
	case e.node != "" && given("container"):
		return usageError{fmt.Errorf("-c is about a pod: node/%s has no containers of its own", e.node)}
	case e.node == "" && n.shell:
		return usageError{errors.New("--host-shell is about a node: name it as node/NAME")}
	case !n.join && (n.asTarget || given("not-joined")):
		return usageError{errors.New("--as-target and --not-joined are about a container that is joined: add --from-node")}
	case !n.join && e.node == "" && n.namespace != "":
		return usageError{errors.New("--node-namespace is about a pod on a node: add --from-node, or name node/NAME")}
	}
	for _, name := range n.separate {
		if !slices.Contains([]string{"net", "pid", "ipc", "uts"}, name) {
			return usageError{fmt.Errorf("--not-joined %s: use net, pid, ipc or uts", name)}
		}
	}
	if n.namespace != "" {
		if problem := debug.CheckNamespace(n.namespace); problem != nil {
			return usageError{fmt.Errorf("--node-namespace: %w", problem)}
		}
	}
	return nil
}

// of is the request from a node, or on one, where the command line says so.
func (n *nodeFlags) of(request debug.Request, o *runOptions, usualNamespace string) debug.Request {
	switch {
	case o.node != "":
		request.Way = debug.Node
	case n.join:
		request.Way = debug.Join
	default:
		return request
	}
	request.Own.Namespace = cmp.Or(n.namespace, usualNamespace)
	request.Node.AsTarget, request.Node.Shell, request.Node.Limited = n.asTarget, n.shell || request.Node.Shell, o.copy.limits
	if len(n.separate) > 0 {
		some := nodepod.Usual()
		for _, one := range nodepod.All() {
			if slices.Contains(n.separate, one.Name) && one.In(some) {
				some = one.Turn(some)
			}
		}
		request.Node.Namespaces = &some
	}
	return request
}
