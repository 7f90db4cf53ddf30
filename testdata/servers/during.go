// Package servers is for the servers of tests.
package servers

import (
	"context"
	"net/http"
	"testing"
)

// During is a handler whose requests end with the test: that its connections are closed misses those that have only just come, and a server
// waits for all.
func During(t testing.TB, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(t.Context(), cancel)()
		handler.ServeHTTP(w, r.WithContext(ctx))
	})
}
