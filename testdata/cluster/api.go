package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"sigs.k8s.io/yaml"
)

// API is a client for the few requests that bringing up a cluster takes. It is not worth linking client-go, which would
// make "go run" slow.
type API struct {
	server string
	client *http.Client
}

// StatusError is an answer other than success.
type StatusError struct {
	Code    int
	Message string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the API server says %d: %s", e.Code, e.Message)
}

// OpenAPI connects as the user of the kubeconfig's current context.
func (p Place) OpenAPI() (*API, error) {
	text, err := os.ReadFile(p.KubeConfig())
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	var config kubeConfig
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	if len(config.Users) == 0 || len(config.Clusters) == 0 {
		return nil, errors.New("read kubeconfig: it is empty")
	}
	user, cluster := config.Users[0].User, config.Clusters[0].Cluster
	pair, err := tls.X509KeyPair(user.Certificate, user.Key)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(cluster.Authority) {
		return nil, errors.New("read kubeconfig: no certificate of an authority in it")
	}
	return &API{server: cluster.Server, client: &http.Client{
		Timeout: 60 * time.Second, // with thousands of pods to make, requests wait for their turn
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}},
			ForceAttemptHTTP2: true,
		},
	}}, nil
}

// Get reads an object into out, which may be nil.
func (a *API) Get(ctx context.Context, path string, out any) error {
	return a.do(ctx, http.MethodGet, path, http.Header{}, nil, out)
}

// Names reads a list without what is in its objects but their metadata.
func (a *API) Names(ctx context.Context, path string, out any) error {
	const metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	return a.do(ctx, http.MethodGet, path, http.Header{"Accept": {metadata}}, nil, out)
}

// Apply makes an object what it should be, on the server's side.
func (a *API) Apply(ctx context.Context, path string, object []byte) error {
	return a.do(ctx, http.MethodPatch, path+"?fieldManager=dayfly-cluster&force=true",
		http.Header{"Content-Type": {"application/apply-patch+yaml"}}, object, nil)
}

// Send makes an object with POST, or replaces it with PUT, and says in its managed fields that it was somebody else.
func (a *API) Send(ctx context.Context, method, path, manager string, object any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return a.do(ctx, method, path+"?fieldManager="+manager, http.Header{"Content-Type": {"application/json"}}, body, nil)
}

// Delete removes an object at once.
func (a *API) Delete(ctx context.Context, path string) error {
	return a.do(ctx, http.MethodDelete, path+"?gracePeriodSeconds=0", http.Header{}, nil, nil)
}

func (a *API) do(ctx context.Context, method, path string, header http.Header, body []byte, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.server+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	request.Header = header
	response, err := a.client.Do(request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode >= 300 {
		var status struct{ Message string }
		if json.Unmarshal(text, &status) != nil || status.Message == "" {
			status.Message = string(text)
		}
		return fmt.Errorf("%s %s: %w", method, path, &StatusError{response.StatusCode, status.Message})
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// Ready is nil when the API server and the node are ready and pods can be made.
func (a *API) Ready(ctx context.Context) error {
	if err := a.Get(ctx, "/readyz", nil); err != nil {
		return err
	}
	var node struct {
		Spec   struct{ Taints []struct{ Key string } }
		Status struct {
			Conditions []struct{ Type, Status, Message string }
		}
	}
	if err := a.Get(ctx, "/api/v1/nodes/"+nodeName, &node); err != nil {
		return err
	}
	ready := errors.New("node " + nodeName + " has no status yet")
	for _, c := range node.Status.Conditions {
		if c.Type == "Ready" {
			ready = nil
			if c.Status != "True" {
				ready = fmt.Errorf("node %s is not ready: %s", nodeName, c.Message)
			}
		}
	}
	if ready != nil {
		return ready
	}
	for _, taint := range node.Spec.Taints {
		return fmt.Errorf("node %s has the taint %s, with which no pod can be scheduled", nodeName, taint.Key)
	}
	return a.Get(ctx, "/api/v1/namespaces/default/serviceaccounts/default", nil)
}
