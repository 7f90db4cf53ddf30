package main

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"time"
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
	debugged        bool
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
		node: fakeNode(own.IntN(fakeNodes)), sick: sicknessOf(own.IntN(1000)), debugged: isDebugged(number),
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

// age is how long ago a fake pod was made. Its status agrees.
const age = 2 * time.Hour

// object is the pod as clients write it.
func (p fakePod) object() map[string]any {
	labels := map[string]any{
		"app": p.app, "app.kubernetes.io/name": p.app, "app.kubernetes.io/part-of": "shop", "pod-template-hash": p.hash, scaleLabel: "true",
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "Pod", "spec": p.spec(), "status": p.status(),
		"metadata": map[string]any{"name": p.Name, "namespace": p.Namespace, "labels": labels},
	}
}

// stored is the pod as it is in etcd, with what the API server would have written into it.
func (p fakePod) stored() (put, error) {
	object, now := p.object(), time.Now().UTC()
	metadata := object["metadata"].(map[string]any)
	made := now.Add(-age)
	metadata["uid"], metadata["generation"], metadata["creationTimestamp"] = newUID(), 1, made.Format(time.RFC3339)
	entries := []any{
		managed("kube-controller-manager", "", made, map[string]any{
			"metadata": map[string]any{"labels": metadata["labels"]}, "spec": p.madeSpec(),
		}),
	}
	if p.debugged {
		entries = append(entries, managed(p.debugger(), "ephemeralcontainers", now.Add(-debuggedFor), map[string]any{
			"spec": map[string]any{"ephemeralContainers": p.debuggers()},
		}))
	}
	metadata["managedFields"] = append(entries, managed(p.reporter(), "status", now, map[string]any{"status": object["status"]}))
	value, err := inStorage(object)
	if err != nil {
		return put{}, fmt.Errorf("pod %s: %w", p.Name, err)
	}
	return put{[]byte(p.key()), value}, nil
}

// podKeys is what the keys of a namespace's pods begin with in etcd.
func podKeys(namespace string) string { return "/registry/pods/" + namespace + "/" }

func (p fakePod) key() string { return podKeys(p.Namespace) + p.Name }

func newUID() string {
	var b [16]byte
	_, _ = crand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// reporter is who writes the status.
func (p fakePod) reporter() string {
	if p.sick == pending {
		return "kube-scheduler"
	}
	return "kubelet"
}

// report writes the status through the API server, as a kubelet does.
func (p fakePod) report(ctx context.Context, api *API) error {
	return api.Send(ctx, http.MethodPut, podsOf(p.Namespace)+"/"+p.Name+"/status", p.reporter(), p.object())
}
