package kube

import (
	"bytes"
	"cmp"
	"net/netip"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// guardOf are the rules of a context. Where a flag leads to another server than the context's own, or to another file of contexts, the rules of
// all contexts of that server count too: a flag is no way around them. Of a server that no context has nobody knows whose it is, so the rules
// of all of them count.
func (k *Kubeconfig) guardOf(name string, overrides clientcmd.ConfigOverrides, config *rest.Config) Guard {
	if k.Guard == nil {
		return Guard{}
	}
	guard := k.Guard(name)
	led := overrides.Context.Cluster != "" || overrides.ClusterInfo.Server != "" || overrides.ClusterInfo.ProxyURL != ""
	here := serverOf(config.Host, config.CAData, config.CAFile)
	known := overrides.ClusterInfo.ProxyURL == "" && k.knows(here)
	for _, list := range []*clientcmdapi.Config{k.raw, k.others()} {
		if list == nil || list == k.raw && !led {
			continue
		}
		for other, context := range list.Contexts {
			cluster := list.Clusters[context.Cluster]
			if cluster == nil || other == name && list == k.raw {
				continue
			}
			there := serverOf(cluster.Server, cluster.CertificateAuthorityData, cluster.CertificateAuthority)
			if led && !known || here.maybe(there) {
				guard = guard.And(k.Guard(other))
			}
		}
	}
	return guard
}

// knows reports whether a context of the kubeconfig has a server by its address.
func (k *Kubeconfig) knows(s server) bool {
	for _, context := range k.raw.Contexts {
		if cluster := k.raw.Clusters[context.Cluster]; cluster != nil && serverOf(cluster.Server, nil, "").sameAddress(s) {
			return true
		}
	}
	return false
}

// others are the contexts of the files that are read without --kubeconfig; nil: that was not given, or there are none.
func (k *Kubeconfig) others() *clientcmdapi.Config {
	if k.rules.ExplicitPath == "" {
		return nil
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.WarnIfAllMissing = false
	others, err := rules.Load()
	if err != nil {
		return nil // what cannot be read has no contexts that anybody uses
	}
	return others
}

// server is where an API server is, in one form, and whom it is trusted to be.
type server struct {
	host, path string
	ca         []byte
}

func serverOf(address string, ca []byte, file string) server {
	if len(ca) == 0 && file != "" {
		ca, _ = os.ReadFile(file) // one that cannot be read is told by whoever connects
	}
	host, path := normalAddress(address)
	return server{host, path, bytes.TrimSpace(ca)}
}

func (s server) sameAddress(other server) bool { return s.host == other.host && s.path == other.path }

// maybe reports whether two may be one server: they have one address, or one authority vouches for both. Servers behind one gateway, which tells
// them apart by their paths, are two.
func (s server) maybe(other server) bool {
	if s.host == other.host && s.path != other.path {
		return false
	}
	return s.sameAddress(other) || len(s.ca) > 0 && bytes.Equal(s.ca, other.ca)
}

// normalAddress is a URL of a server in one form: host with port, and path.
func normalAddress(address string) (host, at string) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return address, ""
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80"}[strings.ToLower(u.Scheme)], "443")
	if n, err := strconv.Atoi(port); err == nil {
		port = strconv.Itoa(n)
	}
	at = strings.Trim(path.Clean("/"+u.Path), "/")
	return normalHost(u.Hostname()) + ":" + port, at
}

// normalHost is a name or an IP address in one form. All addresses of this machine itself are one.
func normalHost(host string) string {
	const own = "localhost"
	host = strings.TrimRight(strings.ToLower(host), ".")
	if host == own || strings.HasSuffix(host, "."+own) {
		return own
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		var ok bool
		if address, ok = shortIPv4(host); !ok {
			return host
		}
	}
	address = address.Unmap().WithZone("")
	if address.IsLoopback() || address.IsUnspecified() {
		return own
	}
	return address.String()
}

// shortIPv4 reads the forms of an address that system resolvers take beside the usual one: 127.1, 0177.0.0.1, 0x7f000001.
func shortIPv4(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var all uint64
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		if strings.HasPrefix(part, "0") && len(part) > 1 && part[1] != 'x' {
			part = "0o" + part[1:]
		}
		n, err := strconv.ParseUint(part, 0, bits)
		if err != nil || strings.Contains(part, "_") {
			return netip.Addr{}, false
		}
		all = all<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(all >> 24), byte(all >> 16), byte(all >> 8), byte(all)}), true
}
