package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"
)

// manifestFolder is where the manifests lie below the repository's root. The practice cluster of the binary begins with
// the same ones.
const manifestFolder = "testdata/manifests"

// practiceOnly begins the names of files that only the practice cluster reads.
const practiceOnly = "practice-"

// manifestFiles is that folder of the repository around the working directory.
func manifestFiles() (fs.FS, error) {
	root, err := findRoot()
	if err != nil {
		return nil, fmt.Errorf("find the manifests: %w", err)
	}
	return os.DirFS(filepath.Join(root, manifestFolder)), nil
}

// Object is one document of a manifest.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`

	text []byte
}

// readManifests reads every document of every file but those for practice only, namespaces first.
func readManifests(files fs.FS) (namespaces, others []Object, err error) {
	paths, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("read manifests: %w", err)
	}
	for _, path := range paths {
		if strings.HasPrefix(path, practiceOnly) {
			continue
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, nil, fmt.Errorf("read manifests: %w", err)
		}
		for i, document := range bytes.Split(text, []byte("\n---\n")) {
			var object Object
			if err := yaml.Unmarshal(document, &object); err != nil {
				return nil, nil, fmt.Errorf("read %s, document %d: %w", path, i+1, err)
			}
			object.text = document
			if _, err := object.path(); err != nil {
				return nil, nil, fmt.Errorf("read %s, document %d: %w", path, i+1, err)
			}
			if object.Kind == "Namespace" {
				namespaces = append(namespaces, object)
			} else {
				others = append(others, object)
			}
		}
	}
	return namespaces, others, nil
}

// plurals are the resources of the kinds that manifests may use; add to it when yours needs another one.
func plurals() map[string]string {
	return map[string]string{
		"Namespace": "namespaces", "Pod": "pods", "Deployment": "deployments", "ConfigMap": "configmaps", "Secret": "secrets",
		"Service": "services", "ServiceAccount": "serviceaccounts", "Role": "roles", "RoleBinding": "rolebindings",
		"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings", "DaemonSet": "daemonsets",
		"StatefulSet": "statefulsets", "Job": "jobs", "NetworkPolicy": "networkpolicies",
	}
}

// path is where the object lives on the API server.
func (o Object) path() (string, error) {
	plural := plurals()[o.Kind]
	if plural == "" || o.APIVersion == "" || o.Metadata.Name == "" {
		return "", fmt.Errorf("no apiVersion, no name, or kind %q, whose resource this program does not know", o.Kind)
	}
	root := "/api/"
	if strings.Contains(o.APIVersion, "/") {
		root = "/apis/"
	}
	path := root + o.APIVersion
	if o.Metadata.Namespace != "" {
		path += "/namespaces/" + o.Metadata.Namespace
	}
	return path + "/" + plural + "/" + o.Metadata.Name, nil
}

// applyManifests makes the objects and does not wait for what becomes of them: most are meant to be sick.
func applyManifests(ctx context.Context, api *API) error {
	files, err := manifestFiles()
	if err != nil {
		return err
	}
	namespaces, others, err := readManifests(files)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, objects := range [][]Object{namespaces, others} {
		errs := make([]error, len(objects))
		var all sync.WaitGroup
		for i, object := range objects {
			all.Go(func() { errs[i] = object.apply(ctx, api) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("apply manifests: %w", err)
		}
	}
	return nil
}

// apply makes one object. In a young namespace pods are refused until its default service account is there. A pod whose
// manifest has changed in what a pod cannot change is replaced.
func (o Object) apply(ctx context.Context, api *API) error {
	path, err := o.path()
	if err != nil {
		return err
	}
	for {
		err := api.Apply(ctx, path, o.text)
		var status *StatusError
		if !errors.As(err, &status) {
			return err
		}
		switch {
		case status.Code == http.StatusForbidden && strings.Contains(status.Message, "service account"):
		case status.Code == http.StatusUnprocessableEntity && o.Kind == "Pod":
			if deleteErr := api.Delete(ctx, path); deleteErr != nil {
				return errors.Join(err, deleteErr)
			}
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
