package inventory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube/inventory"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
)

// BenchmarkFind looks through 10,000 pods, of which 300 have debug containers. What the server of the test takes is in it.
func BenchmarkFind(b *testing.B) {
	s := &server{protobuf: true}
	for i := range 10_000 {
		p := pod(fmt.Sprintf("web-%05d", i))
		if i%100 < 3 {
			entered("debugger-fg4mk", "kubectl", running())(p)
		}
		s.pods = append(s.pods, p)
	}
	c := kubetest.Serve(b, s)
	var first time.Duration
	for b.Loop() {
		begin, found := time.Now(), 0
		for u := range inventory.Find(b.Context(), c, "") {
			if len(u.Items) > 0 && found == 0 {
				first += time.Since(begin)
			}
			found += len(u.Items)
		}
		if found != 300 {
			b.Fatalf("found %d", found)
		}
	}
	b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms-to-first")
}
