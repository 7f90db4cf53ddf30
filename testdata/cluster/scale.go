package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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

// Scale makes so many pods on fake nodes; those that are there already stay. With 0 all of it goes away.
func Scale(ctx context.Context, p Place, report *Report, number string) error {
	pods, err := strconv.Atoi(number)
	if err != nil || pods < 0 || pods > mostPods {
		return fmt.Errorf("scale %q: give a number of pods from 0 to %d", number, mostPods)
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
		if err := makeNodes(ctx, api); err != nil {
			return fmt.Errorf("make fake nodes: %w", err)
		}
	}
	if err := scaleTo(ctx, api, rooms(pods)); err != nil {
		return err
	}
	if pods == 0 {
		if err := p.stopKwok(ctx, api); err != nil {
			return fmt.Errorf("remove fake nodes: %w", err)
		}
	}
	report.Step("%d pods on fake nodes, the first %d in the namespace %s", pods, min(pods, bigNamespace), scaleNamespace)
	return nil
}

// scaleTo makes what is wanted of what is there.
func scaleTo(ctx context.Context, api *API, want map[string]int) error {
	there, err := scaledPods(ctx, api)
	if err != nil {
		return err
	}
	var surplus []string // paths
	var missing []fakePod
	for namespace, names := range there {
		for i := range want[namespace] {
			pod := newFakePod(namespace, i)
			if !names[pod.Name] {
				missing = append(missing, pod)
			}
			delete(names, pod.Name)
		}
		for name := range names {
			surplus = append(surplus, podsOf(namespace)+"/"+name)
		}
	}
	for namespace, n := range want {
		if there[namespace] != nil {
			continue
		}
		if err := makeNamespace(ctx, api, namespace); err != nil {
			return err
		}
		for i := range n {
			missing = append(missing, newFakePod(namespace, i))
		}
	}
	err = everyOne(len(surplus), func(i int) error { return except(api.Delete(ctx, surplus[i]), http.StatusNotFound) })
	if err != nil {
		return fmt.Errorf("remove pods: %w", err)
	}
	if err := dropNamespaces(ctx, api, there, want); err != nil {
		return err
	}
	if err := everyOne(len(missing), func(i int) error { return missing[i].make(ctx, api) }); err != nil {
		return fmt.Errorf("make pods: %w", err)
	}
	return nil
}

func podsOf(namespace string) string { return "/api/v1/namespaces/" + namespace + "/pods" }

// scaledPods are the pods that are there, for each of our namespaces. One without a status counts as not there: a run that
// made it was interrupted.
func scaledPods(ctx context.Context, api *API) (map[string]map[string]bool, error) {
	type list struct {
		Items []struct {
			Metadata struct {
				Name, Namespace string
				ManagedFields   []struct{ Subresource string }
			}
		}
	}
	const ours = "?labelSelector=" + scaleLabel
	var namespaces, pods list
	if err := api.Names(ctx, "/api/v1/namespaces"+ours, &namespaces); err != nil {
		return nil, err
	}
	there := map[string]map[string]bool{}
	for _, n := range namespaces.Items {
		there[n.Metadata.Name] = map[string]bool{}
	}
	if err := api.Names(ctx, "/api/v1/pods"+ours, &pods); err != nil {
		return nil, err
	}
	for _, pod := range pods.Items {
		names, ok := there[pod.Metadata.Namespace]
		if !ok {
			continue
		}
		for _, fields := range pod.Metadata.ManagedFields {
			names[pod.Metadata.Name] = names[pod.Metadata.Name] || fields.Subresource == "status"
		}
	}
	return there, nil
}

// makeNamespace makes one and waits for its service account, without which it refuses pods.
func makeNamespace(ctx context.Context, api *API, name string) error {
	err := api.Send(ctx, http.MethodPost, "/api/v1/namespaces", "dayfly-cluster", map[string]any{
		"apiVersion": "v1", "kind": "Namespace",
		"metadata": map[string]any{"name": name, "labels": map[string]any{scaleLabel: "true"}},
	})
	if err != nil {
		return fmt.Errorf("make namespace: %w", err)
	}
	return patiently(ctx, "service account of "+name, func() error {
		return api.Get(ctx, "/api/v1/namespaces/"+name+"/serviceaccounts/default", nil)
	})
}

// dropNamespaces removes those that nobody wants any more and waits until they have gone.
func dropNamespaces(ctx context.Context, api *API, there map[string]map[string]bool, want map[string]int) error {
	var drop []string
	for name := range there {
		if want[name] == 0 {
			drop = append(drop, "/api/v1/namespaces/"+name)
		}
	}
	return everyOne(len(drop), func(i int) error {
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

// everyOne calls do for each number below n, many at once, and stops at the first error.
func everyOne(n int, do func(int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range min(n, requests) {
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
