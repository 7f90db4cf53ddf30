// Package containerfiles is what a person finds in the files of a container of the practice cluster: a folder with those of its image, and what its pod
// mounts, as a kubelet lays it out. Programs that browse and copy files have that folder for their root ([Confine]): what is played has nothing to do
// with the files of this machine, which are never read or written.
package containerfiles

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Container is one whose files are laid out.
type Container struct {
	Image   map[string]string // the files of its image, by their paths
	Links   map[string]string // and its symbolic links
	Log     []string          // what it has logged so far
	Logged  time.Time         // when it did so last
	Pod     *corev1.Pod
	Spec    *corev1.Container
	Started time.Time
	// Data are the keys of a ConfigMap, or of a Secret, of the pod's namespace; nil: it is not there.
	Data func(kind, name string) map[string]string
}

// Root is where the files of a container are, below a folder of its own, in which [Container.LayOut] also puts what /proc would say of it.
func Root(folder string) string { return filepath.Join(folder, "root") }

const (
	folderMode = 0o755
	fileMode   = 0o644
	imageAge   = 40 * 24 * time.Hour // an image was built so long before its container started
)

// layer is what is written at one time, below the root of a container.
type layer struct {
	root string
	at   time.Time
}

// LayOut makes the files of a container below a folder, which is made.
func (c *Container) LayOut(folder string) error {
	const private = 0o700
	if err := os.MkdirAll(folder, private); err != nil {
		return fmt.Errorf("make the files of container %s: %w", c.Spec.Name, err)
	}
	image := layer{Root(folder), c.Started.Add(-imageAge)}
	mounted := layer{Root(folder), c.Started.Add(-time.Second)}
	running := layer{Root(folder), c.Logged}
	mounts := []string{"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}
	steps := []func() error{
		func() error { return c.ofImage(image) },
		func() error { return c.ofKubelet(mounted) },
	}
	for _, m := range c.Spec.VolumeMounts {
		steps, mounts = append(steps, func() error { return c.volume(mounted, m) }), append(mounts, path.Clean(m.MountPath))
	}
	steps = append(steps, func() error { return c.ofProgram(running) }, func() error {
		return os.WriteFile(filepath.Join(folder, "mountinfo"), []byte(mountinfo(mounts)), fileMode)
	}, image.settle)
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("make the files of container %s: %w", c.Spec.Name, err)
		}
	}
	return nil
}

// ofImage are the files that the image brings, and the folders that all images have.
func (c *Container) ofImage(l layer) error {
	for _, name := range []string{"/", "/etc", "/tmp", "/var/log", "/var/run"} {
		if err := l.folder(name); err != nil {
			return err
		}
	}
	users := "root:x:0:0:root:/root:/bin/sh\n"
	if text, ok := c.Image["/etc/passwd"]; ok {
		users = text
	}
	if uid := os.Getuid(); uid > 0 { // who has made these files is root in them
		users += fmt.Sprintf("root:x:%d:0:root:/root:/bin/sh\n", uid)
	}
	if err := l.file("/etc/passwd", users); err != nil {
		return err
	}
	for name, text := range c.Image {
		if name == "/etc/passwd" {
			continue
		}
		if err := l.file(name, text); err != nil {
			return err
		}
	}
	for name, to := range c.Links {
		if err := l.link(name, to); err != nil {
			return err
		}
	}
	return nil
}

// ofKubelet are the files that a kubelet gives to each container.
func (c *Container) ofKubelet(l layer) error {
	hosts := fmt.Sprintf("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n%s\t%s\n", c.Pod.Status.PodIP, c.Pod.Name)
	resolv := fmt.Sprintf("search %s.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n", c.Pod.Namespace)
	for name, text := range map[string]string{"/etc/hostname": c.Pod.Name + "\n", "/etc/hosts": hosts, "/etc/resolv.conf": resolv} {
		if err := l.file(name, text); err != nil {
			return err
		}
	}
	return nil
}

// ofProgram is what the program has written since it was started: its log, of which the beginning has been packed.
func (c *Container) ofProgram(l layer) error {
	if len(c.Log) == 0 {
		return nil
	}
	name, packed := "/var/log/"+c.Spec.Name+".log", &bytes.Buffer{}
	w := gzip.NewWriter(packed)
	if _, err := io.WriteString(w, strings.Join(c.Log[:len(c.Log)/2], "\n")+"\n"); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := l.file(name+".1.gz", packed.String()); err != nil {
		return err
	}
	return l.file(name, strings.Join(c.Log[len(c.Log)/2:], "\n")+"\n")
}

// volume is one that is mounted, with what is in it at first.
func (c *Container) volume(l layer, m corev1.VolumeMount) error {
	at := path.Clean("/" + m.MountPath)
	if err := l.folder(at); err != nil {
		return err
	}
	i := slices.IndexFunc(c.Pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name })
	if i < 0 {
		return nil
	}
	switch v := c.Pod.Spec.Volumes[i]; {
	case v.ConfigMap != nil:
		return l.projected(at, c.data("ConfigMap", v.ConfigMap.Name))
	case v.Secret != nil:
		return l.projected(at, c.data("Secret", v.Secret.SecretName))
	case v.Projected != nil: // in a practice cluster that is the service account's
		return l.projected(at, map[string]string{
			"namespace": c.Pod.Namespace, "token": "a practice cluster has no real tokens\n",
			"ca.crt": "-----BEGIN CERTIFICATE-----\nof the practice cluster\n-----END CERTIFICATE-----\n",
		})
	case v.PersistentVolumeClaim != nil:
		return l.folder(at + "/lost+found")
	}
	return nil
}

func (c *Container) data(kind, name string) map[string]string {
	if c.Data == nil {
		return nil
	}
	return c.Data(kind, name)
}

// projected lays keys out as a kubelet does, which changes all of them at one blow by changing one link:
// https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter
func (l layer) projected(at string, keys map[string]string) error {
	version := l.at.UTC().Format("..2006_01_02_15_04_05.000000000")
	for key, text := range keys {
		if err := l.file(path.Join(at, version, key), text); err != nil {
			return err
		}
		if err := l.link(path.Join(at, key), "..data/"+key); err != nil {
			return err
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return l.link(path.Join(at, "..data"), version)
}

// mountinfo is what /proc/PID/mountinfo says of mounts, and of the root.
func mountinfo(mounts []string) string {
	text := "20 1 0:20 / / rw,relatime - overlay overlay rw\n"
	for i, at := range mounts {
		at = strings.NewReplacer(`\`, `\134`, " ", `\040`, "\t", `\011`, "\n", `\012`).Replace(at)
		text += fmt.Sprintf("%d 20 8:1 / %s rw,relatime - ext4 /dev/sda1 rw\n", 21+i, at)
	}
	return text
}
