package kube

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// selection is what a context leads to, under the flags that count for it. What is not in the kubeconfig is empty.
type selection struct {
	context, clusterName, userName string
	cluster                        clientcmdapi.Cluster
	clusterFound                   bool
	user                           clientcmdapi.AuthInfo
	userFound                      bool
}

func (k *Kubeconfig) selected(name string, overrides clientcmd.ConfigOverrides) selection {
	s := selection{context: name, clusterName: overrides.Context.Cluster, userName: overrides.Context.AuthInfo}
	if c := k.raw.Contexts[name]; c != nil {
		if s.clusterName == "" {
			s.clusterName = c.Cluster
		}
		if s.userName == "" {
			s.userName = c.AuthInfo
		}
	}
	if c := k.raw.Clusters[s.clusterName]; c != nil {
		s.cluster, s.clusterFound = *c, true
	}
	if server := overrides.ClusterInfo.Server; server != "" {
		s.cluster.Server = server
	}
	if proxy := overrides.ClusterInfo.ProxyURL; proxy != "" {
		s.cluster.ProxyURL = proxy
	}
	if u := k.raw.AuthInfos[s.userName]; u != nil {
		s.user, s.userFound = *u, true
	}
	if token := overrides.AuthInfo.Token; token != "" {
		s.user.Token = token
	}
	return s
}

// check finds what makes a selection unusable; nil when nothing does. It goes before the checks of client-go, whose errors have values of
// the kubeconfig in them.
func (s selection) check() *Problem {
	cluster, user := quotedName(s.clusterName), quotedName(s.userName)
	if p := s.checkURLs(cluster); p != nil {
		return p
	}
	if s.user.Exec == nil {
		if p := checkAuthProvider(user, s.user.AuthProvider); p != nil {
			return p
		}
	}
	tokenFile := s.user.TokenFile
	if s.user.Token != "" {
		tokenFile = ""
	}
	for _, file := range []struct{ owner, key, path string }{
		{"cluster " + cluster, "certificate-authority", s.cluster.CertificateAuthority},
		{"user " + user, "client-certificate", s.user.ClientCertificate},
		{"user " + user, "client-key", s.user.ClientKey},
		{"user " + user, "tokenFile", tokenFile},
	} {
		if why := unreadableFile(file.path, file.key == "tokenFile"); why != "" {
			return &Problem{
				Message: fmt.Sprintf("the %s of %s cannot be used: %s %s", file.key, file.owner, Sanitize(concealed(file.path)), why),
				Hint:    "correct the path in the kubeconfig, or put the file there",
			}
		}
	}
	return nil
}

// isServer reports whether an API server can be at an address as client-go reads it: a URL, or a host with or without a port.
func isServer(address string) bool {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	if u.Port() == "" {
		return true
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

func quotedName(name string) string { return fmt.Sprintf("%q", Brief(Sanitize(concealed(name)))) }

// checkURLs looks at where a cluster is. A value that is no URL is not shown: a password may be anywhere in it.
func (s selection) checkURLs(cluster string) *Problem {
	const looks = "in the kubeconfig it looks like https://HOST:6443"
	switch server := s.cluster.Server; {
	case server == "" && s.clusterFound:
		return &Problem{Message: "cluster " + cluster + " has no server", Hint: "write the address of its API server there: " + looks}
	case server != "" && !isServer(server):
		return &Problem{Message: "the server of cluster " + cluster + " is not an address of an API server", Hint: looks}
	}
	if proxy := s.cluster.ProxyURL; proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
			return &Problem{
				Message: "the proxy-url of cluster " + cluster + " is not an address of a proxy",
				Hint:    "in the kubeconfig it looks like http://HOST:3128, https://HOST:3128 or socks5://HOST:1080",
			}
		}
	}
	return nil
}

// unreadableFile says why a file cannot be read; empty when it can, or when there is no path.
func unreadableFile(path string, notEmpty bool) string {
	if path == "" {
		return ""
	}
	text, err := os.ReadFile(path)
	var why *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.As(err, &why):
		return "cannot be read: " + why.Err.Error()
	case err == nil && notEmpty && strings.TrimSpace(string(text)) == "":
		return "is empty"
	}
	return ""
}

// lacksCredentials says why requests of a selection have no credentials; empty when they have some.
func (s selection) lacksCredentials() string {
	u := s.user
	switch {
	case u.Token != "", u.TokenFile != "", u.Username != "", u.Password != "", u.ClientCertificate != "", len(u.ClientCertificateData) > 0,
		u.Exec != nil, u.AuthProvider != nil:
		return ""
	case s.context == "":
		return ""
	case s.userName == "":
		return "no user is named in context " + quotedName(s.context) + ": add one to the kubeconfig"
	case !s.userFound:
		return "context " + quotedName(s.context) + " names user " + quotedName(s.userName) + ", which is not in the kubeconfig"
	}
	return "user " + quotedName(s.userName) + " of context " + quotedName(s.context) + " has no credentials in the kubeconfig"
}

// secrets are what a kubeconfig holds that must not be shown.
func (k *Kubeconfig) secrets() []string {
	var all []string
	for _, u := range k.raw.AuthInfos {
		all = append(all, u.Token, u.Password, string(u.ClientKeyData))
		if u.AuthProvider != nil {
			for key, value := range u.AuthProvider.Config {
				if secretName(key) {
					all = append(all, value)
				}
			}
		}
		all = append(all, execSecrets(u.Exec)...)
	}
	for _, c := range k.raw.Clusters {
		for _, address := range []string{c.Server, c.ProxyURL} {
			if u, err := url.Parse(address); err == nil {
				password, _ := u.User.Password()
				all = append(all, password)
			}
		}
	}
	return all
}
