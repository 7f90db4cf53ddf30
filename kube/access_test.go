package kube

import (
	"context"
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

// judging is an API server that only judges: it answers access reviews and dry-runs, and counts them.
type judging struct {
	may   func(right Right, pod string) bool                // nil allows everything
	judge func(w http.ResponseWriter, added map[string]any) // nil admits everything
	user  string                                            // empty: it does not say

	mu      sync.Mutex
	reviews []string
	dryRuns []string // names of containers
	others  []string
}

const reviewPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

func (j *judging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == reviewPath:
		j.review(w, body)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/selfsubjectreviews"):
		if j.user == "" {
			refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource", nil)
			return
		}
		answer(w, http.StatusCreated, map[string]any{"status": map[string]any{"userInfo": map[string]any{"username": j.user}}})
	case r.Method == http.MethodPatch && r.URL.Path == "/api/v1/namespaces/shop/pods/web/ephemeralcontainers" &&
		slices.Equal(r.URL.Query()["dryRun"], []string{"All"}):
		j.dryRun(w, body)
	default:
		j.others = append(j.others, r.Method+" "+r.URL.String())
		refuse(w, http.StatusTeapot, "", "not for this server", nil)
	}
}

func (j *judging) review(w http.ResponseWriter, body []byte) {
	var asked review
	if err := json.Unmarshal(body, &asked); err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error(), nil)
		return
	}
	a := asked.Spec.ResourceAttributes
	right := Right{a.Verb, a.Resource}
	if a.Subresource != "" {
		right.Resource += "/" + a.Subresource
	}
	j.reviews = append(j.reviews, strings.TrimSpace(fmt.Sprintf("%s: %s %s", a.Namespace, right, a.Name)))
	allowed := j.may == nil || j.may(right, a.Name)
	asked.Status.Allowed = &allowed
	answer(w, http.StatusCreated, asked)
}

func (j *judging) dryRun(w http.ResponseWriter, body []byte) {
	var patch struct {
		Spec struct{ EphemeralContainers []map[string]any }
	}
	if err := json.Unmarshal(body, &patch); err != nil || len(patch.Spec.EphemeralContainers) != 1 {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "not one container", nil)
		return
	}
	added := patch.Spec.EphemeralContainers[0]
	j.dryRuns = append(j.dryRuns, fmt.Sprint(added["name"]))
	if j.judge == nil {
		answer(w, http.StatusOK, runningPod())
		return
	}
	j.judge(w, added)
}

// counted are the numbers of reviews and dry-runs; anything else that has been asked is an error.
func (j *judging) counted(t *testing.T) (reviews, dryRuns int) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.others) > 0 {
		t.Errorf("the cluster was asked %q", j.others)
	}
	return len(j.reviews), len(j.dryRuns)
}

// Only a clear yes is Yes, and only a clear no is No.
func TestAccessVerdicts(t *testing.T) {
	for name, test := range map[string]struct {
		code   int
		body   string
		want   Verdict
		reason string
	}{
		"allowed":               {201, `{"status":{"allowed":true,"reason":"RBAC: allowed by \u001b[31mRole"}}`, Yes, "RBAC: allowed by ␛[31mRole"},
		"not allowed":           {201, `{"status":{"allowed":false}}`, No, ""},
		"denied":                {201, `{"status":{"allowed":false,"denied":true,"reason":"frozen"}}`, No, "frozen"},
		"contradiction":         {201, `{"status":{"allowed":true,"denied":true}}`, No, ""},
		"error":                 {201, `{"status":{"allowed":false,"evaluationError":"role x not found"}}`, Unknown, "role x not found"},
		"allowed with an error": {201, `{"status":{"allowed":true,"evaluationError":"role x not found"}}`, Unknown, "role x not found"},
		"no verdict":            {201, `{"status":{}}`, Unknown, "neither yes nor no"},
		"something else":        {201, `{}`, Unknown, "neither yes nor no"},
		"a login page":          {200, `<html>`, Unknown, "ask for rights: read the answer"},
		"forbidden": {403, `{"kind":"Status","status":"Failure","reason":"Forbidden","code":403,"message":"User \"x\" cannot create resource"}`,
			Unknown, `User "x" cannot create resource`},
		"no such API": {404, `{"kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"could not find the requested resource"}`,
			Unknown, "could not find the requested resource"},
		"broken": {500, `{"kind":"Status","status":"Failure","reason":"InternalError","code":500,"message":"webhook authorizer is down"}`,
			Unknown, "webhook authorizer is down"},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.code)
				_, _ = io.WriteString(w, test.body)
			}))
			got := c.Access(t.Context(), "shop", []Right{rightToAdd()})
			if len(got) != 1 || got[0].Right != rightToAdd() || got[0].Verdict != test.want || !strings.Contains(got[0].Reason, test.reason) {
				t.Errorf("%+v, want %s: %s", got, test.want, test.reason)
			}
		})
	}
}

// Rights are asked for once in a namespace, and answered in their order.
func TestAccessIsKept(t *testing.T) {
	server := &judging{may: func(r Right, _ string) bool { return r.Verb != "patch" }}
	c := serve(t, server)
	for range 2 {
		for i, a := range c.Access(t.Context(), "shop", DebugRights()) {
			want := Yes
			if a.Right == rightToAdd() {
				want = No
			}
			if a.Right != DebugRights()[i] || a.Verdict != want {
				t.Errorf("%+v, want %s for %s", a, want, DebugRights()[i])
			}
		}
	}
	if n, _ := server.counted(t); n != len(DebugRights()) {
		t.Errorf("%d reviews, want %d", n, len(DebugRights()))
	}
	c.Access(t.Context(), "other", []Right{rightToAdd()})
	if n, _ := server.counted(t); n != len(DebugRights())+1 {
		t.Errorf("%d reviews with one more namespace", n)
	}
}

// Who does not wait to the end knows nothing, and has spoilt nothing for the next.
func TestAccessGivenUp(t *testing.T) {
	c, requests := converse(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan []Access)
	go func() { got <- c.Access(ctx, "shop", []Right{rightToAdd()}) }()
	receive(t, requests, "the first review")
	cancel()
	if a := receive(t, got, "what is known")[0]; a.Verdict != Unknown || a.Reason == "" {
		t.Errorf("%+v", a)
	}
	go func() { got <- c.Access(t.Context(), "shop", []Right{rightToAdd()}) }()
	receive(t, requests, "the second review").reply(t, http.StatusCreated, map[string]any{"status": map[string]any{"allowed": true}})
	if a := receive(t, got, "the verdict")[0]; a.Verdict != Yes {
		t.Errorf("%+v", a)
	}
}

// An API server with rules of its own agrees with what it does.
func TestAccessOfPractice(t *testing.T) {
	for context, want := range map[string][]Right{
		"practice":        nil,
		"practice-viewer": {rightToAdd(), rightToAttach(), rightToUpgrade()},
	} {
		if got := rightsThat(practise(t, context).Access(t.Context(), "shop", DebugRights()), No); !slices.Equal(got, want) {
			t.Errorf("%s lacks %v, want %v", context, got, want)
		}
	}
}
