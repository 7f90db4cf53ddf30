package pod

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// replicaServer has the pods web-1 and web-2 of one ReplicaSet; web-2 is well.
type replicaServer struct {
	version atomic.Int64 // of web-1
	well    atomic.Bool  // web-1 is well too
	lists   atomic.Int64 // how often the replicas were listed
}

func (s *replicaServer) pod(name, node string, version int64, well bool) string {
	state := `"ready":false,"state":{"waiting":{"reason":"CrashLoopBackOff"}}`
	if well {
		state = `"ready":true,"state":{"running":{"startedAt":"2026-03-04T11:00:00Z"}}`
	}
	return fmt.Sprintf(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":%q,"namespace":"shop","uid":"u-%s","resourceVersion":"%d","creationTimestamp":"2026-03-04T11:00:00Z",
		"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"rs","controller":true}],"labels":{"app":"web"}},
		"spec":{"nodeName":%q,"containers":[{"name":"app","image":"shop:1","env":[{"name":"KEY","value":"planted-%s"}]}]},
		"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"app","imageID":"shop@sha256:aa",%s}]}}`, name, name, version, node, name, state)
}

func (s *replicaServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	one := s.pod("web-1", "n-1", s.version.Load(), s.well.Load())
	switch r.URL.Path {
	case "/api/v1/namespaces/shop/pods/web-1":
		_, _ = fmt.Fprint(w, one)
	case "/api/v1/namespaces/shop/pods":
		s.lists.Add(1)
		_, _ = fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","items":[%s,%s]}`, one, s.pod("web-2", "n-2", 1, true))
	case "/api/v1/namespaces/shop/events":
		_, _ = fmt.Fprint(w, `{"kind":"EventList","apiVersion":"v1","items":[]}`)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`)
	}
}

// The replicas of a sick pod are read once as long as the pod stays the same, again when they may have changed, and of a pod that is well never.
func TestReplicasAreReadSeldom(t *testing.T) {
	server := &replicaServer{}
	w := newWhyWorld(t, server)
	follow := func(name, version string) {
		w.do(w.pane.Follow(w.cluster, kube.PodKey{Namespace: "shop", Name: name}, version))
		w.look(2 * time.Second)
	}
	want := func(when string, lists int64) {
		t.Helper()
		if n := server.lists.Load(); n != lists {
			t.Fatalf("%s the replicas were listed %d times, want %d", when, n, lists)
		}
	}
	follow("web-1", "1")
	want("at first", 1)
	if text := w.text(60, 20); !strings.Contains(text, "1 of 2 replicas is well; this one differs in: node and") || strings.Contains(text, "planted") {
		t.Fatalf("the pane says\n%s", text)
	}
	w.look(30 * time.Second)
	want("read again, with the pod the same,", 1)
	w.pane.Leave()
	follow("web-1", "1")
	want("after the cursor was elsewhere", 1)
	w.look(time.Minute)
	want("a minute later", 2)
	server.version.Add(1)
	follow("web-1", "2")
	want("with the pod changed", 3)
	server.version.Add(1)
	server.well.Store(true)
	follow("web-1", "3")
	want("of a pod that is well", 3)
	if text := w.text(60, 20); strings.Contains(text, "replicas") {
		t.Errorf("of a pod that is well the pane says\n%s", text)
	}
}

// What comes of a reading that was given up is dropped.
func TestReplicasOfAnotherPodAreDropped(t *testing.T) {
	w := newWhyWorld(t, &replicaServer{})
	pod, err := w.cluster.Pod(t.Context(), "shop", "web-1")
	if err != nil {
		t.Fatal(err)
	}
	w.pane.cluster, w.pane.shown.Pod = w.cluster, pod
	read := w.pane.compare()
	if read == nil || w.pane.compare() != nil {
		t.Fatal("it is not read, or read twice at the same time")
	}
	w.pane.Leave()
	w.pane.Update(read())
	if w.pane.shown.Pod = pod; w.pane.replicasWords() != "" {
		t.Errorf("it says %s", w.pane.replicasWords())
	}
}

// The comparison shows the diff, without secrets, and opens the replica that is well.
func TestComparison(t *testing.T) {
	w := newWhyWorld(t, &replicaServer{})
	host := kittest.NewHost(t)
	s := NewComparison(t.Context(), host.Kit, w.cluster, kube.PodKey{Namespace: "shop", Name: "web-1"})
	t.Cleanup(s.Close)
	if !s.Reading() {
		t.Error("it does not say that it reads")
	}
	s.Update(s.Init()())
	text := ansi.Strip(s.View(80, 60))
	for _, want := range []string{"● web-2:", "✗ web-1 (this one):", "-  nodeName: n-2", "+  nodeName: n-1", "‹redacted: env KEY› which differs"} {
		if !strings.Contains(text, want) {
			t.Errorf("without %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "planted") {
		t.Errorf("a secret is on the screen:\n%s", text)
	}
	kittest.CheckEverySize(t, s)
	for _, k := range s.Keys() {
		if k.Help().Desc == "YAML" {
			t.Error("it offers YAML, which it has none of")
		}
	}
	s.Update(kittest.Press("enter"))
	if asked, _ := host.Requested(); fmt.Sprintf("%T", asked) != "kit.OpenPod" {
		t.Errorf("↵ asks for %#v", asked)
	}
	late := s.Init()()
	s.Init()
	before := s.asked
	s.Update(late)
	if s.asked != before || s.drawnAs.of == late {
		t.Error("an old reading is taken")
	}
	gone := NewComparison(t.Context(), host.Kit, w.cluster, kube.PodKey{Namespace: "shop", Name: "web-9"})
	t.Cleanup(gone.Close)
	gone.Update(gone.Init()())
	if text := ansi.Strip(gone.View(80, 20)); !strings.Contains(text, "pod web-9 does not exist in shop") {
		t.Errorf("of a pod that is gone it says\n%s", text)
	}
}
