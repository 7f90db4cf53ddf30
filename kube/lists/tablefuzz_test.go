package lists

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// FuzzTable: whatever a server sends as a table, reading it neither panics nor costs more memory than the answer has bytes, its rows are
// clean, and they do not depend on how the answer is cut on its way.
func FuzzTable(f *testing.F) {
	const columns = `"columnDefinitions":[{"name":"Name"},{"name":"Ready"},{"name":"Status"},{"name":"Restarts"},{"name":"Age"},{"name":"Node"}]`
	for _, seed := range []string{
		`{"kind":"Table","metadata":{"resourceVersion":"7","continue":"x","remainingItemCount":3},` + columns + `,"rows":[{"cells":["web","1/1","Running","2 (3m ago)","5d","n1"],` +
			`"object":{"metadata":{"namespace":"shop","creationTimestamp":"2026-03-01T09:00:00Z","deletionTimestamp":null}}}]}`,
		`{"kind":"Table",` + columns + `,"rows":[{"cells":["\u001b[31mweb\u202e","\n","\ud800",1e99,-5,"<none>"]}]}`,
		`{"rows":[{"cells":["before the columns"]}],` + columns + `,"kind":"Table"}`,
		`{"kind":"Status"}`, `[]`, `{"kind":"Table","rows":{"cells":1},"columnDefinitions":"x"}`, `{"kind":"Table",` + columns + `,"rows":[{"cells":[["web"]]},null,1]}`,
	} {
		f.Add([]byte(seed))
	}
	now := time.Date(2026, 3, 6, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, answer []byte) {
		read := func(r io.Reader) (rows []PodRow, err error) {
			reader := tableReader{podLayout: podLayout{namespace: "shop"}}
			err = reader.read(tables.Decoder(r), now, func(row PodRow) { rows = append(rows, row) })
			return rows, err
		}
		rows, err := read(bytes.NewReader(answer))
		size := 0
		for _, row := range rows {
			for _, text := range []string{row.Namespace, row.Name, row.Ready, row.Status, row.Gates, row.Node} {
				apitest.WantClean(t, text)
				if text != "shop" {
					size += len(text)
				}
			}
			if row.Name == "" {
				t.Errorf("a row without a name: %+v", row)
			}
		}
		const replacement = len("\ufffd") // for one byte
		if size > replacement*len(answer) {
			t.Errorf("%d bytes of rows from an answer of %d", size, len(answer))
		}
		again, err2 := read(iotest.OneByteReader(bytes.NewReader(answer)))
		if diff := cmp.Diff(rows, again); diff != "" || (err == nil) != (err2 == nil) {
			t.Errorf("read byte by byte (%v; %v):\n%s", err, err2, diff)
		}
	})
}
