package kube

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Serves are the ports on which a container serves, by protocol; 0: it does not say that it serves that. TCP is the first that it declares.
type Serves struct {
	HTTP, TLS, GRPC, TCP int
}

// servesOf concludes from a container's probes, which name the protocol, and then from the names and numbers of its ports.
func servesOf(c *corev1.Container) Serves {
	var s Serves
	set := func(to *int, port int) {
		if *to == 0 {
			*to = port
		}
	}
	for _, p := range []*corev1.Probe{c.ReadinessProbe, c.LivenessProbe, c.StartupProbe} {
		switch {
		case p == nil:
		case p.HTTPGet != nil && p.HTTPGet.Scheme == corev1.URISchemeHTTPS:
			set(&s.TLS, portNumber(c, p.HTTPGet.Port))
		case p.HTTPGet != nil:
			set(&s.HTTP, portNumber(c, p.HTTPGet.Port))
		case p.GRPC != nil:
			set(&s.GRPC, int(p.GRPC.Port))
		case p.TCPSocket != nil:
			set(&s.TCP, portNumber(c, p.TCPSocket.Port))
		}
	}
	first := 0
	for i := range c.Ports {
		port := &c.Ports[i]
		number, name := int(port.ContainerPort), strings.ToLower(port.Name)
		if port.Protocol != "" && port.Protocol != corev1.ProtocolTCP {
			continue
		}
		set(&first, number)
		switch {
		case strings.Contains(name, "https"), strings.Contains(name, "tls"), number == 443, number == 8443:
			set(&s.TLS, number)
		case strings.Contains(name, "grpc"), number == 50051:
			set(&s.GRPC, number)
		case strings.Contains(name, "http"), strings.Contains(name, "web"), number == 80, number == 8080, name == "" && len(c.Ports) == 1:
			set(&s.HTTP, number)
		}
	}
	if first != 0 {
		s.TCP = first // what it declares counts before what is probed
	}
	return s
}

// portNumber is a probe's port, of which it may have the name; 0: there is no such port.
func portNumber(c *corev1.Container, port intstr.IntOrString) int {
	if port.Type == intstr.Int {
		return port.IntValue()
	}
	for i := range c.Ports {
		if c.Ports[i].Name == port.StrVal {
			return int(c.Ports[i].ContainerPort)
		}
	}
	return 0
}
