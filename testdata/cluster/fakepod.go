package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
)

// scaleLabel marks the namespaces and the pods of Scale.
const scaleLabel = "dayfly.test/scale"

// fakePod is a pod on a fake node. All of it follows from its namespace and number, so that it is the same at each scale.
type fakePod struct {
	Name, Namespace string
	app, hash       string
	node            string
	number          int
	sick            sickness
	restarts        int
	turn            int // counts changes; at odd ones a healthy pod is not ready
}

const podsOfApp = 12 // of one deployment

func newFakePod(namespace string, number int) fakePod {
	words := [][]string{
		{"checkout", "payments", "catalog", "search", "orders", "users", "billing", "shipping", "media", "gateway", "ledger", "notify"},
		{"api", "worker", "web", "cache", "sync", "indexer", "proxy", "jobs", "events", "admin"},
	}
	seed := fnv.New64a()
	seed.Write([]byte(namespace))
	group := rand.New(rand.NewPCG(seed.Sum64(), uint64(number/podsOfApp)))
	own := rand.New(rand.NewPCG(seed.Sum64(), uint64(1_000_000+number)))
	app := words[0][group.IntN(len(words[0]))] + "-" + words[1][group.IntN(len(words[1]))]
	p := fakePod{
		Namespace: namespace, app: app, hash: letters(group, 10), number: number,
		node: fakeNode(own.IntN(fakeNodes)), sick: sicknessOf(own.IntN(1000)),
	}
	// The number makes the name unique: five letters of chance are not enough for so many.
	p.Name = p.app + "-" + p.hash + "-" + letters(own, 3) + letterPair(number%podsOfApp)
	if p.sick == crashing || p.sick == restarted {
		p.restarts = 1 + own.IntN(60)
	}
	return p
}

const alphabet = "bcdfghjklmnpqrstvwxz2456789" // of Kubernetes: no vowels, so no words

func letters(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func letterPair(n int) string {
	return string([]byte{alphabet[n/len(alphabet)%len(alphabet)], alphabet[n%len(alphabet)]})
}

// object is the pod without its status.
func (p fakePod) object() map[string]any {
	labels := map[string]any{
		"app": p.app, "app.kubernetes.io/name": p.app, "app.kubernetes.io/part-of": "shop", "pod-template-hash": p.hash, scaleLabel: "true",
	}
	var containers []any
	for _, name := range p.containers() {
		containers = append(containers, map[string]any{
			"name": name, "image": p.image(name),
			"ports": []any{map[string]any{"name": "http", "containerPort": 8080}},
			"env": []any{
				map[string]any{"name": "LOG_LEVEL", "value": "info"},
				map[string]any{"name": "POD_NAME", "valueFrom": map[string]any{"fieldRef": map[string]any{"fieldPath": "metadata.name"}}},
			},
			"resources": map[string]any{
				"requests": map[string]any{"cpu": "100m", "memory": "128Mi"}, "limits": map[string]any{"memory": "256Mi"},
			},
			"readinessProbe": map[string]any{"httpGet": map[string]any{"path": "/healthz", "port": 8080}},
		})
	}
	spec := map[string]any{"containers": containers, "nodeName": p.node}
	if p.sick == pending {
		delete(spec, "nodeName")
		spec["schedulerName"] = "nobody" // the real one would try all the time
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "Pod", "spec": spec,
		"metadata": map[string]any{"name": p.Name, "namespace": p.Namespace, "labels": labels},
	}
}

func (p fakePod) containers() []string {
	if p.number/podsOfApp%3 == 0 {
		return []string{"app", "proxy"}
	}
	return []string{"app"}
}

func (p fakePod) image(container string) string {
	return "registry.example/shop/" + p.app + "-" + container + ":1.4.2"
}

// make makes the pod and then its status, which cannot be given at once.
func (p fakePod) make(ctx context.Context, api *API) error {
	err := api.Send(ctx, http.MethodPost, podsOf(p.Namespace), "kube-controller-manager", p.object())
	if err := except(err, http.StatusConflict); err != nil {
		return fmt.Errorf("pod %s: %w", p.Name, err)
	}
	return p.report(ctx, api)
}

// report writes the status.
func (p fakePod) report(ctx context.Context, api *API) error {
	object := p.object()
	object["status"] = p.status()
	return api.Send(ctx, http.MethodPut, podsOf(p.Namespace)+"/"+p.Name+"/status", "kubelet", object)
}
