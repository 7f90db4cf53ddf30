package report

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/dayfly-k8s/dayfly/kube"
)

// gatherer reads what is around the pod.
type gatherer struct {
	r *Report
	c *kube.Cluster
}

// object is one that is written when all have been read: what one of them has as a secret another may have as a word like any other.
type object struct {
	file          string
	of            any
	version, kind string // of one that was read as what it is, which does not say
}

// object takes an object in.
func (r *Report) object(file string, of any, version, kind string) {
	if err := r.redactor.Learn(of); err != nil {
		r.missing(file, err)
		return
	}
	r.objects = append(r.objects, object{file, of, version, kind})
}

// writeObjects adds the YAML of the objects.
func (r *Report) writeObjects() {
	var files []File
	for _, o := range r.objects {
		whole, err := r.redactor.Object(o.file, o.of)
		if err != nil {
			r.missing(o.file, err)
			continue
		}
		if whole["kind"] == nil && o.kind != "" {
			whole["apiVersion"], whole["kind"] = o.version, o.kind
		}
		data, err := yaml.Marshal(whole)
		if err != nil {
			r.missing(o.file, err)
			continue
		}
		files = append(files, File{Name: o.file, Data: []byte(kube.SanitizeLines(string(data)))})
	}
	r.files = append(files, r.files...)
}

// get reads anything by its path.
func (g *gatherer) get(ctx context.Context, what, path string) (map[string]any, error) {
	ctx, cancel := g.c.Unary(ctx)
	defer cancel()
	body, err := kube.BodyOf(g.c.Core().Get().AbsPath(path).SetHeader("Accept", "application/json").Do(ctx))
	if err != nil {
		return nil, g.c.Problem("read "+what, err)
	}
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, g.c.Problem("read "+what, err)
	}
	return object, nil
}

// resources are the paths of what makes pods, by kind.
func resources() map[string]string {
	return map[string]string{
		"ReplicaSet": "/apis/apps/v1/namespaces/%/replicasets/", "Deployment": "/apis/apps/v1/namespaces/%/deployments/", "StatefulSet": "/apis/apps/v1/namespaces/%/statefulsets/",
		"DaemonSet": "/apis/apps/v1/namespaces/%/daemonsets/", "Job": "/apis/batch/v1/namespaces/%/jobs/", "CronJob": "/apis/batch/v1/namespaces/%/cronjobs/",
		"ReplicationController": "/api/v1/namespaces/%/replicationcontrollers/",
	}
}

// owners reads who makes the pod, and who makes that.
func (g *gatherer) owners(ctx context.Context) {
	const most = 4 // who makes a pod is made by somebody who is made by nobody
	owner := metav1.GetControllerOf(g.r.Pod.Object())
	for range most {
		if owner == nil {
			return
		}
		name := kube.Sanitize(owner.Kind + " " + owner.Name)
		path := resources()[owner.Kind]
		if path == "" || !isName(owner.Name) {
			g.r.unread = append(g.r.unread, name+" was not read: dayfly does not know its kind.")
			return
		}
		object, err := g.get(ctx, name, strings.Replace(path, "%", g.r.Pod.Namespace, 1)+owner.Name)
		if err != nil {
			g.r.missing(name, err)
			return
		}
		g.r.object("owners/"+strings.ToLower(owner.Kind)+"-"+owner.Name+".yaml", object, "", "")
		owner = controllerOf(object)
	}
}

func controllerOf(object map[string]any) *metav1.OwnerReference {
	data, err := json.Marshal(object["metadata"])
	var meta metav1.ObjectMeta
	if err != nil || json.Unmarshal(data, &meta) != nil {
		return nil
	}
	return metav1.GetControllerOf(&meta)
}

// isName reports whether a name can be part of a path and of a file's name, as all are that an API server has let through.
func isName(name string) bool {
	odd := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' }
	return name != "" && !strings.HasPrefix(name, ".") && !strings.ContainsFunc(name, odd)
}

func (g *gatherer) node(ctx context.Context) {
	name := g.r.Pod.OnNode()
	if !isName(name) {
		return
	}
	object, err := g.get(ctx, "node "+name, "/api/v1/nodes/"+name)
	if err != nil {
		g.r.missing("Node "+name, err)
		return
	}
	g.r.troubles = trouble(object)
	if status, ok := object["status"].(map[string]any); ok {
		delete(status, "images") // a hundred of them, of others
	}
	g.r.object("node.yaml", object, "", "")
}

// services reads the Services that select the pod, and their endpoints.
func (g *gatherer) services(ctx context.Context) {
	base := g.r.Pod.Namespace
	list, err := g.get(ctx, "the Services", "/api/v1/namespaces/"+base+"/services")
	if err != nil {
		g.r.missing("The Services", err)
		return
	}
	selected := map[string]*serving{}
	for _, service := range items(list) {
		spec, _ := service["spec"].(map[string]any)
		wanted := texts(spec["selector"])
		if name := nameOf(service); len(wanted) > 0 && labels.SelectorFromSet(wanted).Matches(labels.Set(g.r.Pod.Object().Labels)) && isName(name) {
			selected[name] = &serving{name: name, pod: "not among them"}
			g.r.object("services/"+name+".yaml", service, "v1", "Service")
		}
	}
	if len(selected) == 0 {
		return
	}
	list, err = g.get(ctx, "the EndpointSlices", "/apis/discovery.k8s.io/v1/namespaces/"+base+"/endpointslices")
	if err != nil {
		g.r.missing("The EndpointSlices", err)
		return
	}
	for _, slice := range items(list) {
		meta, _ := slice["metadata"].(map[string]any)
		of := selected[texts(meta["labels"])["kubernetes.io/service-name"]]
		if name := nameOf(slice); of != nil && isName(name) {
			of.takeEndpoints(slice, g.r.Pod.Name)
			g.r.object("services/endpoints-"+name+".yaml", slice, "discovery.k8s.io/v1", "EndpointSlice")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(selected)) {
		g.r.serving = append(g.r.serving, *selected[name])
	}
}

// quota reads what limits the pods of the namespace.
func (g *gatherer) quota(ctx context.Context) {
	for _, kind := range []struct{ resource, kind, many string }{
		{"resourcequotas", "ResourceQuota", "The ResourceQuotas"}, {"limitranges", "LimitRange", "The LimitRanges"},
	} {
		list, err := g.get(ctx, strings.Replace(kind.many, "The", "the", 1), "/api/v1/namespaces/"+g.r.Pod.Namespace+"/"+kind.resource)
		if err != nil {
			g.r.missing(kind.many, err)
			continue
		}
		for _, object := range items(list) {
			if name := nameOf(object); isName(name) {
				g.r.limits = append(g.r.limits, limitsOf(object)...)
				g.r.object("quota/"+strings.ToLower(kind.kind)+"-"+name+".yaml", object, "v1", kind.kind)
			}
		}
	}
}

func items(list map[string]any) []map[string]any {
	var all []map[string]any
	entries, _ := list["items"].([]any)
	for _, e := range entries {
		if object, ok := e.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}

func nameOf(object map[string]any) string {
	meta, _ := object["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	return name
}

// texts are the texts of a map.
func texts(value any) map[string]string {
	m, _ := value.(map[string]any)
	all := map[string]string{}
	for key, v := range m {
		if text, ok := v.(string); ok {
			all[key] = text
		}
	}
	return all
}
