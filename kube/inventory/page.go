package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
)

// What is asked for: the metadata alone, or whole objects; as protobuf, which costs both sides less, or as JSON where a server knows no other.
const (
	asMetadata = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	metadata   = runtime.ContentTypeProtobuf + asMetadata + "," + runtime.ContentTypeJSON + asMetadata + "," + runtime.ContentTypeJSON
	objects    = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
)

// pods asks for a page of pods of a namespace, or of all; without a limit for all pages.
func pods(c *kube.Cluster, namespace string, limit int, token string) *rest.Request {
	r := c.Core().Get().NamespaceIfScoped(namespace, namespace != "").Resource("pods")
	if limit > 0 {
		r.Param("limit", strconv.Itoa(limit))
	}
	if token != "" {
		r.Param("continue", token)
	}
	return r
}

// readMetadata reads the metadata of a page.
func readMetadata(ctx context.Context, c *kube.Cluster, r *rest.Request) (*metav1.PartialObjectMetadataList, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	body, err := kube.BodyOf(r.SetHeader("Accept", metadata).Do(ctx))
	if err != nil {
		return nil, err
	}
	return decodeMetadata(body)
}

// decodeMetadata reads a list of metadata, or what of a list of pods is metadata.
func decodeMetadata(body []byte) (*metav1.PartialObjectMetadataList, error) {
	list := &metav1.PartialObjectMetadataList{}
	raw, ok := bytes.CutPrefix(body, []byte("k8s\x00")) // https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
	if !ok {
		if err := json.Unmarshal(body, list); err != nil {
			return nil, fmt.Errorf("read a list of pods: %w", err)
		}
		return list, isList(list.Kind)
	}
	var envelope runtime.Unknown
	if err := envelope.Unmarshal(raw); err != nil {
		return nil, fmt.Errorf("read a list of pods: %w", err)
	}
	if err := isList(envelope.Kind); err != nil {
		return nil, err
	}
	if err := list.Unmarshal(envelope.Raw); err != nil {
		return nil, fmt.Errorf("read a list of pods: %w", err)
	}
	return list, nil
}

// isList is an error unless a kind is that of a list.
func isList(kind string) error {
	if !strings.HasSuffix(kind, "List") {
		return fmt.Errorf("the API server answered with a %q instead of a list of pods", kube.Brief(kind))
	}
	return nil
}

// readWhole reads the objects of a page.
func readWhole(ctx context.Context, c *kube.Cluster, r *rest.Request) (*corev1.PodList, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	var list corev1.PodList
	if err := r.SetHeader("Accept", objects).Do(ctx).Into(&list); err != nil {
		return nil, err
	}
	return &list, nil
}

// readPod reads one pod; nil: it is gone. The API server's cache will do, unless it does not have the pod yet.
func readPod(ctx context.Context, c *kube.Cluster, key kube.PodKey) (*corev1.Pod, error) {
	ctx, cancel := c.Unary(ctx)
	defer cancel()
	read := func(version string) (*corev1.Pod, error) {
		var pod corev1.Pod
		r := c.Core().Get().Namespace(key.Namespace).Resource("pods").Name(key.Name).SetHeader("Accept", objects)
		if version != "" {
			r.Param("resourceVersion", version)
		}
		return &pod, r.Do(ctx).Into(&pod)
	}
	pod, err := read("0")
	if kube.IsNotFound(err) {
		pod, err = read("")
	}
	switch {
	case kube.IsNotFound(err):
		return nil, nil //nolint:nilnil // it is gone, and nothing is wrong with that
	case err != nil:
		return nil, err
	}
	return pod, nil
}
