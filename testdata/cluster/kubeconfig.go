package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// kubeConfig is the part of a kubeconfig file that is needed here, keys and certificates included in the file so that it
// can be copied elsewhere.
type kubeConfig struct {
	APIVersion     string         `json:"apiVersion"`
	Kind           string         `json:"kind"`
	CurrentContext string         `json:"current-context"`
	Clusters       []namedCluster `json:"clusters"`
	Contexts       []namedContext `json:"contexts"`
	Users          []namedUser    `json:"users"`

	authority []byte
}

type namedCluster struct {
	Name    string `json:"name"`
	Cluster struct {
		Server    string `json:"server"`
		Authority []byte `json:"certificate-authority-data"`
	} `json:"cluster"`
}

type namedContext struct {
	Name    string `json:"name"`
	Context struct {
		Cluster   string `json:"cluster"`
		User      string `json:"user"`
		Namespace string `json:"namespace"`
	} `json:"context"`
}

type namedUser struct {
	Name string `json:"name"`
	User struct {
		Certificate []byte `json:"client-certificate-data"`
		Key         []byte `json:"client-key-data"`
	} `json:"user"`
}

func newKubeConfig(authority []byte) *kubeConfig {
	return &kubeConfig{APIVersion: "v1", Kind: "Config", authority: authority}
}

// addUser issues a certificate for a user; group may be empty.
func (k *kubeConfig) addUser(authority *Authority, user, group string) error {
	var groups []string
	if group != "" {
		groups = append(groups, group)
	}
	pair, err := authority.Client(user, groups...)
	if err != nil {
		return err
	}
	entry := namedUser{Name: user}
	entry.User.Certificate, entry.User.Key = pair.Cert, pair.Key
	k.Users = append(k.Users, entry)
	return nil
}

// addContext adds a context and, when no other context has the server yet, a cluster for it. The first context becomes
// the current one.
func (k *kubeConfig) addContext(name, server, user, namespace string) {
	cluster := ""
	for _, c := range k.Clusters {
		if c.Cluster.Server == server {
			cluster = c.Name
		}
	}
	if cluster == "" {
		cluster = name
		entry := namedCluster{Name: cluster}
		entry.Cluster.Server, entry.Cluster.Authority = server, k.authority
		k.Clusters = append(k.Clusters, entry)
	}
	entry := namedContext{Name: name}
	entry.Context.Cluster, entry.Context.User, entry.Context.Namespace = cluster, user, namespace
	k.Contexts = append(k.Contexts, entry)
	if k.CurrentContext == "" {
		k.CurrentContext = name
	}
}

func (k *kubeConfig) write(path string) error {
	text, err := yaml.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write kubeconfig: %w", err)
	}
	return nil
}
