package apitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Judging is an API server that only judges: it answers access reviews and dry-runs, and counts them.
type Judging struct {
	May   func(verb, resource, pod string) bool             // nil allows everything
	Judge func(w http.ResponseWriter, added map[string]any) // nil admits everything
	User  string                                            // empty: it does not say

	mu      sync.Mutex
	reviews []string
	dryRuns []string // names of containers
	others  []string
}

// ReviewPath is where rights are asked for.
const ReviewPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

func (j *Judging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == ReviewPath:
		j.review(w, body)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/selfsubjectreviews"):
		if j.User == "" {
			Refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource", nil)
			return
		}
		Answer(w, http.StatusCreated, map[string]any{"status": map[string]any{"userInfo": map[string]any{"username": j.User}}})
	case r.Method == http.MethodPatch && r.URL.Path == "/api/v1/namespaces/shop/pods/web/ephemeralcontainers" &&
		slices.Equal(r.URL.Query()["dryRun"], []string{"All"}):
		j.dryRun(w, body)
	default:
		j.others = append(j.others, r.Method+" "+r.URL.String())
		Refuse(w, http.StatusTeapot, "", "not for this server", nil)
	}
}

func (j *Judging) review(w http.ResponseWriter, body []byte) {
	var asked struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
		Spec       struct {
			ResourceAttributes struct {
				Namespace   string `json:"namespace"`
				Verb        string `json:"verb"`
				Resource    string `json:"resource"`
				Subresource string `json:"subresource,omitempty"`
				Name        string `json:"name,omitempty"`
			} `json:"resourceAttributes"`
		} `json:"spec"`
		Status struct {
			Allowed bool `json:"allowed"`
		} `json:"status"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
		return
	}
	a := asked.Spec.ResourceAttributes
	resource := a.Resource
	if a.Subresource != "" {
		resource += "/" + a.Subresource
	}
	j.reviews = append(j.reviews, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", a.Namespace, a.Verb, resource, a.Name)))
	asked.Status.Allowed = j.May == nil || j.May(a.Verb, resource, a.Name)
	Answer(w, http.StatusCreated, asked)
}

func (j *Judging) dryRun(w http.ResponseWriter, body []byte) {
	var patch struct {
		Spec struct{ EphemeralContainers []map[string]any }
	}
	if err := json.Unmarshal(body, &patch); err != nil || len(patch.Spec.EphemeralContainers) != 1 {
		Refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "not one container", nil)
		return
	}
	added := patch.Spec.EphemeralContainers[0]
	j.dryRuns = append(j.dryRuns, fmt.Sprint(added["name"]))
	if j.Judge == nil {
		Answer(w, http.StatusOK, RunningPod())
		return
	}
	j.Judge(w, added)
}

// Counted are the numbers of reviews and dry-runs; anything else that has been asked is an error.
func (j *Judging) Counted(t *testing.T) (reviews, dryRuns int) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.others) > 0 {
		t.Errorf("the cluster was asked %q", j.others)
	}
	return len(j.reviews), len(j.dryRuns)
}
