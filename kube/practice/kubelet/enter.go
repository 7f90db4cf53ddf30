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
	ps := strings.ReplaceAll(psScript, "PIDS", r.list())
	if err := os.WriteFile(filepath.Join(r.bin(), "ps"), []byte(ps), 0o700); err != nil { //nolint:gosec // it is a program
		return nil, fmt.Errorf("make the ps of pod %s: %w", p.name, err)
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
