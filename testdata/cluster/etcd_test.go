package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestStoredPodIsWhatTheAPIServerWrites(t *testing.T) {
	for i := range 1000 {
		pod := newFakePod(scaleNamespace, i)
		stored, err := pod.stored()
		if err != nil {
			t.Fatal(err)
		}
		raw, ok := strings.CutPrefix(string(stored.value), "k8s\x00")
		if !ok {
			t.Fatalf("%s has no mark of protobuf", pod.Name)
		}
		var back corev1.Pod
		for inner := range message(raw).all(2) {
			if err := back.Unmarshal(inner); err != nil {
				t.Fatal(err)
			}
		}
		if string(stored.key) != "/registry/pods/scale/"+back.Name || len(back.UID) != 36 || back.CreationTimestamp.IsZero() {
			t.Errorf("%s: key %s, UID %q, made at %s", pod.Name, stored.key, back.UID, back.CreationTimestamp)
		}
		if (back.Spec.NodeName == "") != (pod.sick == pending) || string(back.Status.Phase) != pod.status()["phase"] {
			t.Errorf("%s with the sickness %d: node %q, phase %s", pod.Name, pod.sick, back.Spec.NodeName, back.Status.Phase)
		}
		for _, entry := range back.ManagedFields {
			if !json.Valid(entry.FieldsV1.Raw) {
				t.Errorf("%s: managed fields %s", pod.Name, entry.FieldsV1.Raw)
			}
		}
	}
}

func TestOwnedNamesFieldsAndItems(t *testing.T) {
	text, err := json.Marshal(owned(map[string]any{
		"containers":     []any{map[string]any{"name": "app", "image": "x", "volumeMounts": []any{}}},
		"hostIPs":        []any{map[string]any{"ip": "10.0.0.1"}},
		"serviceAccount": "default",
	}, ""))
	want := `{"f:containers":{".":{},"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{}}},"f:hostIPs":{}}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

func TestCompareLeavesWhatIsWanted(t *testing.T) {
	there := map[string][]string{"scale": {newFakePod("scale", 0).key(), "/registry/pods/scale/foreign"}, "scale-01": {newFakePod("scale-01", 0).key()}}
	surplus, missing := compare(there, map[string]int{"scale": 3})
	slices.Sort(surplus)
	if want := []string{newFakePod("scale-01", 0).key(), "/registry/pods/scale/foreign"}; !slices.Equal(surplus, sorted(want)) {
		t.Errorf("too many: %q", surplus)
	}
	if len(missing) != 2 || missing[0] != newFakePod("scale", 1) || missing[1] != newFakePod("scale", 2) {
		t.Errorf("too few: %v", missing)
	}
}

func sorted(keys []string) []string {
	slices.Sort(keys)
	return keys
}

func TestWriteEndsWithOneThatIsAlone(t *testing.T) {
	var refuse bool
	var revision, last atomic.Uint64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		puts := uint64(0)
		for range message(body[frameHead:]).all(2) {
			puts++
		}
		last.Store(puts)
		w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
		_, _ = w.Write(append([]byte{0, 0, 0, 0, 0}, message{}.bytes(1, message{}.number(3, revision.Add(1)))...))
		w.Header().Set("Grpc-Status", map[bool]string{false: "0", true: "8"}[refuse])
		w.Header().Set("Grpc-Message", "no space")
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	etcd := Place{}.OpenEtcd()
	etcd.server = server.URL
	at := func(int) (put, error) { return put{key: []byte("k"), value: []byte("v")}, nil }
	if got, err := etcd.Write(t.Context(), 2*atOnce+50, at); err != nil || got != 4 || last.Load() != 1 {
		t.Errorf("revision %d of %d, with %d puts: %v", got, revision.Load(), last.Load(), err)
	}
	if got, err := etcd.Write(t.Context(), 0, at); err != nil || got != 0 {
		t.Errorf("nothing to write: revision %d, %v", got, err)
	}
	refuse = true
	if _, err := etcd.Write(t.Context(), 1, at); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("error %v", err)
	}
}
