package kubelet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
)

// joinFails is how long the script looks for a container in vain, and joinCode its exit code then.
const (
	joinFails = 50 * time.Millisecond
	joinCode  = 125
)

// outsideOf reads the commands by which dayfly goes from a node into a container there, and into the node itself; nil: it is none of them. A container that is not
// there is a sentence of the script.
func (c *container) outsideOf(argv []string) (o *outside, fails string) {
	if id, spaces, command, ok := joins(argv); ok {
		target := c.pod.k.runs(c.pod, id)
		if target == nil {
			return nil, notFoundSentence(argv[2])
		}
		return &outside{target: target, spaces: spaces, argv: command}, ""
	}
	if command, ok := entersHost(argv); ok && c.pod.hostPID() {
		return &outside{argv: command}, ""
	}
	return nil, ""
}

// joins reads the command that joins a container: sh -c SCRIPT dayfly /proc ID OTHER-SPELLING NAMESPACES USER COMMAND...
func joins(argv []string) (id string, spaces, command []string, ok bool) {
	const words = 9
	if len(argv) <= words || argv[0] != "sh" || argv[1] != "-c" || argv[3] != "dayfly" || argv[4] != "/proc" || !strings.Contains(argv[2], "nsenter") {
		return "", nil, nil, false
	}
	return argv[5], strings.Fields(argv[7]), argv[words:], true
}

// entersHost reads the command that runs another in the node's own namespaces, with its files: nsenter -t 1 -m … -- COMMAND...
func entersHost(argv []string) (command []string, ok bool) {
	at := slices.Index(argv, "--")
	if len(argv) < 4 || argv[0] != "nsenter" || argv[1] != "-t" || argv[2] != "1" || at < 0 || at == len(argv)-1 || !slices.Contains(argv[:at], "-m") {
		return nil, false
	}
	command = argv[at+1:]
	if script := command[len(command)-1]; strings.HasPrefix(script, "command -v bash ") { // the best shell, which would read the settings of this machine's person
		command = []string{"bash"}
	}
	return command, true
}

// notFoundSentence is what the script says where no process of the container is found.
func notFoundSentence(script string) string {
	_, rest, _ := strings.Cut(script, `choose || fail "`)
	text, _, _ := strings.Cut(rest, `"`)
	return "dayfly: " + cmp.Or(text, "no process of the container runs on this node")
}

// runs is the container with an ID, or the first of a pod with a UID, whose processes a pod on its node sees; nil: there is none.
func (k *Kubelet) runs(from *pod, id string) *container {
	if !from.hostPID() {
		return nil
	}
	for _, p := range k.pods {
		for _, c := range p.all() {
			if p.node == from.node && c.run != nil && (c.id == id || id == "pod"+string(p.uid)) {
				return c
			}
		}
	}
	return nil
}

// hostPID reports whether a pod is in its node's process namespace.
func (p *pod) hostPID() bool { return p.object().Spec.HostPID }

// goesOutside starts a container that runs something outside of it; otherwise it is false.
func (c *container) goesOutside(argv []string) bool {
	o, fails := c.outsideOf(argv)
	switch {
	case fails != "":
		c.simulate(scene.Program{Log: []scene.Line{{Text: fails}}, Exit: &scene.Exit{After: metav1.Duration{Duration: joinFails}, Code: joinCode}})
		return true
	case o == nil:
		return false
	}
	c.outside = o
	c.real(o.argv)
	if o.joins("pid") && c.run != nil {
		o.target.joined = append(o.target.joined, c)
	}
	return true
}
