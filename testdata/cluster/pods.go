package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// labelRuns marks the pods of the manifests that are expected to become ready, for --wait.
const labelRuns = "dayfly.test/runs=true"

// waitForPods returns when all pods that are expected to become ready are.
func waitForPods(ctx context.Context, place Place, report *Report) error {
	api, err := place.OpenAPI()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		waiting, err := unreadyPods(ctx, api)
		if err == nil && len(waiting) == 0 {
			report.Step("pods run")
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for pods: %w: not ready are %s", ctx.Err(), strings.Join(waiting, ", "))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func unreadyPods(ctx context.Context, api *API) ([]string, error) {
	var list struct {
		Items []struct {
			Metadata struct{ Name, Namespace string }
			Status   struct {
				Conditions []struct{ Type, Status string }
			}
		}
	}
	if err := api.Get(ctx, "/api/v1/pods?labelSelector="+strings.ReplaceAll(labelRuns, "=", "%3D"), &list); err != nil {
		return nil, err
	}
	var waiting []string
	for _, pod := range list.Items {
		ready := slices.Contains(pod.Status.Conditions, struct{ Type, Status string }{"Ready", "True"})
		if !ready {
			waiting = append(waiting, pod.Metadata.Namespace+"/"+pod.Metadata.Name)
		}
	}
	if len(list.Items) == 0 {
		waiting = append(waiting, "all pods, which are not made yet")
	}
	return waiting, nil
}
