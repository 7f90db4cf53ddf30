package lists

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/apitest"
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
	reader := tableReader{namespace: "shop"}
	if err := reader.read(decoder(bytes.NewReader(data)), now, func(r PodRow) { rows = append(rows, r) }); err != nil {
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

func TestParseAge(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"0s": 0, "5s": 5 * time.Second, "119s": 119 * time.Second, "2m13s": 133 * time.Second, "47m": 47 * time.Minute,
		"7h59m": 8*time.Hour - time.Minute, "47h": 47 * time.Hour, "3d4h": 76 * time.Hour, "400d": 400 * day, "2y12d": (2*365 + 12) * day, "9y": 9 * 365 * day,
	} {
		if got, ok := parseAge(text); !ok || got != want {
			t.Errorf("age %q is read as %v, %t, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "<invalid>", "<unknown>", "5", "s", "-5s", "5 s", "1.5h", "5w", "9999999999s", "300y", "600y", "99999999y", "٣s"} {
		if got, ok := parseAge(text); ok {
			t.Errorf("%q is read as an age of %v", text, got)
		}
	}
}

// Whatever the server's printer writes of an age is read back, exact to the unit it was written in.
func FuzzParseAge(f *testing.F) {
	for _, seconds := range []uint32{0, 1, 119, 120, 599, 600, 10_799, 10_800, 28_800, 172_800, 691_200, 63_072_000, 252_288_000, 1 << 31} {
		f.Add(seconds, "")
	}
	f.Add(uint32(0), "2y12d")
	f.Add(uint32(0), "999999999y9s")
	f.Fuzz(func(t *testing.T, seconds uint32, text string) {
		age := time.Duration(seconds) * time.Second
		written := duration.HumanDuration(age)
		read, ok := parseAge(written)
		if !ok || read > age || duration.HumanDuration(read) != written {
			t.Errorf("age %v is written %q and read as %v, %t", age, written, read, ok)
		}
		if d, ok := parseAge(text); d < 0 || !ok && d != 0 {
			t.Errorf("%q is read as %v, %t", text, d, ok)
		}
	})
}
