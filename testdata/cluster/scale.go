package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The first pods are in one namespace, for what is measured in one; further ones in many, for all namespaces at once.
const (
	scaleNamespace = "scale"
	bigNamespace   = 10_000
	smallNamespace = 1_000
	mostPods       = 100_000
)

// rooms divides a number of pods among namespaces.
func rooms(pods int) map[string]int {
	rooms := map[string]int{}
	for i, size := 0, bigNamespace; pods > 0; i, size = i+1, smallNamespace {
		name := scaleNamespace
		if i > 0 {
			name = fmt.Sprintf("%s-%02d", scaleNamespace, i)
		}
		rooms[name] = min(pods, size)
		pods -= size
	}
	return rooms
}

// Scale makes so many pods on fake nodes; those that are there already stay. With 0 pods all of it goes away.
func Scale(ctx context.Context, p Place, report *Report, nodes int, number string) error {
	pods, err := strconv.Atoi(number)
	if err != nil || pods < 0 || pods > mostPods {
		return fmt.Errorf("scale %q: give a number of pods from 0 to %d", number, mostPods)
	}
	if nodes < fakeNodes || nodes > mostNodes {
		return fmt.Errorf("scale --nodes %d: give a number from %d, which have the pods, to %d", nodes, fakeNodes, mostNodes)
	}
	unlock, err := p.lock(ctx, report)
	if err != nil {
		return err
	}
	defer unlock()
	if err := p.healthy(ctx, startLimit); err != nil {
		return fmt.Errorf("the cluster is not usable: %w: `go run . up` brings it up", err)
	}
	api, err := p.OpenAPI()
	if err != nil {
		return err
	}
	if pods > 0 {
		if err := p.startKwok(ctx, report); err != nil {
			return err
		}
		if err := makeNodes(ctx, api, nodes); err != nil {
			return fmt.Errorf("make fake nodes: %w", err)
		}
	}
	if err := scaleTo(ctx, api, p.OpenEtcd(), rooms(pods)); err != nil {
		return err
	}
	if pods == 0 {
		if err := p.stopKwok(ctx, api); err != nil {
			return fmt.Errorf("remove fake nodes: %w", err)
		}
	}
	if pods == 0 {
		nodes = 0
	} else if err := awaitRest(ctx, api); err != nil {
		return err
	}
	report.Step("%d fake nodes", nodes)
	report.Step("%d pods on fake nodes, the first %d in the namespace %s", pods, min(pods, bigNamespace), scaleNamespace)
	return nil
}

// scaleTo makes what is wanted of what is there. Pods go before their namespaces, whose controller would otherwise delete them
// one by one.
func scaleTo(ctx context.Context, api *API, etcd *Etcd, want map[string]int) error {
	there, err := scaledPods(ctx, api, etcd)
	if err != nil {
		return err
	}
	surplus, missing := compare(there, want)
	gone, err := etcd.Write(ctx, len(surplus), func(i int) (put, error) { return put{key: []byte(surplus[i])}, nil })
	if err != nil {
		return fmt.Errorf("remove pods: %w", err)
	}
	if err := awaitPods(ctx, api, gone); err != nil {
		return err
	}
	if err := dropNamespaces(ctx, api, there, want); err != nil {
		return err
	}
	if err := makeNamespaces(ctx, api, there, want); err != nil {
		return err
	}
	made, err := etcd.Write(ctx, len(missing), func(i int) (put, error) { return missing[i].stored() })
	if err != nil {
		return fmt.Errorf("make pods: %w", err)
	}
	return awaitPods(ctx, api, made)
}

// compare finds the keys of the pods that are too many, and the pods that are too few.
func compare(there map[string][]string, want map[string]int) (surplus []string, missing []fakePod) {
	old := map[string]bool{}
	for _, keys := range there {
		for _, key := range keys {
			old[key] = true
		}
	}
	for namespace, n := range want {
		for i := range n {
			pod := newFakePod(namespace, i)
			if !old[pod.key()] {
				missing = append(missing, pod)
			}
			delete(old, pod.key())
		}
	}
	return slices.Collect(maps.Keys(old)), missing
}

func podsOf(namespace string) string { return "/api/v1/namespaces/" + namespace + "/pods" }

// scaledPods are the keys of the pods that are there, for each of our namespaces.
func scaledPods(ctx context.Context, api *API, etcd *Etcd) (map[string][]string, error) {
	var namespaces struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	if err := api.Names(ctx, "/api/v1/namespaces?labelSelector="+scaleLabel, &namespaces); err != nil {
		return nil, err
	}
	there := map[string][]string{}
	for _, n := range namespaces.Items {
		keys, err := etcd.Keys(ctx, podKeys(n.Metadata.Name))
		if err != nil {
			return nil, err
		}
		there[n.Metadata.Name] = keys
	}
	return there, nil
}

// awaitPods returns when the API server's cache has all that was written up to a revision. Asking for the pods of a node that is
// none costs it nothing; it waits three seconds itself.
func awaitPods(ctx context.Context, api *API, revision uint64) error {
	path := fmt.Sprintf("/api/v1/pods?fieldSelector=spec.nodeName%%3Dnone&resourceVersionMatch=NotOlderThan&resourceVersion=%d", revision)
	return patiently(ctx, "pods in the API server's cache", func() error { return api.Names(ctx, path, nil) })
}

// makeNamespaces makes those that are not there.
func makeNamespaces(ctx context.Context, api *API, there map[string][]string, want map[string]int) error {
	var names []string
	for name := range want {
		if _, ok := there[name]; !ok {
			names = append(names, name)
		}
	}
	return everyOne(len(names), requests, func(i int) error {
		err := api.Send(ctx, http.MethodPost, "/api/v1/namespaces", "dayfly-cluster", map[string]any{
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": map[string]any{"name": names[i], "labels": map[string]any{scaleLabel: "true"}},
		})
		if err != nil {
			return fmt.Errorf("make namespace: %w", err)
		}
		return nil
	})
}

// dropNamespaces removes those that nobody wants any more and waits until they have gone.
func dropNamespaces(ctx context.Context, api *API, there map[string][]string, want map[string]int) error {
	var drop []string
	for name := range there {
		if want[name] == 0 {
			drop = append(drop, "/api/v1/namespaces/"+name)
		}
	}
	return everyOne(len(drop), requests, func(i int) error {
		return patiently(ctx, "end of "+drop[i], func() error {
			err := api.Delete(ctx, drop[i])
			if err == nil || except(err, http.StatusConflict) == nil {
				return errors.New("it is still there")
			}
			return except(err, http.StatusNotFound)
		})
	})
}

// patiently asks again until there is no error.
func patiently(ctx context.Context, what string, probe func() error) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := probe()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// except is the error, unless it is an answer with this code.
func except(err error, code int) error {
	var status *StatusError
	if errors.As(err, &status) && status.Code == code {
		return nil
	}
	return err
}

// requests is how many are under way at once. More would only queue at the API server.
const requests = 48

// everyOne calls do for each number below n, several at once, and stops at the first error.
func everyOne(n, several int, do func(int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range min(n, several) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}
