package debug

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/crashloop"
)

// inIdleCopy builds the plan of a copy of a pod in which the target waits in the place of its program, in its own image; the session is a shell in
// it. What the shell and its commands are made of, the image of the request brings: it has to have a static busybox.
func inIdleCopy(pod *kube.Pod, r Request) (Plan, error) {
	r.Copy.InPlaceOf = ""                                                  // the shell is in the target's
	r.Copy.Restarts = false                                                // what is started again would not be the shell's
	r.Private, r.NoTTY, r.NoStdin, r.StdinOnce = true, false, false, false // the session is run by exec
	if problem := r.checkCopy(pod); problem != nil {
		return Plan{}, problem
	}
	c, ok := pod.Container(r.Target)
	if !ok || specOf(&pod.Object().Spec, r.Target) == nil {
		return Plan{}, &kube.Problem{Message: "choose the container of which a copy is to be idle", Help: []kube.Help{kube.ChooseTarget}}
	}
	crashing := crashloop.Container{Spec: *specOf(&pod.Object().Spec, r.Target).DeepCopy(), Entrypoint: r.Idle.Entrypoint, Cmd: r.Idle.Command, Known: r.Idle.Known, LastLog: r.Idle.LastLog}
	if exit := cmp.Or(c.Exit, r.Idle.LastExit); exit != nil {
		crashing.LastExit = fmt.Sprintf("exit code %d, %s", exit.Code, exit.Words())
	}
	var exec []string
	p, err := r.copyPlan(pod, func(spec *corev1.PodSpec) (*corev1.Container, error) {
		var err error
		if exec, err = crashloop.Open(spec, crashing, crashloop.Tools{Image: r.Image, PullPolicy: corev1.PullPolicy(r.PullPolicy)}); err != nil {
			return nil, err
		}
		idle := specOf(spec, r.Target)
		applyInside(r.Profile, idle)
		return idle, nil
	})
	if err != nil {
		return Plan{}, err
	}
	p.Exec, p.Tools = exec, r.Image
	p.Notes = append(p.Notes, Note{Text: fmt.Sprintf("%s waits instead of running its program, with its own image, user, variables and volumes; "+
		"%s brings a shell, run-original, which starts the program, and probe", r.Target, r.Image)})
	if len(crashing.Spec.Command) == 0 && !r.Idle.Known {
		p.Notes = append(p.Notes, Note{Warns: true, Text: "its program is the image's own, and no registry says which: you have to type it behind run-original"})
	}
	p.Command = r.idleCommand(pod.Context, p)
	return p, nil
}

// specOf is a container of a pod, or an init container; nil: there is none of that name.
func specOf(spec *corev1.PodSpec, name string) *corev1.Container {
	for _, list := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}

// applyInside gives a container that is there what a profile adds. What a profile takes away the program may need: it is to run as it does in the pod.
func applyInside(p kube.Profile, c *corev1.Container) {
	if addsOnly(p) {
		apply(p, c)
	}
}

// addsOnly reports whether a profile adds rights that a program does not have by itself, and takes none away.
func addsOnly(p kube.Profile) bool { return p == kube.Netadmin || p == kube.Sysadmin }

// idleCommand is the command of kubectl that comes nearest: an idle copy as far as its image has a shell.
func (r Request) idleCommand(context string, p Plan) string {
	nearest := r
	nearest.Way, nearest.Private, nearest.Name, nearest.Image, nearest.Env, nearest.Custom = Copy, false, r.Target, "", nil, Custom{}
	nearest.Command, nearest.ArgumentsOnly = []string{"sh"}, false
	return nearest.kubectl(context, p.Target.Of(""))
}

// StaticBusybox is the image in the place of another for [Idle]: Docker Hub's busybox is linked with libraries that other images may lack.
func StaticBusybox(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil || named.Name() != "docker.io/library/busybox" {
		return image
	}
	if _, digested := named.(reference.Digested); digested {
		return image
	}
	tag := "latest"
	if tagged, ok := named.(reference.Tagged); ok {
		tag = tagged.Tag()
	}
	for _, static := range []string{"musl", "uclibc"} {
		if strings.HasSuffix(tag, static) {
			return image
		}
	}
	return "busybox:" + cmp.Or(strings.TrimPrefix(tag+"-musl", "latest-"), "musl")
}
