package report_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/kubetest"
	"github.com/dayfly-k8s/dayfly/kube/report"
)

// whole serves what is around the pod of [only], too.
func whole(w http.ResponseWriter, r *http.Request) {
	const namespace = "/namespaces/shop/"
	for path, answer := range map[string]string{
		"/api/v1" + namespace + "services": `{"kind":"ServiceList","items":[{"metadata":{"name":"web"},"spec":{"selector":{"app":"web"}}},{"metadata":{"name":"other"},"spec":{"selector":{"app":"x"}}}]}`,
		"/apis/discovery.k8s.io/v1" + namespace + "endpointslices": `{"kind":"EndpointSliceList","items":[{"metadata":{"name":"web-a","labels":{"kubernetes.io/service-name":"web"}},"endpoints":[
			{"conditions":{"ready":false},"targetRef":{"kind":"Pod","name":"web"}},{"conditions":{"ready":true},"targetRef":{"kind":"Pod","name":"web-2"}}]}]}`,
		"/api/v1" + namespace + "resourcequotas": `{"kind":"ResourceQuotaList","items":[{"metadata":{"name":"q"},"status":{"hard":{"pods":"10"},"used":{"pods":"9"}}}]}`,
		"/api/v1" + namespace + "limitranges":    `{"kind":"LimitRangeList","items":[]}`,
		"/api/v1/nodes/node-1":                   `{"kind":"Node","metadata":{"name":"node-1"},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"},{"type":"DiskPressure","status":"True","reason":"Full","message":"token=planted-node"}]}}`,
	} {
		if r.URL.Path == path {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, answer)
			return
		}
	}
	only(w, r)
}

func names(r *report.Report) []string {
	var all []string
	for _, f := range r.Files() {
		all = append(all, f.Name)
	}
	return all
}

// What is around the pod is told in words, and trouble in logs and probes stands in the time line.
func TestSurroundings(t *testing.T) {
	c := kubetest.Serve(t, labelled(whole))
	var steps []string
	r := gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Progress: func(step string) { steps = append(steps, step) }, Recordings: []report.Recording{
		{Name: "one.cast", Text: func() (string, error) { return "$ echo planted-env\nok \x1b[31mred", nil }},
		{Name: "two.cast", Text: func() (string, error) { return "", errors.New("it is cut off") }},
	}})
	text := r.Markdown()
	for _, want := range []string{
		"## Node node-1\n\n- `DiskPressure is True (Full: token=‹redacted", "- `it takes no new pods (cordoned)`\n", "| web | 1 of 2 | not ready |\n", "| q | pods | 9 | 10 |\n",
		"| probe | `Unhealthy: ", "Recording two.cast could not be read",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("without %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
	if len(steps) < 8 || steps[0] != "the events" {
		t.Errorf("it told of the steps %q", steps)
	}
	for _, f := range r.Files() {
		if strings.Contains(string(f.Data), "planted") || strings.Contains(string(f.Data), "\x1b") {
			t.Errorf("%s has\n%s", f.Name, f.Data)
		}
		if f.Name == "recordings/one.txt" && !strings.Contains(string(f.Data), "$ echo ‹redacted: env DB_PASSWORD›\n") {
			t.Errorf("the recording is\n%s", f.Data)
		}
	}
	if !slices.Contains(names(r), "recordings/one.txt") || !slices.Contains(r.Unread(), "Recording two.cast could not be read: it is cut off.") || len(r.Taken()) == 0 {
		t.Errorf("files %q, unread %q, taken out %q", names(r), r.Unread(), r.Taken())
	}
}

// labelled gives the pod of a server the label that the Service selects.
func labelled(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces/shop/pods/web" {
			next(w, r)
			return
		}
		record := &recorder{ResponseWriter: w}
		next(record, r)
		_, _ = fmt.Fprint(w, strings.Replace(record.String(), `"name":"web"`, `"name":"web","labels":{"app":"web"}`, 1))
	})
}

type recorder struct {
	http.ResponseWriter
	strings.Builder
}

func (r *recorder) Write(p []byte) (int, error) { return r.Builder.Write(p) }

// What is left out is neither read nor in the report, and the head is what a comment needs.
func TestWithout(t *testing.T) {
	var asked []string
	c := kubetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		whole(w, r)
	}))
	r := gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Without: report.Parts(), Actions: []report.Action{{Text: "attached"}}})
	if got := names(r); !slices.Equal(got, []string{"report.md", "pod.yaml"}) {
		t.Errorf("the files are %q", got)
	}
	for _, path := range asked {
		if strings.HasSuffix(path, "/log") || strings.HasSuffix(path, "/services") || strings.Contains(path, "/nodes/") {
			t.Errorf("it asked for %s", path)
		}
	}
	if text := r.Markdown(); strings.Contains(text, "attached") || strings.Contains(text, "## Replicas") {
		t.Errorf("it has what was left out:\n%s", text)
	}
	r = gather(t, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}})
	head := r.Head()
	if !strings.HasPrefix(r.Markdown(), "# Pod shop/web\n") || !strings.Contains(head, "## Log of app before its last restart\n") || strings.Contains(head, "## Time line") || strings.Contains(head, "planted") {
		t.Errorf("the head is\n%s", head)
	}
}

// Nothing comes of a report that is given up.
func TestGivenUp(t *testing.T) {
	c := kubetest.Serve(t, http.HandlerFunc(whole))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := report.Gather(ctx, c, report.Options{Pod: kube.PodKey{Namespace: "shop", Name: "web"}, Progress: func(step string) {
		if step == "its logs" {
			cancel()
		}
	}})
	if r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("it is %v, %v", r, err)
	}
}
