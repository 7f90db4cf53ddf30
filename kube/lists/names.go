package lists

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/dayfly-k8s/dayfly/kube"
)

// collection is where the objects of a kind are, as the names that kubectl takes have it; empty: it is not known. %s is the namespace.
func collection(kind string) string {
	switch kind {
	case "node", "nodes", "no":
		return "/api/v1/nodes"
	case "pod", "pods", "po":
		return "/api/v1/namespaces/%s/pods"
	}
	_, path := workloads(kind)
	return strings.TrimSuffix(path, "/%s")
}

// onlyMetadata asks for nothing but the metadata of objects.
const onlyMetadata = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"

// Names are those of the objects of a kind in a namespace, at most so many, cleaned: for who types one. The error is a [*kube.Problem].
func Names(ctx context.Context, c *kube.Cluster, kind, namespace string, most int) ([]string, error) {
	path := collection(kind)
	if path == "" {
		return nil, &kube.Problem{Message: fmt.Sprintf("%q is no kind of which dayfly knows the names", kube.Sanitize(kind))}
	}
	if strings.Contains(path, "%s") {
		path = fmt.Sprintf(path, namespace)
	}
	body, err := kube.BodyOf(c.Core().Get().AbsPath(path).Param("limit", strconv.Itoa(most)).SetHeader("Accept", onlyMetadata).Do(ctx))
	if err != nil {
		return nil, c.Problem("list the names of "+kind, err)
	}
	var list metav1.PartialObjectMetadataList
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, c.Problem("list the names of "+kind, err)
	}
	var names []string
	for i := range list.Items {
		if name := list.Items[i].Name; name == kube.Sanitize(name) && name != "" && len(names) < most {
			names = append(names, name)
		}
	}
	return names, nil
}
