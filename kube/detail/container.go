package detail

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/dayfly-k8s/dayfly/kube"
)

// containerDetail puts what a container was asked to be into words.
func containerDetail(c *corev1.Container) Container {
	var f facts
	f.add("command", kube.Brief(strings.Join(c.Command, " ")))
	f.add("arguments", kube.Brief(strings.Join(c.Args, " ")))
	f.add("workdir", c.WorkingDir)
	var ports []string
	for _, p := range c.Ports {
		port := fmt.Sprintf("%d/%s", p.ContainerPort, cmp.Or(string(p.Protocol), "TCP"))
		if p.Name != "" {
			port = p.Name + " " + port
		}
		ports = append(ports, port)
	}
	f.add("ports", strings.Join(ports, ", "))
	f.add("requests", resources(c.Resources.Requests))
	f.add("limits", resources(c.Resources.Limits))
	f.add("startup", probe(c.StartupProbe))
	f.add("readiness", probe(c.ReadinessProbe))
	f.add("liveness", probe(c.LivenessProbe))
	f.add("security", containerSecurity(c.SecurityContext)...)
	if c.ImagePullPolicy != "" && c.ImagePullPolicy != corev1.PullIfNotPresent {
		f.add("pull", string(c.ImagePullPolicy))
	}
	return Container{Facts: f, Env: envOf(c), Mounts: mountsOf(c)}
}

// resources is "cpu 10m, memory 16Mi".
func resources(list corev1.ResourceList) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(list)) {
		quantity := list[name]
		words = append(words, string(name)+" "+quantity.String())
	}
	return strings.Join(words, ", ")
}

// probe is "GET http://:http/ready every 5 s, unready after 3 failures".
func probe(p *corev1.Probe) string {
	if p == nil {
		return ""
	}
	var does string
	switch {
	case p.HTTPGet != nil:
		does = fmt.Sprintf("GET %s://%s:%s%s", strings.ToLower(cmp.Or(string(p.HTTPGet.Scheme), "http")), p.HTTPGet.Host,
			port(p.HTTPGet.Port), p.HTTPGet.Path)
	case p.TCPSocket != nil:
		does = fmt.Sprintf("connects to TCP %s:%s", p.TCPSocket.Host, port(p.TCPSocket.Port))
	case p.GRPC != nil:
		does = fmt.Sprintf("gRPC health on port %d", p.GRPC.Port)
	case p.Exec != nil:
		does = "runs " + kube.Brief(strings.Join(p.Exec.Command, " "))
	}
	words := []string{does, fmt.Sprintf("every %d s", cmp.Or(p.PeriodSeconds, 10))}
	if p.InitialDelaySeconds > 0 {
		words = append(words, fmt.Sprintf("initial delay %d s", p.InitialDelaySeconds))
	}
	words = append(words, fmt.Sprintf("timeout %d s", cmp.Or(p.TimeoutSeconds, 1)))
	if n := cmp.Or(p.FailureThreshold, 3); n == 1 {
		words = append(words, "failure threshold 1")
	} else {
		words = append(words, fmt.Sprintf("failure threshold %d", n))
	}
	return strings.Join(words, ", ")
}

func port(p intstr.IntOrString) string { return p.String() }

func containerSecurity(s *corev1.SecurityContext) []string {
	if s == nil {
		return nil
	}
	words := runsAs(s.RunAsUser, s.RunAsGroup, s.RunAsNonRoot)
	if s.Privileged != nil && *s.Privileged {
		words = append(words, "privileged")
	}
	if s.ReadOnlyRootFilesystem != nil && *s.ReadOnlyRootFilesystem {
		words = append(words, "read-only root")
	}
	if s.Capabilities != nil {
		for _, c := range s.Capabilities.Add {
			words = append(words, "+"+string(c))
		}
		for _, c := range s.Capabilities.Drop {
			words = append(words, "-"+string(c))
		}
	}
	return words
}

// envOf names what is in the environment. Secrets and config maps are named, never read.
func envOf(c *corev1.Container) []Fact {
	var list []Fact
	for i := range c.EnvFrom {
		from, source := &c.EnvFrom[i], ""
		switch {
		case from.ConfigMapRef != nil:
			source = "all of ConfigMap " + from.ConfigMapRef.Name
		case from.SecretRef != nil:
			source = "all of secret " + from.SecretRef.Name
		}
		list = append(list, Fact{kube.Sanitize(from.Prefix) + "*", "← " + kube.Sanitize(source)})
	}
	for i := range c.Env {
		v := &c.Env[i]
		fact := Fact{kube.Sanitize(v.Name), kube.Brief(v.Value)}
		if v.ValueFrom != nil {
			fact.Text = "← " + kube.Sanitize(valueFrom(v.ValueFrom))
		}
		list = append(list, fact)
	}
	return list
}

func valueFrom(s *corev1.EnvVarSource) string {
	switch {
	case s.SecretKeyRef != nil:
		return fmt.Sprintf("secret %s, key %s", s.SecretKeyRef.Name, s.SecretKeyRef.Key)
	case s.ConfigMapKeyRef != nil:
		return fmt.Sprintf("ConfigMap %s, key %s", s.ConfigMapKeyRef.Name, s.ConfigMapKeyRef.Key)
	case s.FieldRef != nil:
		return "field " + s.FieldRef.FieldPath
	case s.ResourceFieldRef != nil:
		return strings.TrimSpace(s.ResourceFieldRef.ContainerName + " " + s.ResourceFieldRef.Resource)
	}
	return "a source that is not known here"
}

func mountsOf(c *corev1.Container) []Fact {
	var list []Fact
	for i := range c.VolumeMounts {
		m := &c.VolumeMounts[i]
		text := m.Name
		if sub := cmp.Or(m.SubPath, m.SubPathExpr); sub != "" {
			text += ", subPath " + sub
		}
		if m.ReadOnly {
			text += " (read only)"
		}
		list = append(list, Fact{kube.Sanitize(m.MountPath), kube.Sanitize(text)})
	}
	for i := range c.VolumeDevices {
		list = append(list, Fact{kube.Sanitize(c.VolumeDevices[i].DevicePath), "device " + kube.Sanitize(c.VolumeDevices[i].Name)})
	}
	return list
}
