package debug

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// effectiveUser is who a debug container will run as: what it sets itself counts before what its pod sets, and both before its image.
type effectiveUser struct {
	uid     *int64 // nil: not known before it runs
	name    string // the number, or the image's name for its user; empty: not known
	chosen  bool   // by container or pod, not by the image
	nonRoot bool   // the kubelet refuses root
	podAsks bool   // … because the pod says so
}

func effectiveUserOf(pod *corev1.Pod, c *corev1.Container, image *ImageFacts) effectiveUser {
	outer, inner := cmp.Or(pod.Spec.SecurityContext, &corev1.PodSecurityContext{}), cmp.Or(c.SecurityContext, &corev1.SecurityContext{})
	user := effectiveUser{uid: cmp.Or(inner.RunAsUser, outer.RunAsUser)}
	asks := cmp.Or(inner.RunAsNonRoot, outer.RunAsNonRoot)
	user.nonRoot = asks != nil && *asks
	user.podAsks = user.nonRoot && inner.RunAsNonRoot == nil
	switch {
	case user.uid != nil:
		user.chosen, user.name = true, strconv.FormatInt(*user.uid, 10)
	case image != nil:
		user.uid, user.name = image.user()
	}
	return user
}

// user is the image's USER without its group; the number is nil when it is a name, which only the image's own files resolve.
func (i *ImageFacts) user() (uid *int64, name string) {
	name, _, _ = strings.Cut(i.User, ":")
	if name == "" || name == "root" {
		return new(int64(0)), "root"
	}
	if n, err := strconv.ParseInt(name, 10, 64); err == nil {
		return &n, name
	}
	return nil, kube.Sanitize(name)
}

func (user effectiveUser) isRoot() bool { return user.uid != nil && *user.uid == 0 }

// checkNonRoot finds that the kubelet will refuse a container for its user, which admission does not judge
// (kubernetes/kubernetes#113006).
func checkNonRoot(p Plan, f Facts) []Finding {
	user := effectiveUserOf(f.Pod.Object(), p.container(), f.Image)
	who := "it has to run as a non-root user"
	if user.podAsks {
		who = "the pod asks for a non-root user"
	}
	found := Finding{Severity: Blocking, Remedy: f.asTarget(p.Target.Container), Or: f.asRoot(p.Profile)}
	switch {
	case !user.nonRoot:
		return nil
	case user.chosen && user.isRoot():
		found.Text = who + ", and its user is set to root: it will not start"
	case user.chosen:
		return nil
	case user.name == "" && user.podAsks:
		found.Severity, found.Text = Warning, who+": an image that runs as root will not start in it"
	case user.name == "":
		found.Severity, found.Text = Warning, who+": an image that runs as root will not start"
	case user.isRoot():
		found.Text = who + ", and the image runs as root: it will not start"
	case user.uid == nil:
		found.Text = fmt.Sprintf("%s, and the image only names its user, %q, so that the node cannot tell: it will not start", who, user.name)
	default:
		return nil
	}
	return []Finding{found}
}

// checkCapabilities finds rights that the container's user will not have, although nobody refuses them.
func checkCapabilities(p Plan, f Facts) []Finding {
	c := p.container()
	user := effectiveUserOf(f.Pod.Object(), c, f.Image)
	if c.SecurityContext == nil || user.name == "" || user.isRoot() {
		return nil
	}
	found := Finding{Severity: Warning, Remedy: f.asRoot(p.Profile)}
	switch s := c.SecurityContext; {
	case s.Privileged != nil && *s.Privileged:
		found.Text = fmt.Sprintf("it will run as user %s: privileged, but without the rights of root", user.name)
	case s.Capabilities != nil && len(s.Capabilities.Add) > 0:
		found.Text = fmt.Sprintf("it will run as user %s: added capabilities have no effect for it", user.name)
	default:
		return nil
	}
	return []Finding{found}
}
