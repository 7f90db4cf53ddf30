package kube

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// DebugRole is the Role that a person needs for debugging with ephemeral containers in one namespace. The built-in
// roles edit and admin lack the patch on purpose (kubernetes/kubernetes#120909).
const DebugRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: dayfly
  namespace: %s
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [events]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
- apiGroups: [""]
  resources: [pods/ephemeralcontainers]
  verbs: [patch]
- apiGroups: [""]
  resources: [pods/attach]
  verbs: [get, create]
`

// Denied explains a refusal for want of rights, with what to ask for; the server's sentence names user and verb.
// Admission answers with the same status: then the sentence is about the container, and no role would help.
func (c *Cluster) Denied(op string, t Target, err error) error {
	text := Sanitize(RootText(err))
	if !DeniedByRBAC(text) {
		hint, help := "use a profile with fewer rights", []Help{AdmittedProfile, ChooseProfile}
		level, violates := podSecurityLevel(text)
		switch {
		case violates && othersViolate(text, t.Container):
			// An older debug container, say; it cannot be taken out again (kubernetes/kubernetes#118961).
			hint = "something else in the pod breaks the rules of its namespace: no profile helps until the pod is replaced"
			help = nil
		case level == "restricted", level == "baseline":
			hint = fmt.Sprintf("the namespace allows no more than profile %s", level)
		case strings.Contains(text, "exceeded quota"):
			hint = "no profile would help: ask whoever runs the namespace for a larger quota"
			help = nil
		case DeniedByWebhook(err):
			hint = "that webhook has rules of its own: ask whoever runs the cluster what passes, or use a profile with fewer rights"
		case DeniedByPolicy(err):
			hint = "that policy has rules of its own: ask whoever runs the cluster what passes, or use a profile with fewer rights"
		}
		return &Problem{Message: op + ": refused by admission control: " + text, Hint: hint, Help: help, Err: err}
	}
	return &Problem{
		Message:      op + ": " + text,
		Hint:         fmt.Sprintf("ask for this Role in namespace %s, and a RoleBinding to it", t.Namespace),
		RequiredRBAC: fmt.Sprintf(DebugRole, scalar(t.Namespace)),
		Err:          err,
	}
}

// podSecurityLevel is the level of Pod Security that a refusal names: violates PodSecurity "restricted:latest".
func podSecurityLevel(text string) (level string, ok bool) {
	_, rest, ok := strings.Cut(text, `violates PodSecurity "`)
	level, _, _ = strings.Cut(rest, ":")
	return level, ok
}

// othersViolate reports whether a refusal of Pod Security is also about something else than one container, which no profile of it would fix. It is
// a list: reason (container "a" must …; containers "a", "b" must …), reason (hostNetwork=true).
func othersViolate(text, container string) bool {
	_, list, _ := strings.Cut(text, `violates PodSecurity "`)
	_, list, _ = strings.Cut(list, `": `)
	named := regexp.MustCompile(`containers? ("[^"]+"(?:, "[^"]+")*)`)
	for reason := range strings.SplitSeq(list, "), ") {
		ours := false
		for _, match := range named.FindAllStringSubmatch(reason, -1) {
			for name := range strings.SplitSeq(match[1], ", ") {
				if name != strconv.Quote(container) {
					return true
				}
				ours = true
			}
		}
		if !ours {
			return true
		}
	}
	return false
}

// DeniedByWebhook reports whether an error is the refusal of an admission webhook, which comes with whatever code the webhook likes: admission webhook "x" denied
// the request: ….
func DeniedByWebhook(err error) bool {
	_, who, ok := strings.Cut(RootText(err), `admission webhook "`)
	return ok && strings.Contains(who, `" denied the request`)
}

// DeniedByPolicy reports whether an error is the refusal of a ValidatingAdmissionPolicy, which comes as 422 unless the policy says otherwise:
// ValidatingAdmissionPolicy 'x' with binding 'y' denied request: ….
func DeniedByPolicy(err error) bool {
	_, who, ok := strings.Cut(RootText(err), `ValidatingAdmissionPolicy '`)
	return ok && strings.Contains(who, `' denied request`)
}

// DeniedByRBAC reports whether a text is the authorizer's ("User "x" cannot patch resource …"), and not an admission plugin's.
func DeniedByRBAC(text string) bool {
	_, who, ok := strings.Cut(text, `is forbidden: User "`)
	return ok && strings.Contains(who, `" cannot `)
}
