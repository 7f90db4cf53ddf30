package batch

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	kubebatch "github.com/dayfly-k8s/dayfly/kube/batch"
	"github.com/dayfly-k8s/dayfly/tui/batchrun"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// large is a matrix of a thousand pods, each of which has answered a hundred lines; one in fifty answers otherwise.
func large(b *testing.B) (*kittest.Host, *Matrix) {
	b.Helper()
	h := kittest.NewHost(b)
	items := make([]kubebatch.Item, 1000)
	for i := range items {
		name := fmt.Sprintf("web-5b6d56b9c5-%05d", i)
		items[i] = kubebatch.Item{Subject: kubebatch.Subject{Namespace: "shop", Pod: &kube.Pod{Namespace: "shop", Name: name}}, OnNode: fmt.Sprintf("n-%d", i%30)}
	}
	ctx, cancel := context.WithCancel(b.Context())
	cancel() // nothing begins: the results are made here
	w := &Work{Live: batchrun.Start(ctx, batchrun.Options{Cluster: h.Cluster, Items: items})}
	<-w.Live.Done()
	m := NewMatrix(b.Context(), h.Kit, w, "", "")
	for i := range m.now.Rows {
		output := bytes.Repeat([]byte("a line of an answer that has about eighty letters, as lines of programs do\n"), 100)
		if i%50 == 0 {
			output = append(output, fmt.Appendf(nil, "and another one: %d\n", i%7)...)
		}
		r := &batchrun.Result{Item: items[i], Exit: &kube.Exit{Code: i % 50 % 2}, Output: output, Bytes: int64(len(output)), Began: h.Now(), Ended: h.Now().Add(time.Second)}
		m.now.Rows[i].Result = r
	}
	folded, err := newFolding(m.now.Finished(), h.Now())
	if err != nil {
		b.Fatal(err)
	}
	m.folded = folded
	m.arrange()
	h.Stack = append(h.Stack, m)
	return h, m
}

// BenchmarkMatrix is a key and the frame that it brings.
func BenchmarkMatrix(b *testing.B) {
	for name, size := range map[string][2]int{"80x24": {80, 24}, "200x60": {200, 60}} {
		for _, flat := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/flat=%t", name, flat), func(b *testing.B) {
				h, m := large(b)
				if flat {
					m.Update(kittest.Press("f"))
				}
				keys := []string{"j", "j", "j", "o", "G", "k", "space", "g"}
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					began := time.Now()
					m.Update(kittest.Press(keys[i%len(keys)]))
					h.Serve()
					m.View(size[0], size[1])
					took = append(took, time.Since(began))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
			})
		}
	}
}

// BenchmarkFolding is how long the background takes for all of it.
func BenchmarkFolding(b *testing.B) {
	_, m := large(b)
	results := m.now.Finished()
	for b.Loop() {
		if _, err := newFolding(results, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
