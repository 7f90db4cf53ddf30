package capture

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
)

// portKubelet is where a kubelet serves exec.
const portKubelet = 10250

// Surroundings are what has to be known to leave dayfly's own traffic out.
type Surroundings struct {
	API  []netip.AddrPort // of the API server
	Here []netip.Addr     // of this machine
}

// ReadSurroundings finds out the addresses of the API server, and of this machine.
func ReadSurroundings(ctx context.Context, c *kube.Cluster) Surroundings {
	var s Surroundings
	if at, err := url.Parse(c.Server); err == nil {
		port := uint16(443)
		if n, err := net.DefaultResolver.LookupPort(ctx, "tcp", at.Port()); err == nil && at.Port() != "" {
			port = uint16(n)
		}
		addresses, _ := net.DefaultResolver.LookupNetIP(ctx, "ip", at.Hostname())
		for _, a := range addresses {
			s.API = append(s.API, netip.AddrPortFrom(a.Unmap(), port))
		}
	}
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() {
			s.Here = append(s.Here, p.Addr().Unmap())
		}
	}
	return s
}

// Except is a filter of dayfly's own traffic as a pod sees it, and why it is left out; empty: the pod sees none. What is captured goes from the container to
// the kubelet without the pod's network. So there is only that of a pod in the network of its node, which carries the stream itself, and would capture it
// without end; and that of a pod in which dayfly runs. Images are pulled before; one that is pulled for another pod meanwhile is in the capture of its node.
func (s Surroundings) Except(pod *kube.Pod) (filter, why string) {
	own := slices.ContainsFunc(pod.IPs, func(ip string) bool {
		a, err := netip.ParseAddr(ip)
		return err == nil && slices.Contains(s.Here, a.Unmap())
	})
	object := pod.Object()
	host := object != nil && object.Spec.HostNetwork
	if !own && !host {
		return "", ""
	}
	var parts []string
	for _, a := range s.API {
		parts = append(parts, fmt.Sprintf("host %s and tcp port %d", a.Addr(), a.Port()))
	}
	switch {
	case host:
		parts = append(parts, fmt.Sprintf("tcp port %d", portKubelet), "src net 127.0.0.0/8 and dst net 127.0.0.0/8", "src host ::1 and dst host ::1")
		server := ", what goes to and from the API server"
		if len(s.API) == 0 {
			server = ""
		}
		why = fmt.Sprintf("pod %s is in the network of its node: left out are the loopback%s and the kubelet's port %d, which carry the capture itself", pod.Name, server, portKubelet)
	case len(parts) == 0:
		return "", "dayfly runs in pod " + pod.Name + ", and the address of the API server is not known: the capture has dayfly's own traffic to it"
	default:
		why = "dayfly runs in pod " + pod.Name + ": its traffic to the API server is left out"
	}
	for i, p := range parts {
		parts[i] = "(" + p + ")"
	}
	return strings.Join(parts, " or "), why
}
