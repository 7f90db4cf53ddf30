package nodes

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/tables"
)

// Update is news of the list of nodes.
type Update struct {
	Reset   bool     // Rows begin the list anew; otherwise they are new or changed ones
	More    bool     // not all names are in yet
	Rows    []Row    // …
	Gone    []string // deleted
	Trouble error    // why the list grows old, or is not whole; nil: it is up to date
}

// How many rows are sent at a time while the first table is read, and how many objects are asked for at a time: a page has some megabytes.
const (
	firstRows = 100
	moreRows  = 2000
	page      = 500
)

// Watch lists the nodes and then sends what changes, until ctx ends: then the channel is closed. The first rows are those of a table
// without objects, which takes a hundredth of the time; the objects follow in pages, and the watch brings both. The receiver must keep receiving.
func Watch(ctx context.Context, c *kube.Cluster) <-chan Update {
	updates := make(chan Update, 64)
	go func() {
		defer close(updates)
		kube.Keep(ctx, &nodeList{cluster: c, send: func(u Update) {
			select {
			case updates <- u:
			case <-ctx.Done():
			}
		}}, c.Patience)
	}()
	return updates
}

type nodeList struct {
	cluster *kube.Cluster
	table   tables.Table
	layout  layout
	shown   bool // a list has been sent whole: a new one replaces it when it is whole too
	send    func(Update)
}

// Trouble says why the list grows old.
func (l *nodeList) Trouble(err error) { l.send(Update{Trouble: denied(l.cluster, "list nodes", err)}) }

// List reads all nodes.
func (l *nodeList) List(ctx context.Context) (string, error) {
	ctx, cancel := l.cluster.Unary(ctx)
	defer cancel()
	if l.shown {
		var rows []Row
		version, err := l.readObjects(ctx, func(some []Row) { rows = append(rows, some...) })
		if err == nil {
			l.send(Update{Reset: true, Rows: rows})
		}
		return version, err
	}
	names, err := l.readNames(ctx)
	if err != nil {
		return "", err
	}
	version, err := l.readObjects(ctx, func(some []Row) {
		l.send(Update{Rows: some})
		for i := range some {
			delete(names, some[i].Name)
		}
	})
	if err != nil {
		return "", err
	}
	var gone []string
	for name := range names {
		gone = append(gone, name) // between the two
	}
	l.send(Update{Gone: gone})
	l.shown = true
	return version, nil
}

// readNames reads the table without objects, from the API server's cache, and sends it as it comes.
func (l *nodeList) readNames(ctx context.Context) (names map[string]bool, err error) {
	names = map[string]bool{}
	var rows []Row
	begun := false
	portion := func(more bool) {
		l.send(Update{Reset: !begun, More: more, Rows: rows})
		begun, rows = true, nil
	}
	err = l.read(ctx, l.request(metav1.IncludeNone).Param("resourceVersion", "0"), func(row Row) {
		rows, names[row.Name] = append(rows, row), true
		if most := firstRows; len(rows) >= moreRows || !begun && len(rows) >= most {
			portion(true)
		}
	})
	if err != nil {
		return nil, err
	}
	portion(false)
	return names, nil
}

// readObjects reads all nodes with their objects, page by page, and the version that they are of. In protobuf, which takes both sides a tenth of the
// time: on a machine that has the API server too nobody waits for a key meanwhile.
func (l *nodeList) readObjects(ctx context.Context, take func([]Row)) (version string, err error) {
	for token, read := "", 0; ; {
		request := l.cluster.Core().Get().MaxRetries(kube.NoRetries).Resource("nodes").
			SetHeader("Accept", runtime.ContentTypeProtobuf+", "+runtime.ContentTypeJSON).Param("limit", strconv.Itoa(page))
		if token != "" {
			request.Param("continue", token)
		}
		var list corev1.NodeList
		if err := request.Do(ctx).Into(&list); err != nil {
			return "", kube.WatchError(err)
		}
		if read += len(list.Items); read > tables.BoundRows {
			return "", l.layout.TooMany()
		}
		rows := make([]Row, len(list.Items))
		for i := range list.Items {
			rows[i] = rowOf(&list.Items[i])
		}
		take(rows)
		if token = list.Continue; token == "" {
			return list.ResourceVersion, nil
		}
	}
}

func (l *nodeList) request(include metav1.IncludeObjectPolicy) *rest.Request {
	return l.cluster.Core().Get().MaxRetries(kube.NoRetries).Resource("nodes").
		SetHeader("Accept", tables.MediaType).Param("includeObject", string(include))
}

// read reads one answer.
func (l *nodeList) read(ctx context.Context, request *rest.Request, take func(Row)) error {
	body, err := request.Stream(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	l.table.Version, l.table.More, l.table.Left = "", "", 0
	return tables.Read(&l.table, &l.layout, tables.Decoder(body), l.cluster.Now(), take)
}

// Watch sends what changes after a version.
func (l *nodeList) Watch(ctx context.Context, version string) (string, error) {
	return tables.Watch(ctx, l.request(metav1.IncludeObject), version, func() { l.send(Update{}) }, l.take)
}

// take sends what one event says, and returns its version.
func (l *nodeList) take(kind string, object []byte) (version string, err error) {
	var rows []Row
	l.table.Version, l.table.Rows = "", 0 // nodes come and go, and do not add up
	err = tables.Read(&l.table, &l.layout, tables.Decoder(bytes.NewReader(object)), l.cluster.Now(), func(row Row) { rows = append(rows, row) })
	if err != nil {
		return "", fmt.Errorf("read a change of a node: %w", err)
	}
	switch kind {
	case "ADDED", "MODIFIED":
		l.send(Update{Rows: rows})
	case "DELETED":
		u := Update{}
		for i := range rows {
			u.Gone = append(u.Gone, rows[i].Name)
		}
		l.send(u)
	}
	return l.table.Version, nil
}
