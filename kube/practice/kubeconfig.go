package practice

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"

	clientcmdv1 "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"
)

// tokens are the bearer tokens of the users, new with each cluster.
type tokens struct {
	admin, viewer string
}

func newTokens() (tokens, error) {
	var t tokens
	for _, token := range []*string{&t.admin, &t.viewer} {
		var bits [32]byte
		if _, err := rand.Read(bits[:]); err != nil {
			return tokens{}, fmt.Errorf("make a token: %w", err)
		}
		*token = hex.EncodeToString(bits[:])
	}
	return t, nil
}

// users is the user's name for each token.
func (t tokens) users() map[string]string {
	return map[string]string{t.admin: admin, t.viewer: viewer}
}

// writeKubeconfig writes how to reach the cluster, for nobody but the person who started it.
func writeKubeconfig(path, server string, authority []byte, t tokens) error {
	const cluster, namespace = "practice", "shop"
	config := clientcmdv1.Config{
		APIVersion: "v1", Kind: "Config", CurrentContext: "practice",
		Clusters: []clientcmdv1.NamedCluster{{
			Name: cluster, Cluster: clientcmdv1.Cluster{Server: server, CertificateAuthorityData: authority},
		}},
		AuthInfos: []clientcmdv1.NamedAuthInfo{
			{Name: admin, AuthInfo: clientcmdv1.AuthInfo{Token: t.admin}},
			{Name: viewer, AuthInfo: clientcmdv1.AuthInfo{Token: t.viewer}},
		},
		Contexts: []clientcmdv1.NamedContext{
			{Name: "practice", Context: clientcmdv1.Context{Cluster: cluster, AuthInfo: admin, Namespace: namespace}},
			{Name: "practice-viewer", Context: clientcmdv1.Context{Cluster: cluster, AuthInfo: viewer, Namespace: namespace}},
		},
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		return fmt.Errorf("write the kubeconfig: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write the kubeconfig: %w", err)
	}
	return nil
}
