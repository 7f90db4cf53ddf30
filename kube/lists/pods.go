// Package lists keeps long lists of a cluster up to date: pods as the rows of the API server's own tables, and debug containers wherever they are.
package lists

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// How many rows are sent at a time while a list is being read: a screenful at once, then as many as do not flood the receiver.
const firstRows, moreRows = 100, 2000

// page is how many rows with metadata are asked for at a time: they are large, and the server reads a page from its store.
const page = 500

// List reads all pods of the query, and sends them as they come when there is nothing on the screen yet.
func (l *podList) List(ctx context.Context) (string, error) {
	ctx, cancel := l.cluster.Unary(ctx)
	defer cancel()
	if err := l.resolve(ctx); err != nil {
		return "", err
	}
	out := &rowSender{send: l.send, hold: l.shown}
	l.table.Rows = 0
	version, err := l.readAll(ctx, out)
	if err != nil {
		out.flush()
		l.shown = l.shown || out.begun
		return "", err
	}
	out.finish()
	l.shown, l.whole = true, true
	return version, nil
}

func (l *podList) readAll(ctx context.Context, out *rowSender) (version string, err error) {
	if l.query.Namespace != "" {
		return l.readNamespace(ctx, l.query.Namespace, out)
	}
	return l.readEverywhere(ctx, out)
}

func (l *podList) readNamespace(ctx context.Context, namespace string, out *rowSender) (version string, err error) {
	request := l.request(namespace)
	if !l.whole {
		// From the API server's cache: ten times as fast. Not again after trouble, when the cache may be what is old.
		request.Param("resourceVersion", "0")
	}
	l.table.namespace = namespace
	return l.table.Version, l.read(ctx, request, &l.table, out)
}

// readEverywhere reads the pods of all namespaces: a page with the metadata that tells them apart, and when there are many more, the
// rest without, namespace by namespace.
func (l *podList) readEverywhere(ctx context.Context, out *rowSender) (version string, err error) {
	table := &l.table
	for token := ""; ; token = table.More {
		request := l.request("").Param("limit", strconv.Itoa(page))
		if token != "" {
			request.Param("continue", token)
		}
		if err := l.read(ctx, request, table, out); err != nil {
			return "", err
		}
		if table.More == "" {
			return table.Version, nil
		}
		if token != "" {
			continue
		}
		// Reading a namespace costs about as much as reading ten rows with metadata.
		names, err := l.cluster.Namespaces(ctx)
		if err == nil && len(names) <= table.Left/10 {
			return l.readEach(ctx, names, table.Version, out)
		}
	}
}

// readEach reads namespaces side by side, from the API server's cache, and returns the oldest version of them and of what has been read
// before: a watch from there brings all that some do not have. To ask for lists that are not older would not do: the version of the first
// page can be that of a change of something else, which the cache of pods hears of a minute later.
func (l *podList) readEach(ctx context.Context, names []string, version string, out *rowSender) (oldest string, err error) {
	const sideBySide = 6
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next, versions := make(chan string), make(chan string, len(names))
	var readers sync.WaitGroup
	for range min(sideBySide, len(names)) {
		readers.Go(func() {
			var table tableReader
			for name := range next {
				table.namespace = name
				if err := l.read(ctx, l.request(name).Param("resourceVersion", "0"), &table, out); err != nil {
					stop(fmt.Errorf("namespace %s: %w", name, err))
				}
				versions <- table.Version
			}
		})
	}
	for _, name := range names {
		if ctx.Err() != nil {
			break
		}
		next <- name
	}
	close(next)
	readers.Wait()
	close(versions)
	for v := range versions {
		version = older(version, v)
	}
	return version, context.Cause(ctx)
}

// older is the older of two versions. They are numbers that grow, for all resources of a cluster alike (KEP-5504); if these are not, the
// first.
func older(a, b string) string {
	m, errM := strconv.ParseUint(a, 10, 64)
	n, errN := strconv.ParseUint(b, 10, 64)
	if errM == nil && errN == nil && n < m {
		return b
	}
	return a
}

// read reads one answer.
func (l *podList) read(ctx context.Context, request *rest.Request, table *tableReader, out *rowSender) error {
	if out.count() > tables.BoundRows {
		return tooManyPods()
	}
	body, err := request.Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	table.Version, table.More, table.Left = "", "", 0
	return table.read(tables.Decoder(body), l.cluster.Now(), out.add)
}

// rowSender sends rows in portions. Its methods may be called from any goroutine.
type rowSender struct {
	send func(PodsUpdate)
	hold bool // send all at the end

	mu    sync.Mutex
	rows  []PodRow
	begun bool
	total int
}

func (s *rowSender) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

func (s *rowSender) add(row PodRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows, s.total = append(s.rows, row), s.total+1
	most := moreRows
	if !s.begun {
		most = firstRows
	}
	if !s.hold && len(s.rows) >= most {
		s.portion(true)
	}
}

// portion sends what there is. The lock is the caller's.
func (s *rowSender) portion(more bool) {
	s.send(PodsUpdate{Reset: !s.begun, More: more, Rows: s.rows})
	s.begun, s.rows = true, nil
}

// flush sends what there is of a list that has broken off, when there is nothing better on the screen.
func (s *rowSender) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hold && len(s.rows) > 0 {
		s.portion(true)
	}
}

// finish sends the end of the list.
func (s *rowSender) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.portion(false)
}
