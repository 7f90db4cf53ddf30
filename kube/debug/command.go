package debug

import (
	"fmt"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
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
	if r.Way.Copies() {
		words = append(words, r.copyFlags()...)
	}
	words = append(words, "--container="+r.Name)
	if r.Image != "" {
		words = append(words, "--image="+r.Image)
	}
	if r.Target != "" && !r.Way.OwnPod() {
		words = append(words, "--target="+r.Target)
	}
	words = append(words, "--profile="+string(r.Profile))
	if r.PullPolicy != "" {
		words = append(words, "--image-pull-policy="+r.PullPolicy)
	}
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

// copyFlags are those of kubectl debug that make such a copy, as far as it has any.
func (r Request) copyFlags() []string {
	o := r.Copy
	flags := []string{"--copy-to=" + r.Own.Name, fmt.Sprintf("--share-processes=%v", !o.Separate)}
	if !o.Separate {
		flags[1] = "--share-processes"
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{o.SameNode, "--same-node"}, {o.Keeps(podcopy.All), "--keep-labels"}, {o.Annotations, "--keep-annotations"}, {o.Liveness, "--keep-liveness"},
		{o.Readiness, "--keep-readiness"}, {o.Startup, "--keep-startup"}, {o.NoInit, "--keep-init-containers=false"}, {o.Replace, "--replace"},
	} {
		if flag.set {
			flags = append(flags, flag.name)
		}
	}
	if len(o.Images) > 0 {
		images := make([]string, len(o.Images))
		for i, image := range o.Images {
			images[i] = image.Container + "=" + image.Image
		}
		flags = append(flags, "--set-image="+strings.Join(images, ","))
	}
	return flags
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
