package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/kube"
)

// advice is what to do about a problem, in the words of the command line: what helps is named by the flags of the command that met it.
func advice(p *kube.Problem, flags *pflag.FlagSet) string {
	return p.Advice(func(h kube.Help) string { return helpWords(h, flags) })
}

// helpWords puts what helps into words. They are empty where the command has no flag for it.
func helpWords(h kube.Help, flags *pflag.FlagSet) string {
	with := func(what string, names ...string) string {
		var has []string
		for _, name := range names {
			if flags.Lookup(name) != nil {
				has = append(has, "--"+name)
			}
		}
		if len(has) == 0 {
			return ""
		}
		return what + " with " + strings.Join(has, " or ")
	}
	switch h {
	case kube.Retry:
		return "try again"
	case kube.SwitchContext:
		return with("choose another context", "context")
	case kube.SwitchNamespace:
		return with("choose another namespace", "namespace")
	case kube.AllNamespaces:
		return with("list the pods of all namespaces", "all-namespaces")
	case kube.SwitchKubeconfig:
		if flags.Lookup("kubeconfig") == nil {
			return "name another kubeconfig in KUBECONFIG"
		}
		return "name another kubeconfig with --kubeconfig or KUBECONFIG"
	case kube.TryDemo:
		return "run dayfly demo for a practice cluster"
	case kube.ListPods:
		return "run dayfly to see which pods there are"
	case kube.ChangeTimeout:
		return with("wait longer", "request-timeout")
	case kube.ChooseTool:
		return with("choose another tool", "preset", "image")
	case kube.ChooseImage:
		return with("choose another image", "image")
	case kube.ChooseProfile:
		return with("choose another profile", "profile")
	case kube.ChooseTarget:
		return with("choose another target", "container")
	case kube.ChooseWay:
		return with("debug a copy of the pod", "copy")
	case kube.LimitTool:
		return with("give the tool's container small requests and limits", "limits")
	case kube.ConfirmPod:
		return with("confirm the name of the pod", "confirm")
	case kube.Attach:
		return "attach again with dayfly attach"
	case kube.AdmittedProfile, kube.ClearFilter, kube.CurrentLog: // only the interface can
	}
	return ""
}
