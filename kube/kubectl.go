package kube

// Kubectl is a kubectl command about something in a namespace of a context, whatever context the shell is in that it is pasted
// into: one line, safe to draw, its words quoted for a POSIX shell. An empty context or namespace is left out.
func Kubectl(context, namespace string, words ...string) string {
	all := append([]string{"kubectl"}, words...)
	if context != "" {
		all = append(all, "--context="+context)
	}
	if namespace != "" {
		all = append(all, "--namespace="+namespace)
	}
	return shellLine(all)
}
