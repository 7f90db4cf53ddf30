package lists_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/lists"
)

// writesForEver repeats a text.
func writesForEver(w io.Writer, text string) {
	block := strings.Repeat(text, 1+(64<<10)/len(text))
	for {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
}

// An answer without end is read to a bound, unpacked, and the bound is told.
func TestAnswersAreBounded(t *testing.T) {
	const tableHead = `{"kind":"Table","columnDefinitions":[{"name":"Name"},{"name":"Status"}],"rows":[`
	for name, test := range map[string]struct {
		write func(w io.Writer)
		want  string
	}{
		"an endless cell": {func(w io.Writer) {
			_, _ = io.WriteString(w, tableHead+`{"cells":["`)
			writesForEver(w, "x")
		}, "the API server sent a value of more than 4 MiB"},
		"endless rows": {func(w io.Writer) {
			_, _ = io.WriteString(w, tableHead+`{"cells":["a","Running"]}`)
			writesForEver(w, `,{"cells":["a","Running"]}`)
		}, "there are more than 200000 pods"},
		"an endless member": {func(w io.Writer) {
			_, _ = io.WriteString(w, `{"kind":"Table","other":{`)
			writesForEver(w, `"a":1,`)
		}, "the API server sent a"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, _ := kubetest.ServeGuarded(t, kube.Guard{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Encoding", "gzip")
				packed := gzip.NewWriter(w)
				test.write(packed)
			}), "")
			problem := kubetest.WantProblem(t, firstTrouble(t.Context(), cluster), test.want)
			if !errors.Is(problem, kube.ErrRefused) || problem.Hint == "" {
				t.Errorf("the problem is %+v", problem)
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			if memory.HeapInuse > 300<<20 {
				t.Errorf("%d MiB are in use", memory.HeapInuse>>20)
			}
		})
	}
	t.Run("other answers", func(t *testing.T) {
		cluster, _ := kubetest.ServeGuarded(t, kube.Guard{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "")
			packed := gzip.NewWriter(w)
			_, _ = io.WriteString(packed, `{"a":"`)
			writesForEver(packed, "x")
		}), "")
		for name, do := range map[string]func() error{
			"version":    func() error { _, err := cluster.Ping(t.Context()); return err },
			"pod":        func() error { _, err := cluster.Pod(t.Context(), "shop", "web"); return err },
			"namespaces": func() error { _, err := cluster.Namespaces(t.Context()); return err },
			"debuggers":  func() error { _, err := lists.Debuggers(t.Context(), cluster, "", false); return err },
		} {
			if err := do(); !errors.Is(err, kube.ErrRefused) {
				t.Errorf("%s: the error is %v", name, err)
			}
		}
	})
}

// A refusal of ten megabytes is read to its beginning, and told in a sentence that can be shown.
func TestRefusalsAreBounded(t *testing.T) {
	for name, beginning := range map[string]string{"a status": `{"kind":"Status","apiVersion":"v1","status":"Failure","code":403,"reason":"Forbidden","message":"`, "text": "no "} {
		for _, size := range []int{100 << 10, 10 << 20} {
			cluster, _ := kubetest.ServeGuarded(t, kube.Guard{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, beginning+strings.Repeat("x", size)+`"}`)
			}), "")
			_, err := cluster.Pod(t.Context(), "shop", "web")
			if p := kube.Explain(err); len(p.Message) > 10<<10 || !strings.Contains(p.Message, "shop") && !strings.Contains(p.Message, "web") {
				t.Errorf("%s of %d bytes is told in %d: %.200s", name, size, len(p.Message), p.Message)
			}
		}
	}
}

func firstTrouble(ctx context.Context, c *kube.Cluster) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	for update := range lists.WatchPods(ctx, c, lists.PodQuery{Namespace: "shop"}) {
		if update.Trouble != nil {
			return update.Trouble
		}
	}
	return nil
}
