package kube

import "strings"

// Help is something a person can do about a [Problem] with dayfly itself. It says what, never how: screens name the key that does it, and
// the command line names the flag or the command. Neither belongs into a sentence of this package.
type Help int

// What can help.
const (
	Retry            Help = iota + 1 // send the request again
	SwitchContext                    // use another context of the kubeconfig
	SwitchNamespace                  // use another namespace
	AllNamespaces                    // list the pods of all namespaces
	SwitchKubeconfig                 // read another kubeconfig
	TryDemo                          // use the practice cluster
	ListPods                         // see which pods there are, to choose another one
	ClearFilter                      // drop the filter of the list of pods
	ChangeTimeout                    // wait longer for answers
	ChooseTool                       // use another preset, or a composed image
	ChooseImage                      // use another image
	ChooseProfile                    // use another security profile
	AdmittedProfile                  // use the strongest profile that the cluster admits
	ChooseTarget                     // look at another container of the pod, or at none
	ChooseWay                        // debug in another way: in a copy of the pod
	ConfirmPod                       // confirm the name of the pod
	Attach                           // attach to the container again
	CurrentLog                       // read the log of the present instance instead of the previous one's

	helps = iota // how many there are
)

// AllHelp is every Help, for tests of what puts them into words.
func AllHelp() []Help {
	all := make([]Help, 0, helps)
	for h := range Help(helps) {
		all = append(all, h+1)
	}
	return all
}

// Advice is the hint of a Problem followed by what helps, each in the words of say: "press r to retry", "choose another context with
// --context". What say has no words for is left out. It is empty when there is nothing to say.
func (p *Problem) Advice(say func(Help) string) string {
	var phrases []string
	for _, h := range p.Help {
		if words := say(h); words != "" {
			phrases = append(phrases, words)
		}
	}
	help := strings.Join(phrases, ", or ")
	switch {
	case p.Hint == "" || help == "":
		return p.Hint + help
	case strings.HasSuffix(p.Hint, "?"):
		return p.Hint + " " + strings.ToUpper(help[:1]) + help[1:]
	}
	return p.Hint + "; " + help
}
