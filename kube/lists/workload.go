package lists

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/dayfly-k8s/dayfly/kube"
)

// Workload is something that has pods, as kubectl's TYPE/NAME argument names it.
type Workload struct {
	Kind string // "deployment", "service", …: singular and whole
	Name string
}

func (w Workload) String() string {
	if w.Kind == "" {
		return ""
	}
	return w.Kind + "/" + w.Name
}

// workloads is where the selectors of pods are found, by the names that kubectl takes.
func workloads(kind string) (name, path string) {
	switch kind {
	case "deployment", "deployments", "deploy":
		return "deployment", "/apis/apps/v1/namespaces/%s/deployments/%s"
	case "statefulset", "statefulsets", "sts":
		return "statefulset", "/apis/apps/v1/namespaces/%s/statefulsets/%s"
	case "daemonset", "daemonsets", "ds":
		return "daemonset", "/apis/apps/v1/namespaces/%s/daemonsets/%s"
	case "replicaset", "replicasets", "rs":
		return "replicaset", "/apis/apps/v1/namespaces/%s/replicasets/%s"
	case "job", "jobs":
		return "job", "/apis/batch/v1/namespaces/%s/jobs/%s"
	case "service", "services", "svc":
		return "service", "/api/v1/namespaces/%s/services/%s"
	case "replicationcontroller", "replicationcontrollers", "rc":
		return "replicationcontroller", "/api/v1/namespaces/%s/replicationcontrollers/%s"
	}
	return "", ""
}

// ParseArgument reads kubectl's NAME, pod/NAME and TYPE/NAME: it is either a pod or a workload.
func ParseArgument(arg string) (pod string, w Workload, err error) {
	kind, name, found := strings.Cut(arg, "/")
	if !found {
		return arg, Workload{}, nil
	}
	kind, _, _ = strings.Cut(strings.ToLower(kind), ".") // deployments.apps
	switch kind {
	case "pod", "pods", "po":
		pod = name
	default:
		if w.Kind, _ = workloads(kind); w.Kind == "" {
			return "", Workload{}, fmt.Errorf("%q: unsupported kind; use pod, deploy, sts, ds, rs, rc, job or svc before the slash", kube.Sanitize(arg))
		}
		w.Name = name
	}
	if name == "" || len(content.IsPathSegmentName(name)) > 0 {
		return "", Workload{}, fmt.Errorf("%q: missing name after the slash", kube.Sanitize(arg))
	}
	return pod, w, nil
}

// resolve finds the selector of the query's workload. It is asked for once.
func (l *podList) resolve(ctx context.Context) error {
	w := l.query.Workload
	if w.Kind == "" {
		return nil
	}
	if l.query.Namespace == "" {
		return &kube.Problem{Message: w.String() + " belongs to one namespace, and this list is of all namespaces", Help: []kube.Help{kube.SwitchNamespace, kube.ClearFilter}}
	}
	selector, err := SelectorOf(ctx, l.cluster, l.query.Namespace, w)
	if err != nil {
		return err
	}
	if l.query.Selector != "" {
		selector += "," + l.query.Selector
	}
	l.query.Selector, l.query.Workload = selector, Workload{}
	return nil
}

// SelectorOf reads which labels the pods of a workload have. The error is a [*kube.Problem].
func SelectorOf(ctx context.Context, c *kube.Cluster, namespace string, w Workload) (string, error) {
	doing := "read " + w.String()
	_, where := workloads(w.Kind)
	body, err := kube.BodyOf(c.Core().Get().MaxRetries(kube.NoRetries).AbsPath(fmt.Sprintf(where, namespace, w.Name)).
		SetHeader("Accept", "application/json").Do(ctx))
	if kube.IsNotFound(err) {
		return "", &kube.Problem{Message: "there is no " + w.String() + " in " + namespace, Hint: "check its name and its namespace", Help: []kube.Help{kube.SwitchNamespace, kube.ClearFilter}, Err: err}
	}
	if err != nil {
		return "", c.Problem(doing, err)
	}
	var object struct {
		Spec struct {
			Selector json.RawMessage `json:"selector"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(body, &object); err != nil {
		return "", c.Problem(doing, err)
	}
	selector, err := podSelector(w.Kind, object.Spec.Selector)
	if err != nil {
		return "", c.Problem(doing, err)
	}
	if selector == "" {
		return "", &kube.Problem{Message: w.String() + " selects no pods", Hint: "its spec has no selector; choose the pod itself"}
	}
	return selector, nil
}

// podSelector is a selector in the words of a query: services and replication controllers have plain labels, the others may have
// expressions.
func podSelector(kind string, spec json.RawMessage) (string, error) {
	if len(spec) == 0 {
		return "", nil
	}
	if kind == "service" || kind == "replicationcontroller" {
		var set labels.Set
		err := json.Unmarshal(spec, &set)
		return set.String(), err
	}
	var wanted metav1.LabelSelector
	if err := json.Unmarshal(spec, &wanted); err != nil {
		return "", err
	}
	selector, err := metav1.LabelSelectorAsSelector(&wanted)
	if err != nil {
		return "", err
	}
	return selector.String(), nil
}
