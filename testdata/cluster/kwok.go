package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// kwok plays the kubelet of fake nodes: it says that they are ready and renews their leases. It is told nothing about pods,
// which Scale writes with their statuses.

// kwokFolder has a module of its own, so that its requirements do not move those of Kubernetes.
const kwokFolder = sourceFolder + "/kwok"

// fakeNodes is how many nodes there are for pods, whatever their number; there may be more, which have none.
const fakeNodes = 100

// leaseSeconds is how long a lease of a fake node is: it is renewed after a quarter of that. For five thousand the usual ten seconds would keep the
// API server busy, and nodes are given up after thirty minutes only.
const leaseSeconds = 1200

// mostNodes is as many as Kubernetes supports.
const mostNodes = 5000

// fakeMark annotates, labels and taints the fake nodes: only pods that name one of them get there.
const fakeMark = "kwok.x-k8s.io/node"

func fakeNode(i int) string { return fmt.Sprintf("fake-pool-%c-%02d", 'a'+i%4, i) }

func (p Place) kwok() Component {
	return Component{Name: nameKwok, Path: p.Bin(nameKwok), Args: []string{
		"--kubeconfig=" + p.KubeConfig(), "--config=" + p.Run("kwok.yaml"), "--manage-all-nodes=false",
		"--manage-nodes-with-annotation-selector=" + fakeMark + "=fake",
		fmt.Sprintf("--node-lease-duration-seconds=%d", leaseSeconds),
		// Nobody asks it anything, and a port would be one more to fight over.
		"--server-address=", "--node-port=0",
	}}
}

// nodeStage is what kwok does to a node that is not ready.
const nodeStage = `apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: node-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Node}
  selector:
    matchExpressions:
    - {key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ["True"]}
  next:
    statusTemplate: |
      {{ $now := Now }}
      conditions:
      {{ range NodeConditions }}
      - {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
      {{ end }}
      addresses:
      - {type: Hostname, address: {{ .metadata.name | Quote }}}
      capacity: {cpu: "64", memory: 256Gi, pods: "1000"}
      allocatable: {cpu: "64", memory: 256Gi, pods: "1000"}
      nodeInfo: {architecture: amd64, operatingSystem: linux, kubeletVersion: fake, kubeProxyVersion: "", containerRuntimeVersion: "", kernelVersion: "", osImage: "", machineID: "", systemUUID: "", bootID: ""}
`

// startKwok builds kwok when it was not yet, and starts it when it does not run.
func (p Place) startKwok(ctx context.Context, report *Report) error {
	if process, err := p.readPID(nameKwok); err == nil && process.Alive() {
		return nil
	}
	if err := p.buildKwok(ctx, report); err != nil {
		return err
	}
	if err := os.WriteFile(p.Run("kwok.yaml"), []byte(nodeStage), 0o644); err != nil {
		return fmt.Errorf("configure kwok: %w", err)
	}
	_, err := p.start(p.kwok())
	return err
}

// buildKwok builds it once for a version: the stamp is its list of required modules.
func (p Place) buildKwok(ctx context.Context, report *Report) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	want, err := os.ReadFile(filepath.Join(root, kwokFolder, "go.mod"))
	if err != nil {
		return fmt.Errorf("build kwok: %w", err)
	}
	stamp := p.Bin(".kwok")
	built, err := os.ReadFile(stamp)
	if _, missing := os.Stat(p.Bin(nameKwok)); err == nil && missing == nil && string(built) == string(want) {
		return nil
	}
	report.Step("building kwok: this takes a minute, once")
	if err := p.goBuild(ctx, kwokFolder, "-ldflags", "-s -w", "sigs.k8s.io/kwok/cmd/kwok"); err != nil {
		return fmt.Errorf("build kwok: %w", err)
	}
	if err := os.WriteFile(stamp, want, 0o644); err != nil {
		return fmt.Errorf("build kwok: %w", err)
	}
	return nil
}

// makeNodes makes so many fake nodes, and takes away what is too many. They need not be ready for pods that name them; those of one that was and is no more would be
// marked not ready.
func makeNodes(ctx context.Context, api *API, nodes int) error {
	if err := dropNodes(ctx, api, nodes); err != nil {
		return err
	}
	return everyOne(nodes, requests, func(i int) error {
		mark := map[string]any{fakeMark: "fake"}
		err := api.Send(ctx, http.MethodPost, "/api/v1/nodes", "kubelet", map[string]any{
			"apiVersion": "v1", "kind": "Node",
			"metadata": map[string]any{"name": fakeNode(i), "labels": mark, "annotations": mark},
			"spec":     map[string]any{"taints": []any{map[string]any{"key": fakeMark, "value": "fake", "effect": "NoSchedule"}}},
		})
		return except(err, http.StatusConflict)
	})
}

// restSpan is for how long nothing about the nodes may change until they are at rest, and restLimit how long that is waited for.
const (
	restSpan  = 5 * time.Second
	restLimit = 5 * time.Minute
)

// awaitRest returns when the nodes are as they stay: the control plane judges, taints and labels new ones for minutes, with all that the machine has, and
// whoever measures meanwhile measures that.
func awaitRest(ctx context.Context, api *API) error {
	type version struct{ Name, ResourceVersion string }
	ctx, cancel := context.WithTimeout(ctx, restLimit)
	defer cancel()
	var before []version
	for since := time.Now(); time.Since(since) < restSpan; {
		var list struct{ Items []struct{ Metadata version } }
		if err := api.Names(ctx, "/api/v1/nodes", &list); err != nil {
			return fmt.Errorf("wait for nodes at rest: %w", err)
		}
		now := make([]version, len(list.Items))
		for i, node := range list.Items {
			now[i] = node.Metadata
		}
		if !slices.Equal(before, now) {
			before, since = now, time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for nodes at rest: %w", ctx.Err())
		case <-time.After(restSpan / 5):
		}
	}
	return nil
}

// dropNodes takes away the fake nodes but for the first of them.
func dropNodes(ctx context.Context, api *API, but int) error {
	var list struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	if err := api.Names(ctx, "/api/v1/nodes?labelSelector="+url.QueryEscape(fakeMark+"=fake"), &list); err != nil {
		return err
	}
	stay := map[string]bool{}
	for i := range but {
		stay[fakeNode(i)] = true
	}
	var drop []string
	for _, node := range list.Items {
		if name := node.Metadata.Name; !stay[name] {
			drop = append(drop, name)
		}
	}
	return everyOne(len(drop), requests, func(i int) error {
		return except(api.Delete(ctx, "/api/v1/nodes/"+drop[i]), http.StatusNotFound)
	})
}

// stopKwok takes the nodes away and then what plays them.
func (p Place) stopKwok(ctx context.Context, api *API) error {
	err := dropNodes(ctx, api, 0)
	process, none := p.readPID(nameKwok)
	if none != nil {
		return err
	}
	return errors.Join(err, killAll([]Process{process}), os.Remove(p.pidFile(nameKwok)))
}
