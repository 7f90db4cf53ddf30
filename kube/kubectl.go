package kube

// Kubectl is a kubectl command about something in a namespace of a context, whatever context the shell is in that it is pasted
// into: one line, safe to draw, its words quoted for any shell. An empty context or namespace is left out.
func Kubectl(context, namespace string, words ...string) string {
	return shellLine(contextual("kubectl", context, namespace, words))
}

// Dayfly is a dayfly command, in the same way.
func Dayfly(context, namespace string, words ...string) string {
	return shellLine(contextual("dayfly", context, namespace, words))
}

// contextual are the words of a command about something in a namespace of a context.
func contextual(program, context, namespace string, words []string) []string {
	all := append([]string{program}, words...)
	if context != "" {
		all = append(all, "--context="+context)
	}
	if namespace != "" {
		all = append(all, "--namespace="+namespace)
	}
	return all
}

// KubectlExec is the kubectl command that runs a command in a container, in a terminal, in the same way.
func KubectlExec(context string, t Target, command []string) string {
	words := []string{"exec", "-it", t.Pod, "--container=" + t.Container}
	return shellLine(append(contextual("kubectl", context, t.Namespace, words), append([]string{"--"}, command...)...))
}
