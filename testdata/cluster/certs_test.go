package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"
)

func leaf(t *testing.T, pair KeyPair) *x509.Certificate {
	t.Helper()
	both, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	return both.Leaf
}

func TestCertificatesVerify(t *testing.T) {
	authority, err := NewAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewAuthority("other")
	if err != nil {
		t.Fatal(err)
	}
	roots, otherRoots := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.Cert)
	otherRoots.AppendCertsFromPEM(other.Cert)

	pair, err := authority.Server("node", "node-1", "10.213.0.2")
	if err != nil {
		t.Fatal(err)
	}
	server := leaf(t, pair)
	for _, host := range []string{"node-1", "10.213.0.2"} {
		if _, err := server.Verify(x509.VerifyOptions{DNSName: host, Roots: roots}); err != nil {
			t.Errorf("server as %s: %v", host, err)
		}
	}
	if _, err := server.Verify(x509.VerifyOptions{DNSName: "10.213.0.3", Roots: roots}); err == nil {
		t.Error("server is accepted under a name that it does not have")
	}
	if _, err := server.Verify(x509.VerifyOptions{Roots: otherRoots}); err == nil {
		t.Error("server is accepted by another authority")
	}

	pair, err = authority.Client("system:node:node-1", "system:nodes")
	if err != nil {
		t.Fatal(err)
	}
	client := leaf(t, pair)
	usage := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, err := client.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usage}); err != nil {
		t.Errorf("client: %v", err)
	}
	if _, err := server.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usage}); err == nil {
		t.Error("a server's certificate is good for a client")
	}
	if client.Subject.CommonName != "system:node:node-1" || !slices.Equal(client.Subject.Organization, []string{"system:nodes"}) {
		t.Errorf("client is %s", client.Subject)
	}
}

func TestKubeConfig(t *testing.T) {
	p := NewPlace(t.TempDir())
	if err := p.writePKI(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(p.KubeConfig())
	if err != nil {
		t.Fatal(err)
	}
	var config kubeConfig
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	users, servers := map[string]KeyPair{}, map[string]string{}
	for _, u := range config.Users {
		users[u.Name] = KeyPair{u.User.Certificate, u.User.Key}
	}
	for _, c := range config.Clusters {
		servers[c.Name] = c.Cluster.Server
	}
	want := map[string][2]string{
		"dayfly": {"admin", p.APIURL()}, "viewer": {"viewer", p.APIURL()}, "narrow": {"narrow", p.APIURL()},
		"adder": {"adder", p.APIURL()}, "nowhere": {"admin", ""},
	}
	for _, c := range config.Contexts {
		wanted, ok := want[c.Name]
		if !ok {
			t.Errorf("unexpected context %s", c.Name)
		}
		delete(want, c.Name)
		if c.Context.User != wanted[0] || leaf(t, users[c.Context.User]).Subject.CommonName != wanted[0] {
			t.Errorf("context %s has user %s", c.Name, c.Context.User)
		}
		if server := servers[c.Context.Cluster]; (c.Name == "nowhere") == (server == p.APIURL()) || server == "" {
			t.Errorf("context %s has server %q", c.Name, server)
		}
	}
	if len(want) > 0 || config.CurrentContext != "dayfly" {
		t.Errorf("missing contexts %v, current is %q", want, config.CurrentContext)
	}
	if info, err := os.Stat(p.KubeConfig()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("kubeconfig has mode %v, %v", info.Mode(), err)
	}
}
