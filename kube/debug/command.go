package debug

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// kubectl is the command that does the same, in whatever context the shell is that it is pasted into.
func (r Request) kubectl(context string, pod kube.Target) string {
	words := []string{"kubectl", "debug"}
	switch {
	case r.Private:
	case r.NoStdin:
		words = append(words, "--attach") // for a terminal without an input it has no flags
	case r.NoTTY:
		words = append(words, "-i")
	default:
		words = append(words, "-it")
	}
	words = append(words, pod.Pod)
	if context != "" {
		words = append(words, "--context="+context)
	}
	words = append(words, "--namespace="+pod.Namespace)
	if r.Way == Copy {
		words = append(words, "--copy-to="+r.CopyTo, "--share-processes")
	}
	words = append(words, "--container="+r.Name, "--image="+r.Image)
	if r.Target != "" && r.Way != Copy {
		words = append(words, "--target="+r.Target)
	}
	words = append(words, "--profile="+string(r.Profile), "--image-pull-policy="+r.PullPolicy)
	for _, v := range r.Env {
		words = append(words, "--env="+envFlag(v))
	}
	if source := r.Custom.Source(); source != "" {
		words = append(words, "--custom="+source)
	}
	if r.ArgumentsOnly {
		words = append(words, "--arguments-only")
	}
	if len(r.Command) > 0 {
		words = append(append(words, "--"), r.Command...)
	}
	return kube.ShellLine(words)
}

// kubectlExec is the rest of the command for a session that is run by exec; empty for one that is attached.
func (r Request) kubectlExec(context string, pod kube.Target, command []string) string {
	if len(command) == 0 {
		return ""
	}
	words := []string{"kubectl", "exec", "-it", pod.Pod}
	if context != "" {
		words = append(words, "--context="+context)
	}
	words = append(words, "--namespace="+pod.Namespace, "--container="+r.Name, "--")
	return " && " + kube.ShellLine(append(words, command...))
}

// envFlag spells a variable as kubectl parses it: as it is when it has no "=" but the first; otherwise as CSV, which is
// also the only way to keep a quotation mark at an end.
func envFlag(v EnvVar) string {
	pair := v.Name + "=" + v.Value
	csv := `"` + strings.ReplaceAll(pair, `"`, `""`) + `"`
	switch {
	case strings.Contains(v.Value, "="):
		return csv
	case strings.HasSuffix(v.Value, `"`):
		return v.Name + "=," + csv // two pairs, the last counts: with a single "=" it would not be read as CSV
	}
	return pair
}
