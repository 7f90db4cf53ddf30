package debug

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/leftovers"
	"github.com/dayfly-k8s/dayfly/kube/nodepod"
)

// Check judges the pod on a node: that it is root there, and where it may be created.
func (m *nodePodChange) Check(f Facts) []Finding {
	var found []Finding
	if f.Host != nil && f.Host.Gone {
		found = append(found, Finding{Severity: Blocking, Text: fmt.Sprintf("there is no node %s: nothing could start on it", kube.Sanitize(m.Pod.Spec.NodeName))})
	}
	if words := rootOn(&m.Pod.Spec); words != "" {
		found = append(found, Finding{Severity: Warning, Text: fmt.Sprintf("this gives root on node %s, by a pod in namespace %s: %s", kube.Sanitize(m.Pod.Spec.NodeName), m.Pod.Namespace, words)})
	}
	found = append(found, m.checkTools()...)
	return append(found, m.checkRefused(f)...)
}

// checkTools tells what the image lacks to join a container.
func (m *nodePodChange) checkTools() []Finding {
	if m.Pod.Annotations[leftovers.JoinsAnnotation] == "" {
		return nil
	}
	switch lacks, known := nodepod.Lacks(m.Container().Image); {
	case lacks != "":
		return []Finding{{Severity: Warning, Text: "the image most likely lacks " + lacks + ", by which a container is joined: preset busybox has it, and so has util-linux"}}
	case !known:
		return []Finding{{Severity: Info, Text: "the image needs a shell, nsenter, unshare, setsid and mount: busybox has them all"}}
	}
	return nil
}

// rootOn tells by what a pod has root on its node; empty: it has not.
func rootOn(spec *corev1.PodSpec) string {
	has := kube.HostPrivileges(spec)
	if len(has) == 0 {
		return ""
	}
	return "it has " + kube.List(has)
}

// checkRefused offers what helps where the pod, or its Job, may not be created in its namespace.
func (m *nodePodChange) checkRefused(f Facts) []Finding {
	if f.Refused == nil || f.Refused.Err == nil {
		return nil
	}
	finding := Finding{Severity: Blocking, Text: f.Refused.Message}
	if m.Timer != nil && jobRefused(f.Refused) {
		finding.Remedy = withoutTimer("pod")
		return []Finding{finding}
	}
	if limited, ok := kube.LimitedBy(kube.RootText(f.Refused.Err)); ok && len(limited.Unspecified) > 0 && len(m.Container().Resources.Requests) == 0 {
		finding.Remedy = &Remedy{"give it small requests and limits", func(r Request) Request {
			r.Node.Limited = true
			return r
		}}
		return []Finding{finding}
	}
	for _, name := range f.Host.NamespacesFor(m.Pod.Namespace) {
		remedy := &Remedy{"create it in namespace " + name, func(r Request) Request {
			r.Own.Namespace = name
			return r
		}}
		if finding.Remedy == nil {
			finding.Remedy = remedy
		} else if finding.Or == nil {
			finding.Or = remedy
		}
	}
	return []Finding{finding}
}
