package debug

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// runAs sets the user that a request names. Root is made explicit twice over: where the pod asks for a non-root user, the kubelet
// refuses a container that only has the number (kubernetes/kubernetes#113006).
func (r Request) runAs(c *corev1.Container) {
	switch {
	case r.Root:
		s := security(c)
		s.RunAsUser, s.RunAsNonRoot = new(int64(0)), new(false)
	case r.RunAsUser != nil || r.RunAsGroup != nil:
		s := security(c)
		if r.RunAsUser != nil {
			s.RunAsUser = new(*r.RunAsUser)
		}
		if r.RunAsGroup != nil {
			s.RunAsGroup = new(*r.RunAsGroup)
		}
	}
}

// userNotes say what of the user is not in the kubectl command.
func (r Request) userNotes() []Note {
	if !r.Root && r.RunAsUser == nil && r.RunAsGroup == nil {
		return nil
	}
	return []Note{{Text: "the kubectl command omits the user: kubectl debug takes it only with --custom"}}
}

// asRoot is the request as root, and asUser as somebody else; a nil group is left to image and pod.
func (r Request) asRoot() Request {
	r.Root, r.RunAsUser, r.RunAsGroup = true, nil, nil
	return r
}

func (r Request) asUser(user int64, group *int64) Request {
	r.Root, r.RunAsUser, r.RunAsGroup = false, &user, group
	return r
}

// nobody is the user of images that are made to run without root (distroless: nonroot); it needs no name in the image.
const nobody = 65532

// asUser is the remedy of running as a number; the group may be nil.
func asUser(words string, uid int64, gid *int64) *Remedy {
	return &Remedy{Words: fmt.Sprintf("%s %d", words, uid), Apply: func(r Request) Request { return r.asUser(uid, gid) }}
}

// asTarget is the remedy of running as the target, or the pod's default container, does; as nobody in particular if that is not known, or is root.
func (f *Facts) asTarget(target string) *Remedy {
	words := "run as the target's user"
	if target == "" {
		words = "run as the pod's user"
	}
	if uid, gid := f.userOf(cmp.Or(target, f.Pod.Default)); uid != nil && *uid != 0 {
		return asUser(words, *uid, gid)
	}
	return asUser("run as user", nobody, nil)
}

// asRoot is the remedy of running as root all the same; nil where namespace or profile are there to forbid it.
func (f *Facts) asRoot(p kube.Profile) *Remedy {
	if p == kube.Restricted || f.PodSecurity == string(kube.Restricted) {
		return nil
	}
	return &Remedy{Words: "run as root anyway", Apply: Request.asRoot}
}

// userOf is who a container of the pod runs as, by its specification or else by what the runtime reports; nil: not known.
func (f *Facts) userOf(name string) (uid, gid *int64) {
	pod := f.Pod.Object()
	if outer := pod.Spec.SecurityContext; outer != nil {
		uid, gid = outer.RunAsUser, outer.RunAsGroup
	}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if s := c.SecurityContext; c.Name == name && s != nil {
			uid, gid = cmp.Or(s.RunAsUser, uid), cmp.Or(s.RunAsGroup, gid)
		}
	}
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if s.Name == name && s.User != nil && s.User.Linux != nil {
			uid, gid = cmp.Or(uid, &s.User.Linux.UID), cmp.Or(gid, &s.User.Linux.GID)
		}
	}
	return uid, gid
}
