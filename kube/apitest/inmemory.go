package apitest

import (
	"io"
	"net/http"
	"sync"
)

// InMemory has a handler answer the requests of a client without a connection: for tests in which time is fake. Answers may be streams.
type InMemory struct{ http.Handler }

// RoundTrip waits for the beginning of the answer.
func (m InMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	body, end := io.Pipe()
	w := &pipedAnswer{header: http.Header{}, body: end, began: make(chan struct{})}
	go func() {
		m.ServeHTTP(w, r)
		w.WriteHeader(http.StatusOK)
		_ = end.Close() // of a pipe it is always nil
	}()
	select {
	case <-w.began:
		return &http.Response{StatusCode: w.code, Header: w.header, Body: body, Request: r, ContentLength: -1}, nil
	case <-r.Context().Done():
		_ = body.Close()
		return nil, r.Context().Err()
	}
}

// pipedAnswer is an answer on its way.
type pipedAnswer struct {
	header http.Header
	body   *io.PipeWriter
	once   sync.Once
	code   int
	began  chan struct{}
}

func (w *pipedAnswer) Header() http.Header { return w.header }

func (w *pipedAnswer) WriteHeader(code int) {
	w.once.Do(func() {
		w.code = code
		close(w.began)
	})
}

func (w *pipedAnswer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush does nothing: whatever is written has been read.
func (w *pipedAnswer) Flush() {}
