package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube/practice/scene"
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
	if err := install(r.bin(), programs(r.list())); err != nil {
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
	if err := os.MkdirAll(r.root(c), 0o700); err != nil {
		return fmt.Errorf("lay out container %s: %w", c.spec.Name, err)
	}
	for name, text := range image.Files {
		path := filepath.Join(r.root(c), filepath.Clean("/"+name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("lay out container %s: %w", c.spec.Name, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("lay out container %s: %w", c.spec.Name, err)
		}
	}
	return nil
}
