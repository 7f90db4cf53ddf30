package inventory

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// powers are what containers of a pod may do, and how bad that is while they run.
type powers struct {
	gives  []string
	danger Danger
}

// powersOf looks at some containers of a pod, and at what of the node the pod shares with all of them.
func powersOf(spec *corev1.PodSpec, containers []corev1.Container) powers {
	p := powers{danger: Running}
	p.host(spec)
	for i := range containers {
		p.container(spec, &containers[i])
	}
	for i := range containers {
		p.capabilities(spec, &containers[i])
	}
	if slices.ContainsFunc(containers, func(c corev1.Container) bool { return isRoot(spec, &c) }) {
		p.add(Running, "root")
	}
	return p
}

// add notes what is given, once.
func (p *powers) add(d Danger, words string) {
	p.danger = max(p.danger, d)
	if !slices.Contains(p.gives, words) {
		p.gives = append(p.gives, words)
	}
}

// host notes what of the node all containers share. With its processes go their files: see [kube.HostPrivileges], which judges the same for guard rails.
func (p *powers) host(spec *corev1.PodSpec) {
	if spec.HostPID {
		p.add(NodeRoot, "hostPID")
	}
	if spec.HostNetwork {
		p.add(Elevated, "hostNetwork")
	}
	if spec.HostIPC {
		p.add(Elevated, "hostIPC")
	}
	bare := corev1.PodSpec{HostPID: spec.HostPID, HostNetwork: spec.HostNetwork, SecurityContext: spec.SecurityContext}
	if len(kube.HostPrivileges(&bare)) > 0 {
		p.danger = NodeRoot
	}
}

// container notes that it is privileged, and what of the node it mounts.
func (p *powers) container(spec *corev1.PodSpec, c *corev1.Container) {
	if s := c.SecurityContext; s != nil {
		s = s.DeepCopy()
		s.Capabilities = nil // of which HostPrivileges counts nearly each as all of them
		if s.Privileged != nil && *s.Privileged {
			p.gives = slices.Insert(p.gives, 0, "privileged")
			p.gives = slices.Compact(p.gives)
		}
		if words := kube.HostPrivileges(&corev1.PodSpec{Containers: []corev1.Container{{SecurityContext: s}}}); len(words) > 0 {
			p.danger = NodeRoot
		}
	}
	for _, m := range c.VolumeMounts {
		for i := range spec.Volumes {
			if v := &spec.Volumes[i]; v.Name == m.Name && v.HostPath != nil {
				p.mount(path.Clean("/" + v.HostPath.Path))
			}
		}
	}
}

// mount notes a path of the node. By a socket of its runtime containers of any kind can be made there.
func (p *powers) mount(of string) {
	switch base := path.Base(of); {
	case strings.HasSuffix(base, ".sock"):
		p.add(NodeRoot, "socket "+kube.Brief(of)+" of the node")
	case isSensitive(of):
		p.add(NodeRoot, "mounts "+kube.Brief(of)+" of the node")
	default:
		p.add(Elevated, "mounts "+kube.Brief(of)+" of the node")
	}
}

// isSensitive reports whether a folder of the node leads to root on it: it has programs, accounts, the kubelet's credentials, or sockets of the runtime.
func isSensitive(of string) bool {
	switch of {
	case "/", "/etc", "/var", "/run", "/var/run", "/root", "/home", "/proc", "/dev", "/sys", "/usr", "/bin", "/sbin", "/lib", "/boot", "/opt", "/var/lib":
		return true
	}
	for _, folder := range []string{"/etc/kubernetes", "/var/lib/kubelet", "/var/lib/containerd", "/var/lib/docker", "/run/containerd", "/run/crio", "/root", "/etc/cron", "/etc/ssh"} {
		if strings.HasPrefix(of, folder) {
			return true
		}
	}
	return false
}

// capabilities notes those that are added. Some are as good as root on the node, and one is where the pod is among its processes.
func (p *powers) capabilities(spec *corev1.PodSpec, c *corev1.Container) {
	if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
		return
	}
	for _, added := range c.SecurityContext.Capabilities.Add {
		name := strings.TrimPrefix(strings.ToUpper(kube.Brief(string(added))), "CAP_")
		switch name {
		case "ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "SYS_BOOT":
			p.add(NodeRoot, name)
		case "SYS_PTRACE":
			if spec.HostPID {
				p.danger = NodeRoot
			}
			p.add(Elevated, name)
		case "NET_BIND_SERVICE", "CHOWN", "SETUID", "SETGID", "FOWNER", "KILL", "SYS_CHROOT", "AUDIT_WRITE", "MKNOD", "SETPCAP", "FSETID", "SETFCAP", "DAC_OVERRIDE":
			p.add(Running, name) // what runtimes give anyway
		default:
			p.add(Elevated, name)
		}
	}
}

// isRoot reports whether a container says that it runs as root. Where it does not say, its image does.
func isRoot(spec *corev1.PodSpec, c *corev1.Container) bool {
	var user *int64
	if s := spec.SecurityContext; s != nil {
		user = s.RunAsUser
	}
	if s := c.SecurityContext; s != nil && s.RunAsUser != nil {
		user = s.RunAsUser
	}
	return user != nil && *user == 0
}
