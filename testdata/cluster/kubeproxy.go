package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

// kubeProxyConfig is a KubeProxyConfiguration. By iptables, which the pods' network needs anyway.
const kubeProxyConfig = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
hostnameOverride: %[1]s
clientConnection: {kubeconfig: %[2]s}
clusterCIDR: %[3]s
# All pods are on one bridge: the answer of one to another would pass the node by, unchanged, where the kernel does not show bridged packets to
# iptables. From the node's own address it comes back to the node.
iptables: {masqueradeAll: true, localhostNodePorts: false}
nodePortAddresses: [primary]
# These settings belong to the whole machine; 0 leaves them as they are.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
healthzBindAddress: %[4]s:%[5]d
metricsBindAddress: 127.0.0.1:10249
`

// portProxyHealth is where kube-proxy says that it lives, in the node.
const portProxyHealth = 10256

func (n *Node) writeKubeProxy() error {
	text := fmt.Sprintf(kubeProxyConfig, nodeName, n.pki(nameKubeProxy+".kubeconfig"), podCIDR, n.NodeAddr(), portProxyHealth)
	if err := os.WriteFile(n.Run("node", "kube-proxy.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("configuration of kube-proxy: %w", err)
	}
	return nil
}

func (n *Node) spawnKubeProxy(children map[int]string) error {
	return n.spawn(children, nameKubeProxy, n.Bin(nameKubeProxy), "--config="+n.Run("node", "kube-proxy.yaml"))
}

// proxyAnswers is nil when kube-proxy says that it keeps up with Services and their endpoints.
func (p Place) proxyAnswers(ctx context.Context) error {
	client := &http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	return probe(ctx, client, fmt.Sprintf("http://%s:%d/healthz", p.NodeAddr(), portProxyHealth))
}
