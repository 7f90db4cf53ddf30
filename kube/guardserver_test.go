package kube

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// One server has one form, however it is written.
func TestServersAreCompared(t *testing.T) {
	for _, same := range [][]string{
		{
			"https://127.0.0.1:7701", "https://127.0.0.1:07701", "https://localhost:7701/", "https://LOCALHOST.:7701", "https://[::1]:7701", "https://127.1:7701",
			"https://0177.0.0.1:7701", "https://2130706433:7701", "https://0x7f.1:7701", "https://[::ffff:127.0.0.1]:7701", "https://0.0.0.0:7701",
			"https://user:pw@127.0.0.1:7701", "http://127.0.0.1:7701", "127.0.0.1:7701", "https://api.localhost:7701//", "https://127.9.9.9:7701/.",
			"HTTPS://localhost:7701/?x#y",
		},
		{"https://API.example", "https://api.example:443/", "https://api.example.", "api.example", "https://api.example:0443"},
		{"https://rancher.example/k8s/clusters/c-1", "https://rancher.example:443//k8s/./clusters/c-1/", "https://rancher.example/k8s/x/../clusters/c%2D1"},
		{"https://[2001:DB8:0::1]:6443", "https://[2001:db8::1]:6443"},
	} {
		for _, other := range same[1:] {
			if !serverOf(same[0], nil, "").maybe(serverOf(other, nil, "")) {
				t.Errorf("%s is not %s", other, same[0])
			}
		}
	}
	different := []string{
		"https://127.0.0.1:7701", "https://127.0.0.1:7702", "https://api.example", "https://api.example:6443", "https://api.example.org",
		"https://rancher.example/k8s/clusters/c-1", "https://rancher.example/k8s/clusters/c-2", "https://10.0.0.1", "https://10.0.0.10",
	}
	for i, one := range different {
		for _, other := range different[i+1:] {
			if serverOf(one, nil, "").maybe(serverOf(other, nil, "")) {
				t.Errorf("%s is %s", other, one)
			}
		}
	}
}

// One authority vouches for one cluster, but for those behind one gateway.
func TestServersOfOneAuthority(t *testing.T) {
	ca, other := []byte("a certificate"), []byte("another")
	file := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(file, append(ca, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	here := serverOf("https://gate.example/c-1", ca, "")
	for _, test := range []struct {
		there server
		want  bool
	}{
		{serverOf("https://alias.example", ca, ""), true},
		{serverOf("https://alias.example", nil, file), true},
		{serverOf("https://alias.example", other, ""), false},
		{serverOf("https://gate.example/c-1", other, ""), true},
		{serverOf("https://gate.example/c-2", ca, ""), false},
	} {
		if got := here.maybe(test.there); got != test.want {
			t.Errorf("%+v: it is %v that they may be one", test.there, got)
		}
	}
	if serverOf("https://a.example", nil, "").maybe(serverOf("https://b.example", nil, "")) {
		t.Error("two servers without an authority are one")
	}
}

// No flag is a way around the rules of a context: neither another spelling of its server, nor an address that nobody knows, nor a copy of the
// context under another name.
func TestRulesOfServersReachedByFlags(t *testing.T) {
	folder := t.TempDir()
	ca, otherCA := newAuthority(t), newAuthority(t)
	config := func(name, prod string) string {
		file := filepath.Join(folder, name)
		text := `{"apiVersion": "v1", "kind": "Config", "current-context": "lab",
"clusters": [
  {"name": "p", "cluster": {"server": "https://127.0.0.1:7701", "certificate-authority-data": "` + ca + `"}},
  {"name": "alias", "cluster": {"server": "https://alias.example", "certificate-authority-data": "` + ca + `"}},
  {"name": "l", "cluster": {"server": "https://lab.example", "certificate-authority-data": "` + otherCA + `"}}],
"contexts": [
  {"name": "` + prod + `", "context": {"cluster": "p", "user": "u"}},
  {"name": "lab", "context": {"cluster": "l", "user": "u"}},
  {"name": "lab-2", "context": {"cluster": "l", "user": "u"}}],
"users": [{"name": "u", "user": {"token": "t"}}]}`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Setenv("KUBECONFIG", config("own", "prod"))
	copied := config("copied", "mine")
	for arguments, want := range map[string]bool{
		"--context=prod":  true,
		"--context=lab":   false,
		"--context=lab-2": false,
		"--context=lab --server=https://127.0.0.1:07701":        true,
		"--context=lab --server=https://localhost:7701":         true,
		"--context=lab --server=https://LAB.example:443/":       false,
		"--context=lab --server=https://nobody.example":         true,
		"--context=lab --cluster=p":                             true,
		"--context=lab --cluster=alias":                         true,
		"--context=lab --cluster=l":                             false,
		"--context=lab --user=u":                                false,
		"--context=lab --proxy-url=http://localhost:8080":       true,
		"--context=mine --kubeconfig=" + copied:                 true,
		"--context=lab --kubeconfig=" + copied:                  false,
		"--context=lab --kubeconfig=" + copied + " --cluster=p": true,
	} {
		flags, set := &Flags{}, pflag.NewFlagSet("test", pflag.ContinueOnError)
		flags.AddTo(set)
		if err := set.Parse(strings.Fields(arguments)); err != nil {
			t.Fatal(err)
		}
		k, err := flags.Load()
		if err != nil {
			t.Fatal(err)
		}
		k.Guard = func(context string) Guard { return Guard{ReadOnly: context == "prod"} }
		c, err := k.Open("")
		if err != nil {
			t.Errorf("%s: %v", arguments, err)
			continue
		}
		if c.Guard().ReadOnly != want {
			t.Errorf("%s: read-only is %t, want %t", arguments, c.Guard().ReadOnly, want)
		}
	}
}

// newAuthority is a certificate as a kubeconfig has it.
func newAuthority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
