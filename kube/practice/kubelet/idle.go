package kubelet

import (
	"cmp"
	"context"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/idle"
	"github.com/dayfly-k8s/dayfly/kube/practice/process"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/streams"
)

// installing is how long it takes to fill the volume of an idle copy.
const installing = 80 * time.Millisecond

// idle starts a container of an idle copy, if it is one that waits or the one that fills the volume for it; otherwise it is false. The volume is
// filled when it is needed: that takes no time of the machine's while the clock stands still.
func (c *container) idle(image scene.Image) bool {
	spec := &c.pod.object().Spec
	if idle.Installs(spec, c.spec) {
		c.simulate(scene.Program{Exit: &scene.Exit{After: metav1.Duration{Duration: installing}}})
		return true
	}
	copied, ok := idle.Find(spec, c.spec)
	if !ok {
		return false
	}
	c.waits = copied
	if err := c.fillVolume(spec, image); err != nil {
		c.unstartable(err.Error())
		return true
	}
	c.real(copied.Command(c.pod.room.volume(copied.Volume)))
	return true
}

// fillVolume does what the init container of an idle copy does.
func (c *container) fillVolume(spec *corev1.PodSpec, image scene.Image) error {
	if c.pod.k.host == nil {
		return process.ErrUnsupported
	}
	room, err := c.pod.enter()
	if err != nil {
		return err
	}
	if c.kind != appKind { // whose files are there with the room
		if err := room.layOut(c); err != nil {
			return err
		}
	}
	return c.waits.Install(idle.Place{
		Dir: room.volume(c.waits.Volume), Root: room.root(c), Path: machinePath, Hostname: c.pod.name.Name, IP: c.pod.ip,
		User: user(spec, c.spec, image) + " in " + cmp.Or(c.spec.WorkingDir, "/"),
		Env:  room.env(c, false), Image: image, Runs: image.Runs(c.pod.node.architecture),
	})
}

// user is whom a container runs as, as "user:group".
func user(spec *corev1.PodSpec, c *corev1.Container, image scene.Image) string {
	name, group := cmp.Or(image.User, "0"), "0"
	set := func(user, of *int64) {
		if user != nil {
			name = strconv.FormatInt(*user, 10)
		}
		if of != nil {
			group = strconv.FormatInt(*of, 10)
		}
	}
	if s := spec.SecurityContext; s != nil {
		set(s.RunAsUser, s.RunAsGroup)
	}
	if s := c.SecurityContext; s != nil {
		set(s.RunAsUser, s.RunAsGroup)
	}
	return name + ":" + group
}

// awaitIdle waits until a container of an idle copy has noted what it is about, which it says in its log. Of others it waits for nothing.
func (k *Kubelet) awaitIdle(ctx context.Context, name streams.Container) {
	k.mu.Lock()
	var log *logbook
	if _, c := k.lookup(name); c != nil && c.waits != nil {
		log = c.log
	}
	k.mu.Unlock()
	for log != nil {
		entries, _, more, at, ended := log.read(0, k.clock.Now())
		if len(entries) > 0 || ended || k.await(ctx, log, more, at) != nil {
			return
		}
	}
}
