package kube

import (
	"fmt"
	"regexp"
	"slices"
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
	if limited, ok := LimitedBy(text); ok {
		return &Problem{Message: op + ": " + limited.Words, Hint: limited.hint(t.Container), Help: limited.help(t.Container), Err: err}
	}
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

// RefusedRight is the right whose lack the authorizer's text names: User "x" cannot create resource "jobs" in API group "batch" …. ok is false for any
// other text.
func RefusedRight(text string) (right Right, ok bool) {
	if !DeniedByRBAC(text) {
		return right, false
	}
	m := regexp.MustCompile(`" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"`).FindStringSubmatch(text)
	if m == nil {
		return right, false
	}
	right = Right{m[1], m[2]}
	if group := m[3]; group != "" {
		resource, sub, has := strings.Cut(m[2], "/")
		right.Resource = resource + "." + group
		if has {
			right.Resource += "/" + sub
		}
	}
	return right, true
}

// Limited is what keeps a new pod, or a Job, from a namespace that limits how much is used in it. No profile helps against that.
type Limited struct {
	Words       string   // what is allowed, used and wanted: a sentence without its full stop
	Quota       string   // the ResourceQuota; empty: a LimitRange
	Exceeded    []string // the resources of which the quota has too little left: "pods", "count/jobs.batch"
	Unspecified []string // the containers that name no request or limit where the quota wants one
	Whole       bool     // a LimitRange is about the pod as a whole, or wants a request or a limit
}

// onlyOf reports whether the one container that a person adds is all that keeps the quota from being met.
func (l Limited) onlyOf(container string) bool {
	return slices.Equal(l.Unspecified, []string{container})
}

func (l Limited) hint(container string) string {
	switch {
	case l.onlyOf(container):
		return ""
	case len(l.Unspecified) > 0:
		return "no profile would help: ask whoever runs the namespace for a LimitRange, which gives defaults to containers without their own"
	case l.Quota == "":
		return "no profile would help: ask whoever runs the namespace about its LimitRange"
	}
	return "no profile would help: debugging in the pod itself needs no quota, or ask whoever runs the namespace for a larger quota"
}

func (l Limited) help(container string) []Help {
	if l.onlyOf(container) {
		return []Help{LimitTool}
	}
	return nil
}

// LimitedBy reads a refusal of the API server's plugins ResourceQuota and LimitRanger, by the words of
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go and
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/plugin/pkg/admission/limitranger/admission.go; ok is false for any other.
func LimitedBy(text string) (l Limited, ok bool) {
	if _, rest, found := strings.Cut(text, "is forbidden: exceeded quota: "); found {
		return exceeded(rest)
	}
	if _, rest, found := strings.Cut(text, "is forbidden: failed quota: "); found {
		return unspecified(rest)
	}
	if _, rest, found := strings.Cut(text, "is forbidden: "); found {
		return outOfRange(rest)
	}
	return l, false
}

// exceeded reads "small, requested: pods=1,requests.cpu=100m, used: pods=4,requests.cpu=950m, limited: pods=4,requests.cpu=1".
func exceeded(text string) (l Limited, ok bool) {
	name, rest, _ := strings.Cut(text, ", requested: ")
	wanted, rest, _ := strings.Cut(rest, ", used: ")
	used, most, ok := strings.Cut(rest, ", limited: ")
	if !ok {
		return l, false
	}
	l = Limited{Quota: name}
	amountOf := func(list, resource string) string {
		for pair := range strings.SplitSeq(list, ",") {
			if name, amount, _ := strings.Cut(pair, "="); name == resource {
				return amount
			}
		}
		return "?"
	}
	var words []string
	for pair := range strings.SplitSeq(wanted, ",") {
		resource, amount, _ := strings.Cut(pair, "=")
		l.Exceeded = append(l.Exceeded, resource)
		words = append(words, fmt.Sprintf("%s of %s %s used, and this takes %s", amountOf(used, resource), amountOf(most, resource), resource, amount))
	}
	l.Words = fmt.Sprintf("quota %s has too little left: %s", name, strings.Join(words, "; "))
	return l, true
}

// unspecified reads "small: must specify limits.cpu for: app,debugger-1; requests.memory for: app".
func unspecified(text string) (l Limited, ok bool) {
	name, rest, ok := strings.Cut(text, ": must specify ")
	if !ok {
		return l, false
	}
	l = Limited{Quota: name}
	var resources []string
	for part := range strings.SplitSeq(rest, "; ") {
		resource, containers, found := strings.Cut(part, " for: ")
		if !found {
			return l, false
		}
		resources = append(resources, resource+" of "+strings.ReplaceAll(containers, ",", " and "))
		for container := range strings.SplitSeq(containers, ",") {
			if !slices.Contains(l.Unspecified, container) {
				l.Unspecified = append(l.Unspecified, container)
			}
		}
	}
	l.Words = fmt.Sprintf("quota %s wants what is not set: %s", name, strings.Join(resources, "; "))
	return l, true
}

// outOfRange reads "[maximum cpu usage per Container is 500m, but limit is 1, minimum memory usage per Pod is 1Gi.  No request is specified]".
func outOfRange(text string) (l Limited, ok bool) {
	bounds := regexp.MustCompile(`(maximum|minimum) (\S+) usage per (Container|Pod) is ([0-9]+(?:\.[0-9]+)?[A-Za-z]*)(?:, but (request|limit) is ([^\s,\]]+)|\. +No (request|limit) is specified)`)
	ratios := regexp.MustCompile(`(\S+) max limit to request ratio per (Container|Pod) is ([0-9.]+[A-Za-z]*), but (?:provided ratio is ([0-9.]+)|no (request|limit) is specified)`)
	var words []string
	for _, m := range bounds.FindAllStringSubmatch(text, -1) {
		allows := map[string]string{"maximum": "allows at most", "minimum": "wants at least"}[m[1]]
		is := fmt.Sprintf("the %s is %s", m[5], m[6])
		if m[7] != "" {
			is = "there is no " + m[7]
		}
		words = append(words, fmt.Sprintf("%s %s %s per %s, and %s", allows, m[4], m[2], strings.ToLower(m[3]), is))
		l.Whole = l.Whole || m[3] == "Pod" || m[7] != ""
	}
	for _, m := range ratios.FindAllStringSubmatch(text, -1) {
		is := "it is " + strings.TrimSuffix(strings.TrimRight(m[4], "0"), ".") + " times"
		if m[5] != "" {
			is = "there is no " + m[5]
		}
		words = append(words, fmt.Sprintf("allows a %s limit of at most %s times the request per %s, and %s", m[1], m[3], strings.ToLower(m[2]), is))
		l.Whole = l.Whole || m[5] != ""
	}
	l.Words = "a LimitRange of the namespace " + strings.Join(words, "; it ")
	return l, len(words) > 0
}
