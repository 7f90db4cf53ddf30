package practice_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
)

// endpoints is the pods behind the Service web, and what state each is in.
func (a admin) endpoints() string {
	a.t.Helper()
	var list discoveryv1.EndpointSliceList
	a.must(http.MethodGet, "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io/service-name=web", "", &list)
	if len(list.Items) != 1 || !strings.HasPrefix(list.Items[0].Name, "web-") || list.Items[0].OwnerReferences[0].Name != "web" {
		a.t.Fatalf("the slices are %+v", list.Items)
	}
	var texts []string
	for _, e := range list.Items[0].Endpoints {
		texts = append(texts, fmt.Sprintf("%s ready=%t serving=%t terminating=%t", e.TargetRef.Name, *e.Conditions.Ready, *e.Conditions.Serving, *e.Conditions.Terminating))
	}
	for _, port := range list.Items[0].Ports {
		texts = append(texts, fmt.Sprintf("%s %d/%s", *port.Name, *port.Port, *port.Protocol))
	}
	return strings.Join(texts, "\n")
}

// TestEndpoints follows the labels of pods, and whether they are ready.
func TestEndpoints(t *testing.T) {
	a := newAdmin(t)
	const served, port = " ready=true serving=true terminating=false", "http 8080/TCP"
	names := slices.Sorted(maps.Keys(a.webs()))
	whole := names[0] + served + "\n" + names[1] + served + "\n" + port
	if got := a.endpoints(); got != whole {
		t.Errorf("at first: %s, want %s", got, whole)
	}
	a.label(names[0], `{"app":null}`)
	a.Clock.Advance(200 * time.Millisecond)
	if got, want := a.endpoints(), names[1]+served+"\n"+port; got != want {
		t.Errorf("without one: %s, want %s", got, want)
	}
	a.Clock.Advance(20 * time.Second)
	if got := a.endpoints(); strings.Count(got, served) != 2 || strings.Contains(got, names[0]) {
		t.Errorf("with another one: %s", got)
	}
	a.label(names[0], `{"app":"web"}`)
	a.Clock.Advance(20 * time.Second)
	if got := a.endpoints(); got != whole {
		t.Errorf("at last: %s, want %s", got, whole)
	}
	a.must(http.MethodDelete, pods+"/"+names[1]+"?gracePeriodSeconds=5", "", nil)
	a.Clock.Advance(5 * time.Millisecond)
	if got := a.endpoints(); !strings.Contains(got, names[1]+" ready=false serving=true terminating=true") {
		t.Errorf("with one that is going: %s", got)
	}
}
