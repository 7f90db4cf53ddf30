package podlist

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/dayfly-k8s/dayfly/testdata/servers"
	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/kittest"
)

// The API server prints the last words of a kubelet that is silent, "Running 2/2": that its node is lost is read beside the pods, and
// seen in the row and in the header.
func TestPodsOfALostNode(t *testing.T) {
	const table = `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"columnDefinitions":%s,"rows":[%s]}`
	answers := map[string]string{
		"/api/v1/nodes": fmt.Sprintf(table, `[{"name":"Name"},{"name":"Status"},{"name":"Roles"},{"name":"Age"}]`,
			`{"cells":["n-1","NotReady","<none>","5d"]},{"cells":["n-2","Ready","<none>","5d"]}`),
		"/api/v1/namespaces/shop/pods": fmt.Sprintf(table, `[{"name":"Name"},{"name":"Ready"},{"name":"Status"},{"name":"Restarts"},{"name":"Age"},{"name":"Node"}]`,
			`{"cells":["cart","2/2","Running","0","5h","n-2"]},{"cells":["web","2/2","Running","0","5h","n-1"]},{"cells":["report","0/1","Completed","0","5h","n-1"]}`),
	}
	for name, forbidden := range map[string]bool{"seen": false, "without the right": true} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(servers.During(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case r.URL.Query().Get("watch") != "":
					w.WriteHeader(http.StatusOK)
					_ = http.NewResponseController(w).Flush()
					<-r.Context().Done()
				case forbidden && r.URL.Path == "/api/v1/nodes":
					w.WriteHeader(http.StatusForbidden)
					_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"nodes is forbidden"}`))
				default:
					_, _ = w.Write([]byte(answers[r.URL.Path]))
				}
			})))
			t.Cleanup(server.Close)
			t.Cleanup(server.CloseClientConnections)
			a := kittest.NewHost(t)
			a.Width, a.Height = 80, 24
			cluster := kittest.Cluster(t, server.URL)
			s := New(t.Context(), a.Kit, Options{Cluster: cluster, Namespace: "shop", Memory: views{}})
			t.Cleanup(s.Close)
			a.Stack = []kit.Screen{s}
			for !s.listed {
				s.Update(s.Init()())
			}
			if row := frameLine(a, "web "); !strings.Contains(row, "●") || s.nodes.source == nil {
				t.Errorf("before the nodes are read: %q", row)
			}
			s.Update(s.nodes.listen()())
			frame := ansi.Strip(a.Draw())
			mark, summary := "✗", "3 pods · 1 sick"
			if forbidden {
				mark, summary = "●", "3 pods "
			}
			if row := frameLine(a, "web "); !strings.Contains(row, mark) {
				t.Errorf("the row is %q", row)
			}
			if row := frameLine(a, "report "); !strings.Contains(row, "✓") {
				t.Errorf("the row of what has ended is %q", row)
			}
			if !strings.Contains(frame, summary) || strings.Contains(frame, "forbidden") {
				t.Errorf("want %q in the header, and no error:\n%s", summary, frame)
			}
		})
	}
}

// frameLine is the line of the screen that has some words.
func frameLine(a *kittest.Host, words string) string {
	for line := range strings.Lines(ansi.Strip(a.Draw())) {
		if strings.Contains(line, words) {
			return line
		}
	}
	return ""
}
