package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// clock is moved by tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

// TestAnswersHold asks again for a tag after ten minutes, for a digest never, and for a configuration once.
func TestAnswersHold(t *testing.T) {
	w, clock := serve(t, memoryRegistry()), newClock()
	r := New(Options{Transport: w.network(), Keychain: authn.NewMultiKeychain(), Now: clock.Now})
	made := picture(t, amd64, v1.Config{User: "ann"})
	w.push(t, "a.b/c:1", made)
	index := indexOf(map[Platform]v1.Image{amd64: made})
	w.push(t, "a.b/c:2", index)
	look := func(image string, more int) {
		t.Helper()
		before := len(w.requests())
		got, err := r.Look(t.Context(), image, amd64, nil)
		if err != nil || got.User != "ann" || got.Name != image || got.Digest == "" {
			t.Errorf("%s: %+v, %v", image, got, err)
		}
		if n := len(w.requests()) - before; n != more {
			t.Errorf("%s: %d requests, want %d: %q", image, n, more, w.requests()[before:])
		}
	}
	look("a.b/c:1", 2)
	look("a.b/c:1", 0)
	look("a.b/c:2", 1) // the index leads to what is known
	clock.move(9 * time.Minute)
	look("a.b/c:1", 0)
	clock.move(2 * time.Minute)
	look("a.b/c:1", 1)
	look("a.b/c@"+digestOf(t, made), 0)
	look("a.b/c@"+digestOf(t, index), 1)
	clock.move(1000 * time.Hour)
	look("a.b/c@"+digestOf(t, index), 0)

	look("other.dev/c@"+digestOf(t, made), 2) // another registry has to show that it has it

	w.push(t, "a.b/c:1", picture(t, amd64, v1.Config{User: "bob"}))
	if got, err := r.Look(t.Context(), "a.b/c:1", amd64, nil); err != nil || got.User != "bob" {
		t.Errorf("after a push: %+v, %v", got, err)
	}
}

// TestErrorsHold keeps what registries say for half a minute, throttling for as long as asked and for the whole host, and
// what can be fixed at once not at all.
func TestErrorsHold(t *testing.T) {
	clock := newClock()
	status := 404
	w := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(status)
		}
	}))
	r := New(Options{Transport: w.network(), Keychain: authn.NewMultiKeychain(), Now: clock.Now})
	look := func(image string, kind Kind, more int) {
		t.Helper()
		before := len(w.requests())
		if p := problemOf(t, r, image, amd64); p.Kind != kind {
			t.Errorf("%s: kind %d, want %d", image, p.Kind, kind)
		}
		if n := len(w.requests()) - before; n != more {
			t.Errorf("%s: %d requests, want %d", image, n, more)
		}
	}
	look("a.b/c", NotFound, 1)
	clock.move(29 * time.Second)
	look("a.b/c", NotFound, 0)
	clock.move(2 * time.Second)
	look("a.b/c", NotFound, 1)

	status = 401
	look("a.b/private", Denied, 1)
	look("a.b/private", Denied, 1) // after docker login, say

	status = 429
	look("a.b/d", Throttled, 1)
	clock.move(100 * time.Second)
	look("a.b/e", Throttled, 0)
	if p := problemOf(t, r, "a.b/e", amd64); p.RetryAfter != 20*time.Second || !strings.Contains(p.Message, "look at a.b/e: a.b allows no more requests for 20 s") {
		t.Errorf("%v: %q", p.RetryAfter, p.Message)
	}
	look("c.d/e", Throttled, 1)
	clock.move(21 * time.Second)
	look("a.b/e", Throttled, 1)
}

// gate is a registry that answers when it is opened.
type gate struct {
	arrived chan struct{} // one for each request of a manifest
	open    chan struct{}
	left    chan struct{} // one for each request that the client has ended
}

func newGate() *gate {
	return &gate{arrived: make(chan struct{}, 10), open: make(chan struct{}), left: make(chan struct{}, 10)}
}

func (g *gate) around(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/manifests/") {
			g.arrived <- struct{}{}
			select {
			case <-g.open:
			case <-r.Context().Done():
				g.left <- struct{}{}
				return
			}
		}
		handler.ServeHTTP(w, r)
	})
}

type outcome struct {
	image Image
	err   error
}

// begin looks at a.b/c in the background, and returns when it waits for its answer.
func begin(ctx context.Context, r *Registry) <-chan outcome {
	outcomes, waits := make(chan outcome, 1), make(chan struct{})
	go func() {
		got, err := r.Look(ctx, "a.b/c", amd64, func(string) { close(waits) })
		outcomes <- outcome{got, err}
	}()
	<-waits
	return outcomes
}

// TestOneRequestForAll shares the answer among those who look at once; one that is cancelled takes nothing from the others.
func TestOneRequestForAll(t *testing.T) {
	g := newGate()
	w := serve(t, g.around(memoryRegistry()))
	w.push(t, "a.b/c", picture(t, amd64, v1.Config{}))
	r := w.registry()
	ctx, cancel := context.WithCancel(t.Context())
	first := begin(ctx, r)
	<-g.arrived
	others := []<-chan outcome{begin(t.Context(), r), begin(t.Context(), r)}
	cancel()
	if o := <-first; o.err != context.Canceled { //nolint:errorlint // it is promised as it is
		t.Errorf("the cancelled one: %v", o.err)
	}
	close(g.open)
	for _, other := range others {
		if o := <-other; o.err != nil || o.image.Platform != amd64 {
			t.Errorf("another: %+v", o)
		}
	}
	if n := len(w.requests()); n != 2 {
		t.Errorf("%d requests: %q", n, w.requests())
	}
}

// TestCancelAll ends the request when the last who waits is gone, and remembers nothing of it.
func TestCancelAll(t *testing.T) {
	g := newGate()
	w := serve(t, g.around(memoryRegistry()))
	w.push(t, "a.b/c", picture(t, amd64, v1.Config{}))
	r := w.registry()
	ctx, cancel := context.WithCancel(t.Context())
	one, two := begin(ctx, r), begin(ctx, r)
	<-g.arrived
	cancel()
	for _, c := range []<-chan outcome{one, two} {
		if o := <-c; !errors.Is(o.err, context.Canceled) {
			t.Errorf("%v", o.err)
		}
	}
	<-g.left
	if _, err := r.Look(ctx, "a.b/c", amd64, nil); err != context.Canceled { //nolint:errorlint // it is promised as it is
		t.Errorf("cancelled before: %v", err)
	}
	close(g.open)
	if _, err := r.Look(t.Context(), "a.b/c", amd64, nil); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestStuckHelper leaves a credential helper that never answers: looks go on without it, and wait for it one at a time. Time is
// fake here.
func TestStuckHelper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := &stuckKeychain{end: make(chan struct{})}
		defer close(stuck.end)
		denies := roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusUnauthorized, Request: r, Body: http.NoBody}, nil
		})
		r := New(Options{Transport: denies, Keychain: stuck})
		start := time.Now()
		answers := make(chan *Problem)
		for i := range 10 {
			go func() { answers <- problemOf(t, r, fmt.Sprint("a.b/c", i), amd64) }()
		}
		for range 10 {
			if p := <-answers; p.Kind != Denied || !strings.HasPrefix(p.Hint, "your docker credential helper did not answer in 3s") {
				t.Errorf("kind %d: %q, %q", p.Kind, p.Message, p.Hint)
			}
		}
		if took := time.Since(start); took != patienceOfHelper {
			t.Errorf("it took %v", took)
		}
		if n := stuck.asked("a.b"); n != 1 {
			t.Errorf("the helper was asked %d times at once", n)
		}
		problemOf(t, r, "c.d/e", amd64)
		if n := stuck.asked("c.d"); n != 1 {
			t.Errorf("the helper was asked %d times about another host", n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := begin(ctx, r)
		synctest.Wait()
		cancel()
		if got := <-cancelled; !errors.Is(got.err, context.Canceled) {
			t.Errorf("%v", got.err)
		}
	})
}

// stuckKeychain counts who waits for it.
type stuckKeychain struct {
	end   chan struct{}
	mu    sync.Mutex
	hosts []string
}

func (k *stuckKeychain) Resolve(about authn.Resource) (authn.Authenticator, error) {
	k.mu.Lock()
	k.hosts = append(k.hosts, about.RegistryStr())
	k.mu.Unlock()
	<-k.end
	return nil, io.EOF
}

func (k *stuckKeychain) asked(host string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, h := range k.hosts {
		if h == host {
			n++
		}
	}
	return n
}

// TestSlowHelper gives each look the credentials of its own image, one after the other.
func TestSlowHelper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l logins
		who := slowKeychain{}
		repository := func(path string) name.Repository {
			r, err := name.NewRepository("a.b/" + path)
			if err != nil {
				t.Error(err)
			}
			return r
		}
		users := make(chan string)
		for _, path := range []string{"x/one", "x/two"} {
			go func() {
				_, config, err := l.resolve(t.Context(), who, repository(path))
				if err != nil {
					t.Error(err)
				}
				users <- path + " " + config.Username
			}()
		}
		for range 2 {
			if path, user, _ := strings.Cut(<-users, " "); !strings.HasSuffix(user, path) {
				t.Errorf("%s is asked as %s", path, user)
			}
		}
	})
}

type slowKeychain struct{}

func (slowKeychain) Resolve(about authn.Resource) (authn.Authenticator, error) {
	<-time.After(time.Second) // of the fake time
	return authn.FromConfig(authn.AuthConfig{Username: "of " + about.String(), Password: "secret"}), nil
}

// TestMemoryIsBounded forgets rather than grows.
func TestMemoryIsBounded(t *testing.T) {
	m, now := newMemory(), newClock().Now()
	for i := range 3 * manyAnswers {
		q := question{image: fmt.Sprint("a.b/c:", i)}
		m.land(q, &flight{answer: answer{image: Image{Name: q.image}}}, now)
		m.learn(q.image, Image{})
		if _, a := m.join(q, now, nil); a.image.Name != q.image {
			t.Fatalf("%s is not known", q.image)
		}
	}
	if len(m.answers) > manyAnswers || len(m.details) > manyAnswers {
		t.Errorf("%d answers, %d details", len(m.answers), len(m.details))
	}
}
