package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// staticPod is one that the kubelet runs from a file, as many clusters run their control plane. What the API server shows of it is a
// mirror, with the node's name behind its own. Its image is on the node from the start.
const staticPod = `apiVersion: v1
kind: Pod
metadata:
  name: static
  namespace: kube-system
  labels: {dayfly.test/runs: "true"}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: app
      image: %s
      imagePullPolicy: Never
`

// staticFolder is where the kubelet looks for static pods.
func (n *Node) staticFolder() string { return n.Run("node", "static") }

func (n *Node) writeStatic() error {
	if err := os.MkdirAll(n.staticFolder(), 0o755); err != nil {
		return fmt.Errorf("folder of static pods: %w", err)
	}
	text := fmt.Sprintf(staticPod, pauseImage)
	if err := os.WriteFile(filepath.Join(n.staticFolder(), "static.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("static pod: %w", err)
	}
	return nil
}
