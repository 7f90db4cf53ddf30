package leftovers

// What dayfly writes on what it creates, for whoever finds it: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
const (
	ManagedByLabel    = "app.kubernetes.io/managed-by"
	ManagedBy         = "dayfly"
	CopyOfAnnotation  = "dayfly-k8s.github.io/copy-of"
	NodeAnnotation    = "dayfly-k8s.github.io/node"  // the node that a pod on it was made for
	JoinsAnnotation   = "dayfly-k8s.github.io/joins" // the container that it joins: namespace/pod/container
	ByAnnotation      = "dayfly-k8s.github.io/created-by"
	ReasonAnnotation  = "dayfly-k8s.github.io/reason"
	UntilAnnotation   = "dayfly-k8s.github.io/until"   // RFC 3339, UTC; absent: nothing ends it
	SessionAnnotation = "dayfly-k8s.github.io/session" // a name that only one session has, by which what it has created is known
)
