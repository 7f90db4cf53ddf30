package kube

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dayfly-k8s/dayfly/kube/apitest"
)

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
			got := c.Access(t.Context(), "shop", []Right{RightToAdd()})
			if len(got) != 1 || got[0].Right != RightToAdd() || got[0].Verdict != test.want || !strings.Contains(got[0].Reason, test.reason) {
				t.Errorf("%+v, want %s: %s", got, test.want, test.reason)
			}
		})
	}
}

// Rights are asked for once in a namespace, and answered in their order.
func TestAccessIsKept(t *testing.T) {
	server := &apitest.Judging{May: func(verb, _, _ string) bool { return verb != "patch" }}
	c := serve(t, server)
	for range 2 {
		for i, a := range c.Access(t.Context(), "shop", DebugRights()) {
			want := Yes
			if a.Right == RightToAdd() {
				want = No
			}
			if a.Right != DebugRights()[i] || a.Verdict != want {
				t.Errorf("%+v, want %s for %s", a, want, DebugRights()[i])
			}
		}
	}
	if n, _ := server.Counted(t); n != len(DebugRights()) {
		t.Errorf("%d reviews, want %d", n, len(DebugRights()))
	}
	c.Access(t.Context(), "other", []Right{RightToAdd()})
	if n, _ := server.Counted(t); n != len(DebugRights())+1 {
		t.Errorf("%d reviews with one more namespace", n)
	}
}

// Who does not wait to the end knows nothing, and has spoilt nothing for the next.
func TestAccessGivenUp(t *testing.T) {
	c, requests := converse(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan []Access)
	go func() { got <- c.Access(ctx, "shop", []Right{RightToAdd()}) }()
	apitest.Receive(t, requests, "the first review")
	cancel()
	if a := apitest.Receive(t, got, "what is known")[0]; a.Verdict != Unknown || a.Reason == "" {
		t.Errorf("%+v", a)
	}
	go func() { got <- c.Access(t.Context(), "shop", []Right{RightToAdd()}) }()
	apitest.Receive(t, requests, "the second review").Reply(t, http.StatusCreated, map[string]any{"status": map[string]any{"allowed": true}})
	if a := apitest.Receive(t, got, "the verdict")[0]; a.Verdict != Yes {
		t.Errorf("%+v", a)
	}
}
