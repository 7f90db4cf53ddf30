package kubelet

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube/practice/containerfiles"
	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
	"github.com/dayfly-k8s/dayfly/kube/practice/traffic"
)

// enter makes the pod's room, if there is none yet.
func (p *pod) enter() (*room, error) {
	if p.room != nil {
		return p.room, nil
	}
	r := &room{
		pod: p, pids: map[*container]int{},
		dir: filepath.Join(p.k.dir, fmt.Sprintf("%s_%s_%.8s", p.name.Namespace, p.name.Name, p.uid)),
	}
	for _, dir := range []string{r.bin(), r.work()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of pod %s: %w", p.name, err)
		}
	}
	packets := filepath.Join(r.dir, "packets")
	if err := os.WriteFile(packets, p.packets(), 0o600); err != nil {
		return nil, fmt.Errorf("make the packets of pod %s: %w", p.name, err)
	}
	playing := programs(r.list())
	playing["tcpdump"] = traffic.Program(packets) // that of this machine would capture what is none of the pod's
	if err := install(r.bin(), playing); err != nil {
		return nil, fmt.Errorf("make the programs of pod %s: %w", p.name, err)
	}
	for _, c := range p.apps {
		if err := r.layOut(c); err != nil {
			return nil, err
		}
	}
	p.room = r
	for _, c := range p.all() {
		if s, ok := c.run.(*simulated); ok {
			r.stand(s)
		}
	}
	return r, nil
}

// packets are what a tcpdump in the pod prints.
func (p *pod) packets() []byte {
	ip, _ := netip.ParseAddr(p.object().Status.PodIP)
	return traffic.Capture(traffic.Pod{Name: p.name.Name, Namespace: p.name.Namespace, IP: ip}, p.k.clock.Now(), 0)
}

// programs are those that containers have in the place of this machine's, by their names; list is the file with the processes that ps shows.
func programs(list string) map[string]string {
	return map[string]string{"ps": strings.ReplaceAll(psScript, "PIDS", list), "hostname": hostnameScript}
}

// hostnameScript tells the name of the pod, or of the node: that of this machine is none of theirs.
const hostnameScript = `#!/bin/sh
[ $# = 0 ] && echo "$HOSTNAME" && exit
PATH=` + machinePath + `
exec hostname "$@"
`

// install makes programs in a folder.
func install(folder string, programs map[string]string) error {
	for name, text := range programs {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil { //nolint:gosec // it is a program
			return err
		}
	}
	return nil
}

// layOut makes the files of a container's image.
func (r *room) layOut(c *container) error {
	ref, err := scene.Normalise(c.spec.Image)
	if err != nil {
		return nil //nolint:nilerr // such a container never runs and has no files
	}
	image, err := r.pod.k.images.Find(ref)
	if err != nil {
		image = scene.Image{} // neither does one without an image
	}
	k, object := r.pod.k, r.pod.object()
	laid := containerfiles.Container{Image: image.Files, Links: image.Links, Pod: object, Spec: c.spec, Started: k.clock.Now(), Data: k.data(object.Namespace)}
	if running := c.state.Running; running != nil {
		laid.Started = running.StartedAt.Time
	}
	if c.log != nil {
		const most = 400 // lines
		entries, _, _, _, _ := c.log.read(0, k.clock.Now())
		for _, e := range entries[max(len(entries)-most, 0):] {
			laid.Log, laid.Logged = append(laid.Log, strings.TrimSuffix(string(e.text), "\n")), e.at
		}
	}
	return laid.LayOut(r.files(c))
}

// data reads what ConfigMaps and Secrets of a namespace hold.
func (k *Kubelet) data(namespace string) func(kind, name string) map[string]string {
	return func(kind, name string) map[string]string {
		resource := corev1.Resource("configmaps")
		if kind == "Secret" {
			resource = corev1.Resource("secrets")
		}
		found, err := k.store.Get(store.Key{Resource: resource, Namespace: namespace, Name: name})
		if err != nil {
			return nil
		}
		switch object := found.(type) {
		case *corev1.ConfigMap:
			return object.Data
		case *corev1.Secret:
			all := map[string]string{}
			for key, text := range object.Data {
				all[key] = string(text)
			}
			return all
		}
		return nil
	}
}
