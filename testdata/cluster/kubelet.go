package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"
)

// kubeletConfig is a KubeletConfiguration: what differs from the defaults, with room for a machine that is nearly full.
const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: false}
  x509: {clientCAFile: %[1]s}
authorization: {mode: AlwaysAllow}
tlsCertFile: %[2]s
tlsPrivateKeyFile: %[3]s
containerRuntimeEndpoint: unix://%[4]s
cgroupDriver: cgroupfs
cgroupRoot: /%[5]s
# The end-to-end tests have more pods than the usual 110: each keeps its own until all have ended. There are addresses for 254.
maxPods: 240
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
# Nothing answers there, and says so at once: names outside a pod are "not found" instead of a wait.
clusterDNS: [%[6]s]
clusterDomain: cluster.local
resolvConf: ""
staticPodPath: %[7]s
evictionHard: {memory.available: 50Mi, nodefs.available: 1%%, nodefs.inodesFree: 1%%, imagefs.available: 1%%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
volumePluginDir: /var/lib/kubelet/plugins-exec
`

func (n *Node) writeKubelet() error {
	text := fmt.Sprintf(kubeletConfig, n.pki(pkiAuthority+".crt"), n.pki(pkiKubelet+".crt"), n.pki(pkiKubelet+".key"),
		containerdSocket, n.CgroupName(), n.NodeAddr(), n.staticFolder())
	if err := os.WriteFile(n.Run("node", "kubelet.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("configuration of the kubelet: %w", err)
	}
	return nil
}

func (n *Node) kubeletArgs() []string {
	return []string{
		"--config=" + n.Run("node", "kubelet.yaml"),
		"--kubeconfig=" + n.pki("kubelet.kubeconfig"),
		// The API server refuses to connect to a loopback address, so the node has to name the one of its link.
		"--node-ip=" + n.NodeAddr().String(),
		"--hostname-override=" + nodeName,
		"--v=2",
	}
}

// awaitAPI waits until the API server is live for the node. A kubelet that starts earlier sleeps for seconds between its
// tries.
func (n *Node) awaitAPI(ctx context.Context) error {
	authority, err := os.ReadFile(n.pki(pkiAuthority + ".crt"))
	if err != nil {
		return fmt.Errorf("read authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return errors.New("read authority: no certificate in " + pkiAuthority + ".crt")
	}
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := probe(ctx, client, n.NodeAPIURL()+"/livez")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the node does not reach the API server: %w: is there a firewall on the host's %s?",
				err, n.LinkName())
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// probe is nil when the address answers 200.
func probe(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: %s", url, response.Status)
	}
	return nil
}
