package podcopy

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/selectors"
)

// checkInit tells which init containers run again, and which are missing.
func checkInit(s *subject) []Finding {
	var ending, staying []string
	for i := range s.original.Spec.InitContainers {
		if c := &s.original.Spec.InitContainers[i]; sidecar(c) {
			staying = append(staying, c.Name)
		} else {
			ending = append(ending, c.Name)
		}
	}
	if s.choices.NoInit {
		return withoutInit(ending, staying)
	}
	if len(ending) == 0 {
		return nil
	}
	text := fmt.Sprintf("%s %s again: what %s is done a second time",
		counted("init container", ending), verb(ending, "runs", "run"), verb(ending, "it does", "they do"))
	remedy := Remedy{"leave out the init containers", func(c Choices) Choices { c.NoInit = true; return c }}
	if len(staying) > 0 {
		remedy.Words += ", and with them " + counted("sidecar", staying)
	}
	return []Finding{{Warning, text, []Remedy{remedy}}}
}

// withoutInit tells what is missing in a copy that has no init containers: those that end, and sidecars.
func withoutInit(ending, staying []string) []Finding {
	keep := []Remedy{{"keep the init containers", func(c Choices) Choices { c.NoInit = false; return c }}}
	var found []Finding
	if len(staying) > 0 {
		text := fmt.Sprintf("%s %s left out with the init containers: the copy's program may need %s",
			counted("sidecar", staying), verb(staying, "is", "are"), verb(staying, "it", "them"))
		found = append(found, Finding{Warning, text, keep})
	}
	if len(ending) > 0 {
		text := fmt.Sprintf("%s %s left out: what %s in the pod is missing in the copy",
			counted("init container", ending), verb(ending, "is", "are"), verb(ending, "it prepares", "they prepare"))
		found = append(found, Finding{Info, text, keep})
	}
	return found
}

// checkAccount finds that the API server would refuse the copy.
func checkAccount(s *subject) []Finding {
	if !s.around.NoServiceAccount {
		return nil
	}
	return []Finding{{Blocking, fmt.Sprintf("service account %s does not exist: the API server refuses the copy", accountOf(&s.original.Spec)), nil}}
}

// checkHostName tells of a host name that pod and copy have in common, as those of a StatefulSet do.
func checkHostName(s *subject) []Finding {
	spec := &s.made.Spec
	if spec.Hostname == "" {
		return nil
	}
	text := fmt.Sprintf("the copy has the pod's host name, %s: its program may take itself for the pod", spec.Hostname)
	if spec.Subdomain == "" {
		return []Finding{{Info, text, nil}}
	}
	name := spec.Hostname + "." + spec.Subdomain
	at := slices.IndexFunc(s.around.Services, func(one selectors.Service) bool { return one.Name == spec.Subdomain && one.Selects(s.made.Labels) })
	if at < 0 {
		return []Finding{{Info, text + "; DNS name " + name + " leads to the pod only", nil}}
	}
	return []Finding{{Warning, text + ", and DNS name " + name + " leads to both", s.release(s.around.Services[at].Selector)}}
}

// checkOrigin tells what of the pod the copy is not.
func checkOrigin(s *subject) []Finding {
	var found []Finding
	if Static(s.original) {
		text := "the pod is static, run by its node's kubelet from a file: the copy is an ordinary pod, which is gone when it is deleted"
		found = append(found, Finding{Info, text, nil})
	}
	if finalizers := s.original.Finalizers; len(finalizers) > 0 {
		text := "the copy has none of the pod's finalizers (" + kube.List(finalizers) + "): it is deleted without waiting for anybody"
		found = append(found, Finding{Info, text, nil})
	}
	return found
}

// Static reports whether a pod is one that its node's kubelet runs from a file: what is deleted of it comes again.
func Static(pod *corev1.Pod) bool {
	_, static := pod.Annotations[corev1.MirrorPodAnnotationKey]
	return static
}

// checkReplace tells what it means that the pod is deleted.
func checkReplace(s *subject) []Finding {
	if !s.choices.Replace {
		return nil
	}
	stays := []Remedy{{"leave the pod as it is", func(c Choices) Choices { c.Replace = false; return c }}}
	text := "pod " + s.original.Name + " is deleted once the copy has been created: " + afterwards(s.original)
	if metav1.GetControllerOf(s.original) == nil {
		text += ", and the copy goes with the session"
	}
	found := append([]Finding{{Warning, text, stays}}, checkSuccessor(s, stays)...)
	for _, one := range s.around.DisruptionBudgets {
		if one.Selects(s.original.Labels) && one.Allowed <= 0 {
			found = append(found, Finding{Warning, one.String() + " allows no disruption now, and is not asked when a pod is deleted", stays})
		}
	}
	if finalizers := s.original.Finalizers; len(finalizers) > 0 {
		text := "the pod stays, being deleted, until its " + counted("finalizer", finalizers) + " " + verb(finalizers, "is", "are") + " removed by whoever has set " + verb(finalizers, "it", "them")
		found = append(found, Finding{Info, text, nil})
	}
	return found
}

// afterwards is what comes after a pod that is deleted. It is clean.
func afterwards(pod *corev1.Pod) string {
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return "nobody makes it again"
	}
	who := kube.Sanitize(owner.Kind + " " + owner.Name)
	switch owner.Kind {
	case "Job":
		return who + " may make another, and count it as failed"
	case "StatefulSet":
		return who + " makes it again, with its name"
	default:
		return who + " makes another in its place"
	}
}

// checkSuccessor tells what keeps the pod that comes next from starting while the copy is there.
func checkSuccessor(s *subject, stays []Remedy) []Finding {
	owner := metav1.GetControllerOf(s.original)
	if owner == nil {
		return nil
	}
	var needs []string
	for _, name := range slices.Sorted(maps.Keys(s.around.Claims)) {
		one := s.around.Claims[name]
		has := func(mode corev1.PersistentVolumeAccessMode) bool { return slices.Contains(one.Modes, mode) }
		if has(corev1.ReadWriteOncePod) || has(corev1.ReadWriteOnce) && !has(corev1.ReadWriteMany) && !has(corev1.ReadOnlyMany) {
			needs = append(needs, "claim "+name)
		}
	}
	if ports := hostPorts(&s.original.Spec); len(ports) > 0 {
		needs = append(needs, counted("host port", ports))
	}
	if len(needs) == 0 {
		return nil
	}
	return []Finding{{Warning, "the pod that " + owner.Kind + " " + owner.Name + " makes may not start while the copy has " + kube.List(needs), stays}}
}

// checkUnclear tells whose selectors could not be understood.
func checkUnclear(s *subject) []Finding {
	var takers, policies []string
	add := func(one selectors.Selecting) {
		if one.Selector == nil && len(s.made.Labels) > 0 {
			takers = append(takers, one.String())
		}
	}
	for _, one := range s.around.Services {
		add(one.Selecting)
	}
	for _, one := range s.around.Controllers {
		add(one)
	}
	for i := range s.around.NetworkPolicies {
		if p := &s.around.NetworkPolicies[i]; (p.Selector == nil || p.Unclear) && s.differs() {
			policies = append(policies, p.String())
		}
	}
	unclear := func(who []string) string {
		return "what " + kube.List(who) + verb(who, " selects", " select") + " could not be understood: "
	}
	var found []Finding
	if len(takers) > 0 {
		text := unclear(takers) + verb(takers, "it may take the copy for a pod of its own", "they may take the copy for a pod of their own")
		found = append(found, Finding{Warning, text, leaveOutAll()})
	}
	if len(policies) > 0 {
		found = append(found, Finding{Info, unclear(policies) + otherTraffic, nil})
	}
	return found
}

// otherTraffic is what it means that NetworkPolicies are not known.
const otherTraffic = "other traffic may get through to the copy than to the pod"

// differs reports whether NetworkPolicies can tell the copy from the pod.
func (s *subject) differs() bool {
	return len(s.made.Labels) < len(s.original.Labels) && !s.original.Spec.HostNetwork
}

// leaveOutAll is the remedy against whoever selects labels.
func leaveOutAll() []Remedy {
	return []Remedy{{"leave out all labels", func(c Choices) Choices { c.Labels = nil; return c }}}
}

// checkUnread tells what is not known because it could not be read.
func checkUnread(s *subject) []Finding {
	among := func(all []string, kinds ...string) []string {
		return slices.DeleteFunc(kinds, func(kind string) bool { return !slices.Contains(all, kind) })
	}
	takers := func(all []string) []string { // who would do something with the copy
		return among(all, selectors.Services, "DaemonSets", "Jobs", "ReplicaSets", "ReplicationControllers")
	}
	var found []Finding
	if kinds := takers(s.around.Unread); len(kinds) > 0 && len(s.made.Labels) > 0 {
		found = append(found, Finding{Warning, kube.List(kinds) + " could not be read: one may take the copy for a pod of its own", leaveOutAll()})
	}
	if kinds := takers(s.around.Incomplete); len(kinds) > 0 && len(s.made.Labels) > 0 {
		text := "there are too many " + kube.List(kinds) + " to read all: another may take the copy for a pod of its own"
		found = append(found, Finding{Warning, text, leaveOutAll()})
	}
	tell := func(text string) { found = append(found, Finding{Info, text, nil}) }
	if s.differs() && slices.Contains(s.around.Unread, selectors.Policies) {
		tell(selectors.Policies + " could not be read: " + otherTraffic)
	}
	if s.differs() && slices.Contains(s.around.Incomplete, selectors.Policies) {
		tell("there are too many " + selectors.Policies + " to read all: " + otherTraffic)
	}
	if slices.Contains(s.around.Unread, kindClaims) {
		tell("the pod's claims could not be read: whether the copy can mount them is not known")
	}
	if kinds := among(s.around.Unread, kindNodes, kindPods); len(kinds) > 0 && s.place.fixed() {
		what := "node " + s.place.node
		if kinds[0] == kindPods {
			what = "the pods of " + what
		}
		tell(what + " could not be read: whether there is room for the copy is not known")
	}
	return found
}
