package nodes

import (
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Role is what a person needs for the screen of nodes: nodes belong to no namespace.
const Role = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: dayfly-nodes
rules:
- apiGroups: [""]
  resources: [nodes]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods, events]
  verbs: [list]
`

// denied explains an error, with what to ask for when it is for want of rights.
func denied(c *kube.Cluster, op string, err error) error {
	trouble := kube.Explain(c.Problem(op, err))
	if apierrors.IsForbidden(err) && kube.DeniedByRBAC(trouble.Message) {
		trouble.Hint, trouble.RequiredRBAC = "ask for this ClusterRole, and a ClusterRoleBinding to it", Role
	}
	return trouble
}
