package crashloop

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// words are a probe for the script of that name, as assignments and arguments of a shell.
func (p probe) words(c *corev1.Container, hostNetwork bool) string {
	var b strings.Builder
	set := func(name, value string) { fmt.Fprintf(&b, "%s=%s\n", name, word(value)) }
	address := func(host string, port intstr.IntOrString) {
		number, named := portOf(c, port)
		set("host", host)
		set("port", number)
		set("named", named)
		set("about", hostNote(host, hostNetwork))
	}
	set("title", p.title)
	set("seconds", strconv.Itoa(int(max(p.TimeoutSeconds, 1)))) // as the API server defaults it
	var args []string
	switch h := p.ProbeHandler; {
	case h.HTTPGet != nil:
		set("kind", "http")
		set("scheme", scheme(h.HTTPGet))
		address(h.HTTPGet.Host, h.HTTPGet.Port)
		set("target", target(h.HTTPGet.Path))
		args = request(h.HTTPGet)
	case h.TCPSocket != nil:
		set("kind", "tcp")
		address(h.TCPSocket.Host, h.TCPSocket.Port)
	case h.GRPC != nil:
		set("kind", "grpc")
		address("", intstr.FromInt32(h.GRPC.Port))
		service := ""
		if h.GRPC.Service != nil {
			service = *h.GRPC.Service
		}
		set("service", service)
	case h.Exec != nil:
		set("kind", "exec")
		set("about", "")
		args = h.Exec.Command
	}
	b.WriteString("set --")
	for _, arg := range args {
		b.WriteString(" " + word(arg))
	}
	return b.String()
}

// portOf is the number of a port; empty when it is a name that no port of the container has.
func portOf(c *corev1.Container, port intstr.IntOrString) (number, named string) {
	if port.Type == intstr.Int {
		return port.String(), ""
	}
	for _, p := range c.Ports {
		if p.Name == port.StrVal {
			return strconv.Itoa(int(p.ContainerPort)), port.StrVal
		}
	}
	if n, err := strconv.ParseUint(port.StrVal, 10, 16); err == nil { // which the kubelet takes for a number
		return strconv.FormatUint(n, 10), ""
	}
	return "", port.StrVal
}

// hostNote says when a probe's host is not what it looks like: the kubelet is on the node.
func hostNote(host string, hostNetwork bool) string {
	ip := net.ParseIP(host)
	if !hostNetwork && (host == "localhost" || ip != nil && ip.IsLoopback()) {
		return fmt.Sprintf("The kubelet takes host %s for the node, not for this pod: the probe should name no host.", host)
	}
	return ""
}

func scheme(get *corev1.HTTPGetAction) string {
	if get.Scheme == corev1.URISchemeHTTPS {
		return "https"
	}
	return "http"
}

// target is the path and query that the kubelet asks for.
func target(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		u = &url.URL{Path: path}
	}
	u.Scheme, u.Host, u.User, u.Fragment = "http", "pod", nil, ""
	if again, err := url.Parse(u.String()); err == nil { // which has put a slash before the path
		u = again
	}
	return u.RequestURI()
}

// request are the lines of the request, as the kubelet sends it. "Host: " alone stands for the address.
func request(get *corev1.HTTPGetAction) []string {
	host, agent, accept := "", "kube-probe/1.x", "*/*"
	var others []string
	for _, h := range get.HTTPHeaders {
		value := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r == 0x7f {
				return -1 // which would begin another header
			}
			return r
		}, h.Value)
		switch strings.ToLower(h.Name) {
		case "host":
			host = value
		case "user-agent":
			agent = value
		case "accept":
			accept = value
		default:
			others = append(others, h.Name+": "+value)
		}
	}
	lines := []string{"GET " + target(get.Path) + " HTTP/1.1", "Host: " + host, "User-Agent: " + agent}
	if accept != "" { // an empty one takes it away
		lines = append(lines, "Accept: "+accept)
	}
	return append(append(lines, others...), "Connection: close")
}
