package quarantine

import (
	"github.com/dayfly-k8s/dayfly/kube"
)

// outCommand is what does with kubectl what a plan for the way out does. The annotation comes first: without it what the labels were would be lost.
func (p *Plan) outCommand(context string) string {
	keeps, err := p.record.text()
	if err != nil {
		return ""
	}
	words := []string{"label", "pod", p.Target.Pod}
	for _, key := range p.Keys {
		words = append(words, key+"-")
	}
	return kube.Kubectl(context, p.Target.Namespace, "annotate", "pod", p.Target.Pod, Annotation+"="+keeps) + " && " +
		kube.Kubectl(context, p.Target.Namespace, append(words, Selector)...)
}

// backCommand is what does with kubectl what a plan for the way back does.
func (p *Plan) backCommand(context string) string {
	words := []string{"label", "pod", p.Target.Pod}
	for _, key := range p.Keys {
		words = append(words, key+"="+p.record.Labels[key])
	}
	command := kube.Kubectl(context, p.Target.Namespace, append(words, Label+"-")...)
	if p.Unkept {
		return command
	}
	return command + " && " + kube.Kubectl(context, p.Target.Namespace, "annotate", "pod", p.Target.Pod, Annotation+"-")
}
