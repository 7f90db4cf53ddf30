package lists

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// bare is a row asked for with includeObject=None.
func bare(name, status string) string {
	return `{"cells":["` + name + `","1/1","` + status + `","0","5m","10.244.0.7","node-1","\u003cnone\u003e","\u003cnone\u003e"],"object":null}`
}

func TestRows(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	table := apitest.PodTable("783", apitest.PodColumns,
		`{"cells":["annotated","2/2","Running","0","9m19s","10.244.0.12","node-1","\u003cnone\u003e","\u003cnone\u003e"],"object":null}`,
		`{"cells":["crasher","0/1","CrashLoopBackOff","14 (2m13s ago)","47m","10.244.0.6","node-1","\u003cnone\u003e","\u003cnone\u003e"],"object":null}`,
		`{"cells":["pending","0/1","Pending","0","3d4h","\u003cnone\u003e","\u003cnone\u003e","\u003cnone\u003e","\u003cnone\u003e"],"object":null}`,
		`{"cells":["odd","0/1","\u001b[31mOdd","7","\u003cinvalid\u003e","","","",""],"object":null}`,
		`{"cells":["old","1/1","Running",3,"\u003cunknown\u003e"],"object":null}`,
		`{"cells":["oom","0/1","CrashLoopBackOff","6 (3m34s ago)","9m20s","10.244.0.9","node-2","\u003cnone\u003e","\u003cnone\u003e"],
		  "object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"oom","namespace":"prod",
		  "uid":"87f0dd8e-504d-44c9-a4be-7eec7654f93d","resourceVersion":"741","creationTimestamp":"2026-03-01T11:50:39Z"}}}`,
	)
	want := []PodRow{
		{PodKey: kube.PodKey{Namespace: "shop", Name: "annotated"}, Ready: "2/2", Status: "Running", Restarts: 0, Created: now.Add(-9*time.Minute - 19*time.Second), Node: "node-1"},
		{
			PodKey: kube.PodKey{Namespace: "shop", Name: "crasher"}, Ready: "0/1", Status: "CrashLoopBackOff", Restarts: 14, Created: now.Add(-47 * time.Minute),
			LastExit: now.Add(-2*time.Minute - 13*time.Second), Node: "node-1",
		},
		{PodKey: kube.PodKey{Namespace: "shop", Name: "pending"}, Ready: "0/1", Status: "Pending", Restarts: 0, Created: now.Add(-76 * time.Hour)},
		{PodKey: kube.PodKey{Namespace: "shop", Name: "odd"}, Ready: "0/1", Status: "␛[31mOdd", Restarts: 7},
		{PodKey: kube.PodKey{Namespace: "shop", Name: "old"}, Ready: "1/1", Status: "Running", Restarts: 3},
		{
			PodKey: kube.PodKey{Namespace: "prod", Name: "oom"}, Ready: "0/1", Status: "CrashLoopBackOff", Restarts: 6, Created: time.Date(2026, 3, 1, 11, 50, 39, 0, time.UTC),
			LastExit: now.Add(-3*time.Minute - 34*time.Second), Node: "node-2",
		},
	}
	if diff := cmp.Diff(want, readRows(t, table, now)); diff != "" {
		t.Errorf("rows (- want, + got):\n%s", diff)
	}
}

func readRows(t *testing.T, data []byte, now time.Time) []PodRow {
	t.Helper()
	var rows []PodRow
	reader := tableReader{podLayout: podLayout{namespace: "shop"}}
	if err := reader.read(tables.Decoder(bytes.NewReader(data)), now, func(r PodRow) { rows = append(rows, r) }); err != nil {
		t.Fatal(err)
	}
	return rows
}

// Columns are found by name: their order is the server's, and one may be missing.
func TestColumnsInAnotherOrder(t *testing.T) {
	table := apitest.PodTable("1", `[{"name":"Status"},{"name":"Weather"},{"name":"NAME"}]`, `{"cells":["Running","fine","web"],"object":null}`)
	want := []PodRow{{PodKey: kube.PodKey{Namespace: "shop", Name: "web"}, Status: "Running"}}
	if diff := cmp.Diff(want, readRows(t, table, time.Now())); diff != "" {
		t.Errorf("rows (- want, + got):\n%s", diff)
	}
}
