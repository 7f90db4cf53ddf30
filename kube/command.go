package kube

import "strings"

// kubectl is the command that does the same.
func (r Request) kubectl(pod Target) string {
	words := []string{"kubectl", "debug", "-it", pod.Pod, "--namespace=" + pod.Namespace, "--container=" + r.Name, "--image=" + r.Image}
	if r.Target != "" {
		words = append(words, "--target="+r.Target)
	}
	words = append(words, "--profile="+string(r.Profile), "--image-pull-policy="+r.PullPolicy)
	for _, v := range r.Env {
		words = append(words, "--env="+v.Name+"="+v.Value)
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
	for i, w := range words {
		words[i] = Clean(shellQuote(w))
	}
	return strings.Join(words, " ")
}

// shellQuote quotes a word for a POSIX shell if it needs it.
func shellQuote(word string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./:,@%+", r)
	}
	if word != "" && strings.TrimFunc(word, safe) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
