package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube/practice/api"
	"github.com/dayfly-k8s/dayfly/kube/practice/store"
)

func names(list corev1.PodList) string {
	var names []string
	for _, p := range list.Items {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

func TestSelectors(t *testing.T) {
	pending := pod("pending", "app")
	pending.Status.Phase, pending.Spec.NodeName = corev1.PodPending, ""
	far := pod("far", "app")
	far.Namespace = "restricted"
	c := serve(t, pod("a", "app"), pod("b", "app"), pending, far)
	for _, test := range []struct{ path, want string }{
		{"/api/v1/namespaces/shop/pods", "a b pending"},
		{"/api/v1/pods", "far a b pending"},
		{"/api/v1/pods?resourceVersion=0", "far a b pending"},
		{"/api/v1/pods?labelSelector=app%3Da", "a"},
		{"/api/v1/pods?labelSelector=app+in+(a,b),!none", "a b"},
		{"/api/v1/pods?fieldSelector=metadata.name%3Db", "b"},
		{"/api/v1/pods?fieldSelector=metadata.namespace!%3Dshop", "far"},
		{"/api/v1/pods?fieldSelector=status.phase%3DPending", "pending"},
		{"/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1,metadata.name!%3Da", "far b"},
		{"/api/v1/namespaces/nowhere/pods", ""},
	} {
		var list corev1.PodList
		c.ask(t, call{path: test.path}).into(t, http.StatusOK, &list)
		if got := names(list); got != test.want || list.Kind != "PodList" || list.ResourceVersion == "" {
			t.Errorf("%s: %s %q at %q, want %q", test.path, list.Kind, got, list.ResourceVersion, test.want)
		}
	}
}

func TestListRefusals(t *testing.T) {
	c := serve(t)
	for _, test := range []struct {
		query string
		code  int
		want  string
	}{
		{"fieldSelector=foo%3Dbar", 400, "field label not supported: foo"},
		{"labelSelector=a%3D%3D%3Db", 400, "unable to parse requirement: found '=', expected: identifier"},
		{"limit=x", 400, `strconv.ParseInt: parsing "x": invalid syntax`},
		{"resourceVersion=x", 400, `invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax`},
		{"resourceVersion=99999", 504, "Timeout: Too large resource version: 99999, current: 3"},
		{"continue=abc", 400, "invalid continue token: continue key is not valid"},
		{"watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", 422,
			`ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled`},
	} {
		a := c.ask(t, call{path: "/api/v1/pods?" + test.query})
		if got := a.status(t); a.code != test.code || !strings.HasPrefix(got.Message, test.want) {
			t.Errorf("%s: %d %q, want %d %q", test.query, a.code, got.Message, test.code, test.want)
		}
	}
}

// TestPages reads a list in pages, while the cluster changes: they are those of the first page's version.
func TestPages(t *testing.T) {
	var objects []store.Object
	for i := range 7 {
		objects = append(objects, pod(fmt.Sprint("p", i), "app"))
	}
	c := serve(t, objects...)
	var page corev1.PodList
	c.ask(t, call{path: "/api/v1/namespaces/shop/pods?limit=3"}).into(t, http.StatusOK, &page)
	if got := names(page); got != "p0 p1 p2" || *page.RemainingItemCount != 4 {
		t.Fatalf("the first page is %s, %d remain", got, *page.RemainingItemCount)
	}
	version := page.ResourceVersion
	if err := c.store.Delete(store.Key{Resource: api.Pods(), Namespace: "shop", Name: "p4"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := api.Register(c.store, start, pod("p44", "app")); err != nil {
		t.Fatal(err)
	}
	all := names(page)
	for page.Continue != "" {
		next := "/api/v1/namespaces/shop/pods?limit=3&continue=" + url.QueryEscape(page.Continue)
		page = corev1.PodList{}
		c.ask(t, call{path: next}).into(t, http.StatusOK, &page)
		all += " " + names(page)
		if page.ResourceVersion != version {
			t.Errorf("a page is of version %s, want %s", page.ResourceVersion, version)
		}
	}
	if all != "p0 p1 p2 p3 p4 p5 p6" {
		t.Errorf("the pages are %s", all)
	}
}

// TestExpiredPage asks for a page of a version that is forgotten: 410, with a token for the rest as it is now.
func TestExpiredPage(t *testing.T) {
	c := serve(t, pod("a", "app"), pod("b", "app"), pod("c", "app"))
	var page corev1.PodList
	c.ask(t, call{path: "/api/v1/pods?limit=1"}).into(t, http.StatusOK, &page)
	c.forget(t)
	status := c.ask(t, call{path: "/api/v1/pods?limit=1&continue=" + page.Continue}).status(t)
	if status.Code != http.StatusGone || status.Reason != metav1.StatusReasonExpired || status.Continue == "" {
		t.Fatalf("%+v", status)
	}
	page = corev1.PodList{}
	c.ask(t, call{path: "/api/v1/pods?continue=" + status.Continue}).into(t, http.StatusOK, &page)
	if got := names(page); got != "b c" {
		t.Errorf("the rest is %s", got)
	}
}

// forget makes so many changes that the store remembers none from before.
func (c *cluster) forget(t *testing.T) {
	t.Helper()
	for range 250 {
		key := store.Key{Resource: api.Namespaces(), Name: "shop"}
		if _, err := c.store.Update(key, func(store.Object) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestForms(t *testing.T) {
	c := serve(t, pod("web", "app"))
	const list, one = "/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/pods/web"
	for _, test := range []struct{ path, accept, content, want string }{
		{one, "", "application/json", `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"`},
		{one, "*/*", "application/json", `{"kind":"Pod"`},
		{one, "application/yaml", "application/yaml", "apiVersion: v1\nkind: Pod\n"},
		{one, "application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf", "k8s\x00"},
		{one, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "application/json", `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"web"`},
		{list, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json", "application/json", `{"kind":"PartialObjectMetadataList"`},
		{list, "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json;as=Table;v=v1;g=meta.k8s.io", "application/json", `{"kind":"Table","apiVersion":"meta.k8s.io/v1"`},
		{list, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json", "application/json", `{"kind":"PodList","apiVersion":"v1"`},
	} {
		a := c.ask(t, call{path: test.path, accept: test.accept})
		if a.code != http.StatusOK || a.header.Get("Content-Type") != test.content || !strings.HasPrefix(string(a.body), test.want) {
			t.Errorf("%s as %q: %d, %s, %.120q", test.path, test.accept, a.code, a.header.Get("Content-Type"), a.body)
		}
	}
	if a := c.ask(t, call{path: list, accept: "text/html"}); a.code != http.StatusNotAcceptable {
		t.Errorf("HTML: %d %s", a.code, a.body)
	}
}

// TestClientGo reads and writes with client-go's own REST client, in protobuf.
func TestClientGo(t *testing.T) {
	c := serve(t, pod("web", "app"))
	config := &rest.Config{
		Host: c.URL, BearerToken: "admin-token", TLSClientConfig: rest.TLSClientConfig{Insecure: true}, APIPath: "/api",
		ContentConfig: rest.ContentConfig{
			GroupVersion: &schema.GroupVersion{Version: "v1"}, NegotiatedSerializer: scheme.Codecs.WithoutConversion(), ContentType: "application/vnd.kubernetes.protobuf",
		},
	}
	client, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	created := &corev1.Pod{}
	if err := client.Post().Namespace("shop").Resource("pods").Body(pod("new", "app")).Do(t.Context()).Into(created); err != nil {
		t.Fatal(err)
	}
	var list corev1.PodList
	if err := client.Get().Namespace("shop").Resource("pods").Do(t.Context()).Into(&list); err != nil {
		t.Fatal(err)
	}
	if got := names(list); got != "new web" || list.Items[0].UID != created.UID {
		t.Errorf("there are %s", got)
	}
	err = client.Get().Namespace("shop").Resource("pods").Name("nope").Do(t.Context()).Error()
	if !apierrors.IsNotFound(err) || err.Error() != `pods "nope" not found` {
		t.Error(err)
	}
	events, err := client.Get().Namespace("shop").Resource("pods").VersionedParams(&metav1.ListOptions{
		Watch: true, FieldSelector: "metadata.name=new",
	}, scheme.ParameterCodec).Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	if event := <-events.ResultChan(); event.Type != "ADDED" || event.Object.(*corev1.Pod).UID != created.UID {
		t.Errorf("%+v", event)
	}
	grace := int64(0)
	options := &metav1.DeleteOptions{GracePeriodSeconds: &grace}
	if err := client.Delete().Namespace("shop").Resource("pods").Name("new").Body(options).Do(t.Context()).Error(); err != nil {
		t.Error(err)
	}
	if event := <-events.ResultChan(); event.Type != "DELETED" || event.Object.(*corev1.Pod).Name != "new" {
		t.Errorf("%+v", event)
	}
}

func TestTable(t *testing.T) {
	c := serve(t, pod("web", "app"))
	for _, test := range []struct{ include, object string }{
		{"", `"object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"web"`},
		{"Metadata", `"object":{"kind":"PartialObjectMetadata"`},
		{"None", `"object":null`},
		{"Object", `"object":{"kind":"Pod","apiVersion":"v1"`},
	} {
		a := c.ask(t, call{path: "/api/v1/pods?includeObject=" + test.include, accept: "application/json;as=Table;v=v1;g=meta.k8s.io"})
		var table metav1.Table
		a.into(t, http.StatusOK, &table)
		var columns []string
		for _, column := range table.ColumnDefinitions {
			columns = append(columns, fmt.Sprint(column.Name, column.Priority))
		}
		want := []string{"Name0", "Ready0", "Status0", "Restarts0", "Age0", "IP1", "Node1", "Nominated Node1", "Readiness Gates1"}
		if !slices.Equal(columns, want) {
			t.Errorf("the columns are %q", columns)
		}
		cells := fmt.Sprint(table.Rows[0].Cells...)
		if cells != "web0/1Running00s<none>node-1<none><none>" || !strings.Contains(string(a.body), test.object) {
			t.Errorf("includeObject=%s: %s\n%s", test.include, cells, a.body)
		}
	}
	if a := c.ask(t, call{path: "/api/v1/pods?includeObject=x", accept: "application/json;as=Table;v=v1;g=meta.k8s.io"}); a.code != 400 {
		t.Errorf("includeObject=x: %d %s", a.code, a.body)
	}
}
