package main

import (
	"fmt"
	"os"
)

// Names of the key pairs below run/pki, without their endings.
const (
	pkiAuthority     = "ca"
	pkiAPIServer     = "apiserver"
	pkiKubelet       = "kubelet"
	pkiKubeletClient = "apiserver-kubelet-client"
	pkiAccounts      = "service-accounts"
)

// pki is the path of a file of run/pki.
func (p Place) pki(file string) string { return p.Run("pki", file) }

// writePKI makes an authority and all that it signs: the servers' key pairs, and a kubeconfig for each client.
func (p Place) writePKI() error {
	if err := os.MkdirAll(p.Run("pki"), 0o700); err != nil {
		return fmt.Errorf("folder for keys: %w", err)
	}
	authority, err := NewAuthority("dayfly test cluster " + p.ID)
	if err != nil {
		return err
	}
	// The key of the authority is kept beside the rest so that a test can make a user of its own.
	if err := authority.write(p.pki(pkiAuthority)); err != nil {
		return err
	}
	if err := p.writeServers(authority); err != nil {
		return err
	}
	return p.writeClients(authority)
}

func (p Place) writeServers(authority *Authority) error {
	servers := map[string][]string{
		pkiAPIServer: {"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
			"localhost", "127.0.0.1", p.HostAddr().String(), apiServiceIP},
		pkiKubelet: {nodeName, p.NodeAddr().String()},
		// Only the key is used: it signs the tokens of service accounts.
		pkiAccounts: {"service-accounts"},
	}
	for name, hosts := range servers {
		pair, err := authority.Server(name, hosts...)
		if err != nil {
			return err
		}
		if err := pair.write(p.pki(name)); err != nil {
			return err
		}
	}
	pair, err := authority.Client("kube-apiserver", "system:masters")
	if err != nil {
		return err
	}
	return pair.write(p.pki(pkiKubeletClient))
}

// writeClients writes the kubeconfigs of the components and the one for people and tests.
func (p Place) writeClients(authority *Authority) error {
	components := []struct{ file, user, group, server string }{
		{"controller-manager", "system:kube-controller-manager", "", p.APIURL()},
		{"scheduler", "system:kube-scheduler", "", p.APIURL()},
		{"kubelet", "system:node:" + nodeName, "system:nodes", p.NodeAPIURL()},
		{nameKubeProxy, "system:kube-proxy", "", p.NodeAPIURL()},
	}
	for _, c := range components {
		config := newKubeConfig(authority.Cert)
		if err := config.addUser(authority, c.user, c.group); err != nil {
			return err
		}
		config.addContext(c.file, c.server, c.user, "default")
		if err := config.write(p.pki(c.file + ".kubeconfig")); err != nil {
			return err
		}
	}
	return p.writeKubeConfig(authority)
}

// writeKubeConfig writes the contexts that tests use. The first is the current one.
func (p Place) writeKubeConfig(authority *Authority) error {
	config := newKubeConfig(authority.Cert)
	users := []struct{ name, group string }{{"admin", "system:masters"}, {"viewer", ""}, {"narrow", ""}, {"adder", ""}}
	for _, u := range users {
		if err := config.addUser(authority, u.name, u.group); err != nil {
			return err
		}
	}
	config.addContext("dayfly", p.APIURL(), "admin", shopNamespace)
	config.addContext("viewer", p.APIURL(), "viewer", shopNamespace)
	config.addContext("narrow", p.APIURL(), "narrow", shopNamespace)
	config.addContext("adder", p.APIURL(), "adder", shopNamespace)
	config.addContext("nowhere", fmt.Sprintf("https://127.0.0.1:%d", p.Port(portNowhere)), "admin", shopNamespace)
	return config.write(p.KubeConfig())
}

// shopNamespace is where most of the manifests' pods are.
const shopNamespace = "shop"
