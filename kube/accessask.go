package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// AskFor writes the Role and the RoleBinding that give a user the missing rights in a namespace, to hand to whoever may grant them. Without a
// user the name is left to be filled in: a cluster refuses it as it is. It is empty when nothing is missing.
func AskFor(namespace, user string, missing []Right) string {
	if len(missing) == 0 {
		return ""
	}
	rules := rulesFor(missing)
	// The names come from what is in them: applying one that somebody else has asked for must not take away what that one gives.
	role := "dayfly-" + digest(rules)
	binding := role + "-" + digest(user)
	return fmt.Sprintf(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: %s
  namespace: %s
rules:
%s---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: %s
  namespace: %s
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: %s
subjects:
%s`, role, scalar(namespace), rules, binding, scalar(namespace), role, subject(user))
}

// rulesFor writes one rule a resource, in the order in which debugging uses them; what it does not use comes last.
func rulesFor(missing []Right) string {
	var rules strings.Builder
	var written []string
	var all []Right
	for _, right := range slices.Concat(DebugRights(), CopyRights(), TimerRights(), ExecRights(), missing) {
		if !slices.Contains(all, right) {
			all = append(all, right)
		}
	}
	for _, right := range all {
		if !slices.Contains(missing, right) || slices.Contains(written, right.Resource) {
			continue
		}
		written = append(written, right.Resource)
		var verbs []string
		for _, other := range all {
			if other.Resource == right.Resource && slices.Contains(missing, other) {
				verbs = append(verbs, other.Verb)
			}
		}
		group, resource, subresource := right.split()
		if subresource != "" {
			resource += "/" + subresource
		}
		fmt.Fprintf(&rules, "- apiGroups: [%q]\n  resources: [%s]\n  verbs: [%s]\n", group, resource, strings.Join(verbs, ", "))
	}
	return rules.String()
}

// subject writes whom a binding is for. The API server names the account of a pod system:serviceaccount:NAMESPACE:NAME.
func subject(user string) string {
	if account, ok := strings.CutPrefix(user, "system:serviceaccount:"); ok {
		if namespace, name, ok := strings.Cut(account, ":"); ok {
			return fmt.Sprintf("- kind: ServiceAccount\n  name: %s\n  namespace: %s\n", quoted(name), quoted(namespace))
		}
	}
	name := quoted(user)
	if user == "" {
		name += ` # your name, as "kubectl auth whoami" tells it`
	}
	return fmt.Sprintf("- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: %s\n", name)
}

// scalar writes a name as it is where YAML surely takes it for text, and else quoted: 123, null and 1e3 are names of namespaces.
func scalar(name string) string {
	const words = " y n yes no on off true false null "
	plain := name != "" && name[0] >= 'a' && name[0] <= 'z' && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	if plain && !strings.Contains(words, " "+name+" ") {
		return name
	}
	return quoted(name)
}

// quoted writes any text as a scalar of YAML, in which that of JSON is one.
func quoted(text string) string {
	scalar, err := json.Marshal(text)
	if err != nil {
		return `""` // a string can always be written
	}
	return string(scalar)
}

func digest(text string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // a hash takes everything
	return fmt.Sprintf("%08x", h.Sum32())
}

// WithAsk adds to a Problem what to ask for, in the name of the user as the API server knows it.
func (c *Cluster) WithAsk(ctx context.Context, p *Problem, t Target, missing []Right) *Problem {
	asking := *p
	asking.Hint = fmt.Sprintf("ask for this Role and RoleBinding in namespace %s", t.Namespace)
	asking.RequiredRBAC = AskFor(t.Namespace, c.user(ctx, p.Err), missing)
	return &asking
}

// user is our name at the API server: from its refusal, which tells it for nothing, or by asking. Empty when it does not say.
func (c *Cluster) user(ctx context.Context, refusal error) string {
	if refusal != nil {
		_, rest, _ := strings.Cut(RootText(refusal), `is forbidden: User "`)
		if name, _, ok := strings.Cut(rest, `" cannot `); ok {
			return Sanitize(name)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, accessPatience)
	defer cancel()
	if name, err := c.WhoAmI(ctx); err == nil {
		return name
	}
	return Sanitize(c.config.Impersonate.UserName)
}
